import type { PlaneSource } from "../../core/gpu/compute.ts";
import { windowStatisticsOracle } from "./window_statistics.ts";

/** Niblack's threshold of each pixel, in float64. */
export function niblackOracle(
  image: PlaneSource,
  { windowSize, k }: { windowSize: number; k: number },
): Float64Array {
  const { mean, deviation } = windowStatisticsOracle(image, windowSize);
  return mean.map((m, i) => m - k * deviation[i]);
}
