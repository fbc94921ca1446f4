import type { PlaneSource } from "../../core/gpu/compute.ts";

/** One map laid over another and faded in, in float64. */
export function crossfadeOracle(
  target: PlaneSource,
  { source, left = 0, top = 0, columns = 0, rows = 0 }: {
    source: PlaneSource;
    left?: number;
    top?: number;
    columns?: number;
    rows?: number;
  },
): Float64Array {
  const result = Float64Array.from(target.data);
  for (let y = 0; y < source.height; y++) {
    for (let x = 0; x < source.width; x++) {
      const i = (top + y) * target.width + left + x;
      const weight = smoothstep(x, columns) * smoothstep(y, rows);
      result[i] = (1 - weight) * result[i] + weight * source.data[y * source.width + x];
    }
  }
  return result;
}

function smoothstep(i: number, n: number): number {
  const t = Math.min(1, (i + 0.5) / n);
  return 3 * t ** 2 - 2 * t ** 3;
}
