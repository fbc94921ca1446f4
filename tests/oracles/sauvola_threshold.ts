import type { PlaneSource } from "../../core/gpu/compute.ts";
import { windowStatisticsOracle } from "./window_statistics.ts";

/** Sauvola's threshold of each pixel, in float64. */
export function sauvolaOracle(
  image: PlaneSource,
  { windowSize, k, r }: { windowSize: number; k: number; r: number },
): Float64Array {
  const { mean, deviation } = windowStatisticsOracle(image, windowSize);
  return mean.map((m, i) => m * (1 + k * (deviation[i] / r - 1)));
}
