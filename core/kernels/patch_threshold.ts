import source from "../../shaders/patch_threshold.wgsl" with { type: "text" };
import minimaSource from "../../shaders/patch_threshold_minima.wgsl" with { type: "text" };
import rangesSource from "../../shaders/patch_threshold_ranges.wgsl" with { type: "text" };
import {
  argumentsSchema,
  checkArguments,
  NUMBER,
  optional,
  optionsSchema,
  type Schema,
} from "../arguments.ts";
import { mirroredRows } from "../gpu/bands.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";
import { applyThreshold } from "./apply_threshold.ts";

/** Options of {@linkcode patchThreshold}. */
export interface PatchThresholdOptions {
  /** Side of a patch in pixels, a multiple of the stride, at most 256. Defaults to 32. */
  patchSize?: number;
  /** Distance of neighbouring patches in pixels. Defaults to 8. */
  stride?: number;
  /** Classes that the grey values of a patch are divided into; the darkest is crack. Defaults to 3. */
  classes?: 2 | 3;
}

const ARGUMENTS = argumentsSchema({
  plane: PLANE,
  options: optionsSchema<PatchThresholdOptions>({
    patchSize: optional(NUMBER),
    stride: optional(NUMBER),
    classes: optional(NUMBER as Schema<2 | 3>),
  }),
});

/** Counts of a patch fit 16 bits and sums of its bins 24, so that float32 holds them exactly. */
const LARGEST_PATCH = 256;

/** The largest patch whose count (less one) and sum of bins fit 12 + 20 bits. */
const LARGEST_PACKED_PATCH = 64;

/** Running sums as one word each, in the histogram's place. */
const PACKED_SUMS = `
fn store_sums(i: u32, pixels: u32, sum: u32) {
  atomicStore(&histogram[i - 1], (pixels - 1) | (sum << 12u));
}

// Pixels and sum of bins, less mean, of the first i ≥ 1 occupied bins.
fn sums(i: u32, mean: f32) -> vec2f {
  let word = atomicLoad(&histogram[i - 1]);
  let pixels = f32((word & 4095u) + 1);
  return vec2f(pixels, f32(word >> 12u) - mean * pixels);
}`;

/** Running sums as two words each. */
const WIDE_SUMS = `
var<workgroup> wide_sums: array<vec2u, 256>;

fn store_sums(i: u32, pixels: u32, sum: u32) {
  wide_sums[i - 1] = vec2u(pixels, sum);
}

fn sums(i: u32, mean: f32) -> vec2f {
  let pair = vec2f(wide_sums[i - 1]);
  return vec2f(pair.x, pair.y - mean * pair.x);
}`;

const kernels = {
  ranges: defineKernel("patch_threshold_ranges", rangesSource),
  minima: defineKernel("patch_threshold_minima", minimaSource),
  packed: defineKernel("patch_threshold", source, { SUMS: PACKED_SUMS }),
  wide: defineKernel("patch_threshold", source, { SUMS: WIDE_SUMS }),
};

/**
 * Crack pixels by multi-Otsu thresholding of overlapping patches (stage 8 of the recipe; the paper's eqs. 4 to 6).
 *
 * Each patch is stretched to its own [min, max] → 0..255, rounded to bins, and divided into two or three classes by Otsu's
 * method. A pixel is crack when every patch over it puts it into the darkest class. Patches start at −(patchSize − stride) and
 * follow every stride, so that each pixel lies under (patchSize / stride)² of them; outside the image is mirrored, its edge not
 * repeated. A patch with fewer occupied bins than classes holds no crack.
 *
 * The thresholds are exact: those of rational arithmetic, of equal maxima the lexicographically smallest. Bins are computed in
 * float32, which for integer grey values is exact, too, halves rounded up.
 *
 * @example
 * ```ts
 * import { openCompute, patchThreshold } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * const data = new Uint8Array(64 * 64).map((_, i) => i % 64 === 30 ? 40 : 150 + i % 7);
 * using grey = compute.upload({ width: 64, height: 64, channels: 1, data });
 * using mask = patchThreshold(grey);
 * console.log((await mask.read()).indexOf(1)); // 30
 * ```
 *
 * @param plane H × W × 1, grey values of any range.
 * @returns H × W × 1, 1 where crack, else 0.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the plane has more than one channel, the patch size is not an integer from 1 to 256, the stride does
 * not divide it, or the classes are neither 2 nor 3.
 * @see Otsu (1979), doi:10.1109/TSMC.1979.4310076; Liao, Chen & Chung (2001), "A fast algorithm for multilevel thresholding".
 */
