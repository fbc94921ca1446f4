import source from "../../shaders/connected_components.wgsl" with { type: "text" };
import blockSource from "../../shaders/connected_components_blocks.wgsl" with { type: "text" };
import countSource from "../../shaders/connected_components_counts.wgsl" with { type: "text" };
import mergeSource from "../../shaders/connected_components_merge.wgsl" with { type: "text" };
import numberSource from "../../shaders/connected_components_numbers.wgsl" with { type: "text" };
import rootSource from "../../shaders/connected_components_roots.wgsl" with { type: "text" };
import { argumentsSchema, checkArguments } from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";
import { packMask, wordInvocations, wordRows } from "./mask_bits.ts";

const labelKernel = defineKernel("connected_components", source);
const blockKernel = defineKernel("connected_components_blocks", blockSource);
const countKernel = defineKernel("connected_components_counts", countSource);
const mergeKernel = defineKernel("connected_components_merge", mergeSource);
const numberKernel = defineKernel("connected_components_numbers", numberSource);
const rootKernel = defineKernel("connected_components_roots", rootSource);

const ARGUMENTS = argumentsSchema({ mask: PLANE });

/**
 * Numbers the pieces of a mask: pixels that touch, be it at a corner only (8-connected), have the same number.
 *
 * Squares of 2 × 2 pixels are joined to trees, so that a quarter of the mask has to fit into one binding. This is for masks on the device: one in memory is
 * numbered there, and sooner, by {@linkcode componentLabels}, to the same numbers.
 *
 * @example
 * ```ts
 * import { connectedComponents, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using mask = compute.upload({ width: 6, height: 1, channels: 1, data: new Uint8Array([1, 1, 0, 0, 0, 1]) });
 * using labels = connectedComponents(mask);
 * console.log(await labels.read()); // [1, 1, 0, 0, 0, 2]
 * ```
 *
 * @param mask H × W × 1, crack where it exceeds 0.
 * @returns H × W × 1: 0 on background, 1, 2 … on the pieces, in the order of their first squares, row by row. Exact up to 2²⁴ pieces.
 * @throws {TypeError} if the mask is no plane.
 * @throws {RangeError} if a quarter of the mask exceeds the device's limit of a binding.
 */
export function connectedComponents(mask: Plane): Plane {
  checkArguments("find connected components", ARGUMENTS, { mask });
  const { compute, width, height } = mask;
  const shape = { width: Math.ceil(width / 2), height: Math.ceil(height / 2), channels: 1 };
  if (shape.width * shape.height * 4 > compute.maxBindingBytes) {
    throw new RangeError(
      `Cannot find the connected components of a mask of ${width} × ${height}: a quarter of it takes ` +
        `${
          shape.width * shape.height * 4
        } bytes, and a binding shows ${compute.maxBindingBytes} at most; cut it into smaller tiles.`,
    );
  }
  using bits = packMask(mask);
  using parents = compute.create(shape);
  compute.run({
    kernel: blockKernel,
    inputs: [{ plane: bits, rows: "all" }],
    output: parents,
    params: { width },
    invocations: () => [shape.width, bits.height, 1],
  });
  compute.run({
    kernel: mergeKernel,
    inputs: [{ plane: bits, rows: "all" }],
    output: parents,
    params: { width },
    invocations: () => [shape.width, bits.height, 1],
  });
  using roots = compute.create(shape);
  compute.run({ kernel: rootKernel, inputs: [{ plane: parents, rows: "all" }], output: roots });
  using counts = compute.create({ width: 1, height: shape.height, channels: 1 }, { zero: true });
  compute.run({
    kernel: countKernel,
    inputs: [{ plane: roots }],
    output: counts,
    params: { width: shape.width },
    invocations: (first, end) => [shape.width, end - first, 1],
  });
  using numbers = compute.create(shape);
  compute.run({
    kernel: numberKernel,
    inputs: [{ plane: roots }, { plane: counts, rows: "all" }],
    output: numbers,
    invocations: (first, end) => [1, end - first, 1],
  });
  const output = compute.create({ width, height, channels: 1 }, { zero: true });
  compute.run({
    kernel: labelKernel,
    inputs: [
      { plane: bits, rows: wordRows },
      { plane: roots, rows: (first, end) => [Math.floor(first / 2), Math.ceil(end / 2)] },
      { plane: numbers, rows: "all" },
    ],
    output,
    invocations: wordInvocations(width),
  });
  return output;
}
