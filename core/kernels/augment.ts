import source from "../../shaders/augment.wgsl" with { type: "text" };
import meanSource from "../../shaders/augment_mean.wgsl" with { type: "text" };
import jitterSource from "../../shaders/colour_jitter.wgsl" with { type: "text" };
import randomSource from "../../shaders/random.wgsl" with { type: "text" };
import {
  type Augmentation,
  augmentationTable,
  defaultAugmentation,
  TABLE_WIDTH,
} from "./augmentation_table.ts";
import { defineKernel } from "../gpu/kernel.ts";
import type { Plane } from "../gpu/plane.ts";

/** Options of {@linkcode augment}. */
export interface AugmentOptions {
  /** Side of a patch, pixels; its columns where `rows` is given. */
  size: number;
  /** Rows of a patch. Default: as many as columns. */
  rows?: number;
  /** Chooses the random numbers, 0 to 2³² − 1. */
  seed: number;
  /** Chooses other random numbers of the same seed, 0 to 2³² − 1: another for each batch. */
  step: number;
  /** Kinds of variation that differ from {@linkcode defaultAugmentation}. */
  options?: Partial<Augmentation>;
}

const kernel = defineKernel("augment", source, { JITTER: jitterSource, RANDOM: randomSource });
const meanKernel = defineKernel("augment_mean", meanSource, { JITTER: jitterSource });

/** Invocations that share a patch. */
const LANES = 64;

/**
 * Varies patches for training: colour jitter, then additive normal noise, then multiplication by a factor, each with its own
 * probability and strength in every patch. The same seed and step give the same result on any device, up to rounding.
 *
 * @example
 * ```ts
 * import { augment, extractPatches, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using photo = compute.upload({ width: 64, height: 64, channels: 3, data: new Uint8Array(64 * 64 * 3).fill(99) });
 * using patches = extractPatches(photo, { size: 32, stride: 32 });
 * using varied = augment(patches, { size: 32, seed: 1, step: 0 });
 * console.log((await varied.read()).length); // 12288
 * ```
 *
 * @param patches N·R × S × 3, 0..255, the patches of R rows and S columns one below the other.
 * @returns N·R × S × 3, 0..255.
 * @throws {RangeError} if the plane is not such a stack, or a number is outside its range.
 */
export function augment(
  patches: Plane,
  { size, rows = size, seed, step, options = {} }: AugmentOptions,
): Plane {
  const { compute, width, height, channels } = patches;
  if (width !== size || !(height % rows === 0) || channels !== 3) {
    throw new RangeError(
      `Cannot vary patches of ${size} × ${rows}: the plane is ${width} × ${height} × ${channels}, ` +
        `as wide as a patch, a multiple of its rows high and 3 channels are wanted.`,
    );
  }
  for (const [name, value] of Object.entries({ seed, step })) {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) {
      throw new RangeError(
        `Cannot vary patches: the ${name} is ${value}, an integer from 0 to 2³² − 1 is wanted.`,
      );
    }
  }

  const count = height / rows;
  const data = augmentationTable(count, { ...defaultAugmentation, ...options, seed, step });
  using table = compute.upload({ width: TABLE_WIDTH, height: count, channels: 1, data });
  using means = compute.create({ width: 1, height: count, channels: 1 });
  compute.run({
    kernel: meanKernel,
    inputs: [{ plane: patches, rows: (first, end) => [first * rows, end * rows] }, { plane: table }],
    output: means,
    params: { u32: [size * rows] },
    invocations: (first, end) => [LANES, end - first, 1],
  });

  const output = compute.create({ width, height, channels });
  const patchesOf = (first: number, end: number) =>
    [Math.floor(first / rows), Math.ceil(end / rows)] as const;
  compute.run({
    kernel,
    inputs: [{ plane: patches }, { plane: table, rows: patchesOf }, { plane: means, rows: patchesOf }],
    output,
    params: { u32: [rows, seed, step] },
  });
  return output;
}
