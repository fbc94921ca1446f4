import source from "../../shaders/sauvola_threshold.wgsl" with { type: "text" };
import { argumentsSchema, checkArguments, NUMBER, optional, optionsSchema } from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";
import { windowStatistics } from "./window_statistics.ts";

/** Options of {@linkcode sauvolaThreshold}. */
export interface SauvolaThresholdOptions {
  /** Side of the square window in pixels, odd. */
  windowSize?: number;
  /** How far the threshold sinks below the mean where the deviation is 0: the share k of the mean. */
  k?: number;
  /** The deviation at which the threshold is the mean: half the range of grey values. */
  r?: number;
}

const ARGUMENTS = argumentsSchema({
  plane: PLANE,
  options: optionsSchema<SauvolaThresholdOptions>({
    windowSize: optional(NUMBER),
    k: optional(NUMBER),
    r: optional(NUMBER),
  }),
});

const kernel = defineKernel("sauvola_threshold", source);

/**
 * Dark pixels by Sauvola's local threshold: value ≤ m (1 + k (s / r − 1)), m and s being mean and population standard deviation of the
 * window around the pixel, the image mirrored outside without repeating its edge. Flat parts are not dark, unless they are black.
 *
 * A pixel is judged rightly unless its value lies within 10⁻³ of its threshold, for images of 0..255, windows up to 101 and |k| ≤ 1.
 *
 * J. Sauvola and M. Pietikäinen, "Adaptive document image binarization", Pattern Recognition 33 (2000), doi:10.1016/S0031-3203(99)00055-2.
 * The default window is that of the paper's Figure 3.
 *
 * @example
 * ```ts
 * import { openCompute, sauvolaThreshold } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using row = compute.upload({ width: 5, height: 1, channels: 1, data: new Uint8Array([90, 91, 20, 91, 90]) });
 * using dark = sauvolaThreshold(row, { windowSize: 5 });
 * console.log(await dark.read()); // [0, 0, 1, 0, 0]
 * ```
 *
 * @param plane H × W × 1, 0..255.
 * @returns H × W × 1: 1 where dark, else 0.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the plane has several channels, the window is not an odd number of pixels, k not finite or r not positive.
 */
export function sauvolaThreshold(plane: Plane, options: SauvolaThresholdOptions = {}): Plane {
  checkArguments("threshold a plane", ARGUMENTS, { plane, options });
  const { windowSize = 33, k = 0.2, r = 128 } = options;
  if (!Number.isFinite(k)) {
    throw new RangeError(`Cannot threshold with a k of ${k}: a finite number is wanted.`);
  }
  if (!(r > 0)) throw new RangeError(`Cannot threshold with an r of ${r}: a positive number is wanted.`);
  const { compute, width, height } = plane;
  using statistics = windowStatistics(plane, windowSize);
  const output = compute.create({ width, height, channels: 1 });
  compute.run({
    kernel,
    inputs: [{ plane }, { plane: statistics }],
    output,
    params: { k, inverse_r: 1 / r },
  });
  return output;
}
