import packSource from "../../shaders/mask_bits.wgsl" with { type: "text" };
import unpackSource from "../../shaders/mask_bits_plane.wgsl" with { type: "text" };
import type { RowRange } from "../gpu/bands.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";

/** Rows of a mask in a word. */
const ROWS = 32;

/** The rows of words that the rows `[first, end)` of a mask are in. */
export function wordRows(first: number, end: number): RowRange {
  return [Math.floor(first / ROWS), Math.ceil(end / ROWS)];
}

/** Invocations of a kernel that makes rows of a mask out of words: one a word. */
export function wordInvocations(width: number): (first: number, end: number) => [number, number, number] {
  return (first, end) => [width, wordRows(first, end)[1] - wordRows(first, end)[0], 1];
}

const packKernel = defineKernel("mask_bits", packSource);
const unpackKernel = defineKernel("mask_bits_plane", unpackSource);

/**
 * A mask as bits: a 32nd of its size, so that kernels may look at all of it where the mask itself exceeds a binding.
 *
 * @param mask H × W × 1, crack where it exceeds 0.
 * @returns ⌈H / 32⌉ × W × 1, bit patterns: 32 rows of a column in a word, the first in its lowest bit.
 */
export function packMask(mask: Plane): Plane {
  const { compute, width, height } = mask;
  const output = compute.create({ width, height: Math.ceil(height / ROWS), channels: 1 });
  compute.run({
    kernel: packKernel,
    inputs: [{ plane: mask, rows: (first, end) => [first * ROWS, end * ROWS] }],
    output,
    params: { height },
  });
  return output;
}

/**
 * The mask of {@linkcode packMask}.
 *
 * @param bits ⌈H / 32⌉ × W × 1, bit patterns.
 * @param height H.
 * @returns H × W × 1, 0 or 1.
 */
export function unpackMask(bits: Plane, height: number): Plane {
  const { compute, width } = bits;
  const output = compute.create({ width, height, channels: 1 });
  compute.run({
    kernel: unpackKernel,
    inputs: [{ plane: bits, rows: wordRows }],
    output,
    invocations: wordInvocations(width),
  });
  return output;
}
