import type { PlaneSource } from "../../core/gpu/compute.ts";
import { mirrorIndex } from "./mirror_index.ts";

/** Mean and population deviation of each pixel's mirrored window, in float64: all taps summed, then their squared deviations. */
export function windowStatisticsOracle(
  { width, height, data }: PlaneSource,
  windowSize: number,
): { mean: Float64Array; deviation: Float64Array } {
  const mean = new Float64Array(data.length), deviation = new Float64Array(data.length);
  const half = (windowSize - 1) / 2;
  const around = (i: number, n: number): number[] =>
    Array.from({ length: windowSize }, (_, k) => mirrorIndex(i + k - half, n));
  const rows = Array.from({ length: height }, (_, y) => around(y, height));
  const columns = Array.from({ length: width }, (_, x) => around(x, width));
  for (let i = 0; i < data.length; i++) {
    const us = columns[i % width], vs = rows[Math.floor(i / width)];
    let sum = 0, squares = 0;
    for (const v of vs) for (const u of us) sum += data[v * width + u];
    mean[i] = sum / windowSize ** 2;
    for (const v of vs) for (const u of us) squares += (data[v * width + u] - mean[i]) ** 2;
    deviation[i] = Math.sqrt(squares / windowSize ** 2);
  }
  return { mean, deviation };
}
