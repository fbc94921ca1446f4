import type { PlaneSource } from "../../core/gpu/compute.ts";

/** Σ_k w_k A_k of each pixel, in float64. */
export function channelSumOracle(
  { width, height, channels, data }: PlaneSource,
  weights: Float32Array,
): Float64Array {
  return Float64Array.from({ length: width * height }, (_, pixel) => {
    let sum = 0;
    weights.forEach((weight, k) => sum += weight * data[pixel * channels + k]);
    return sum;
  });
}

/** relu(Σ_k w_k A_k) of each pixel, in float64. */
export function activationMapOracle(features: PlaneSource, weights: Float32Array): Float64Array {
  return channelSumOracle(features, weights).map((sum) => Math.max(sum, 0));
}
