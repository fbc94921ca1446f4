import type { PlaneSource } from "../../core/gpu/compute.ts";

/** Weighted sum of the first three channels, in float64. */
export function grayscaleOracle(
  { width, height, channels, data }: PlaneSource,
  weights: readonly number[],
): Float64Array {
  return Float64Array.from({ length: width * height }, (_, i) => {
    const [red, green, blue] = data.subarray(i * channels, i * channels + 3);
    return weights[0] * red + weights[1] * green + weights[2] * blue;
  });
}