export function patchThreshold(plane: Plane, options: PatchThresholdOptions = {}): Plane {
  checkArguments("threshold by patches", ARGUMENTS, { plane, options });
  const { patchSize = 32, stride = 8, classes = 3 } = options;
  const { compute, width, height, channels } = plane;
  if (channels !== 1) {
    throw new RangeError(`Cannot threshold a plane of ${channels} channels: one of 1 is wanted.`);
  }
  if (!Number.isInteger(patchSize) || patchSize < 1 || patchSize > LARGEST_PATCH) {
    throw new RangeError(
      `Cannot threshold by patches: the patch size is ${patchSize}, an integer from 1 to ${LARGEST_PATCH} is wanted.`,
    );
  }
  if (!Number.isInteger(stride) || stride < 1 || patchSize % stride !== 0) {
    throw new RangeError(
      `Cannot threshold by patches: the stride is ${stride}, a divisor of the patch size ${patchSize} is wanted.`,
    );
  }
  if (classes !== 2 && classes !== 3) {
    throw new RangeError(`Cannot threshold by patches: the classes are ${classes}, 2 or 3 are wanted.`);
  }

  // Patches over a pixel are neighbours on their grid, so the AND of their verdicts is a minimum over a window of that grid; and
  // a patch consists of equally many cells, so its range is a minimum over a window of cells.
  const kernel = patchSize <= LARGEST_PACKED_PATCH ? kernels.packed : kernels.wide;
  const overlap = patchSize / stride, margin = patchSize - stride;
  using cells = cellRanges(plane, { cell: stride, margin });
  using ranges = windowMinima(cells, overlap);
  using cuts = compute.create({ width: ranges.width, height: ranges.height, channels: 1 });
  compute.run({
    kernel,
    inputs: [
      {
        plane,
        rows: (first, end) => mirroredRows([first * stride - margin, end * stride], height),
      },
      { plane: ranges },
    ],
    output: cuts,
    params: { size: patchSize, stride, width, height },
    constants: { classes },
    invocations: (first, end) => [cuts.width * kernel.workgroup[0], end - first, 1],
  });
  using lowest = windowMinima(cuts, overlap);
  return applyThreshold(plane, { plane: lowest, side: stride });
}

/**
 * The range of the values in the square cells of a grid that covers the image and `margin` pixels around it, where the image is
 * mirrored: ⌈(H + 2 margin) / cell⌉ × ⌈(W + 2 margin) / cell⌉ × 2, the minimum and the negated maximum of each cell.
 */
function cellRanges(plane: Plane, { cell, margin }: { cell: number; margin: number }): Plane {
  const { compute, width, height } = plane;
  const output = compute.create({
    width: Math.ceil((width + 2 * margin) / cell),
    height: Math.ceil((height + 2 * margin) / cell),
    channels: 2,
  });
  compute.run({
    kernel: kernels.ranges,
    inputs: [{
      plane,
      rows: (first, end) => mirroredRows([first * cell - margin, end * cell - margin], height),
    }],
    output,
    params: { cell, margin, width, height },
  });
  return output;
}

/**
 * The minimum over each `size` × `size` window that lies wholly inside the plane, each channel by itself. The result is smaller by
 * `size − 1`, so that no border rule is needed.
 */
function windowMinima(plane: Plane, size: number): Plane {
  const { compute, channels } = plane;
  const width = plane.width - size + 1, height = plane.height - size + 1;
  const output = compute.create({ width, height, channels });
  compute.run({
    kernel: kernels.minima,
    inputs: [{ plane, rows: (first, end) => [first, end + size - 1] }],
    output,
    params: { size },
    invocations: (first, end) => [width * channels, end - first, 1],
  });
  return output;
}
