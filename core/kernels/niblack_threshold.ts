import source from "../../shaders/niblack_threshold.wgsl" with { type: "text" };
import { argumentsSchema, checkArguments, NUMBER, optional, optionsSchema } from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";
import { windowStatistics } from "./window_statistics.ts";

/** Options of {@linkcode niblackThreshold}. */
export interface NiblackThresholdOptions {
  /** Side of the square window in pixels, odd. */
  windowSize?: number;
  /** How many deviations the threshold lies below the mean; negative: above it. */
  k?: number;
}

const ARGUMENTS = argumentsSchema({
  plane: PLANE,
  options: optionsSchema<NiblackThresholdOptions>({ windowSize: optional(NUMBER), k: optional(NUMBER) }),
});

const kernel = defineKernel("niblack_threshold", source);

/**
 * Dark pixels by Niblack's local threshold: value ≤ m − k s, m and s being mean and population standard deviation of the window around
 * the pixel, the image mirrored outside without repeating its edge. Pixels of a flat window equal their threshold and so count as dark.
 *
 * A pixel is judged rightly unless its value lies within 10⁻³ of its threshold, for images of 0..255, windows up to 101 and |k| ≤ 1.
 *
 * W. Niblack, "An Introduction to Digital Image Processing", Prentice-Hall, 1986. The default window is that of the paper's Figure 3.
 *
 * @example
 * ```ts
 * import { niblackThreshold, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using row = compute.upload({ width: 5, height: 1, channels: 1, data: new Uint8Array([90, 91, 20, 91, 90]) });
 * using dark = niblackThreshold(row, { windowSize: 5 });
 * console.log(await dark.read()); // [0, 0, 1, 0, 0]
 * ```
 *
 * @param plane H × W × 1, 0..255.
 * @returns H × W × 1: 1 where dark, else 0.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the plane has several channels, the window is not an odd number of pixels or k not a finite number.
 */
export function niblackThreshold(plane: Plane, options: NiblackThresholdOptions = {}): Plane {
  checkArguments("threshold a plane", ARGUMENTS, { plane, options });
  const { windowSize = 33, k = 0.2 } = options;
  if (!Number.isFinite(k)) {
    throw new RangeError(`Cannot threshold with a k of ${k}: a finite number is wanted.`);
  }
  const { compute, width, height } = plane;
  using statistics = windowStatistics(plane, windowSize);
  const output = compute.create({ width, height, channels: 1 });
  compute.run({ kernel, inputs: [{ plane }, { plane: statistics }], output, params: { k } });
  return output;
}
