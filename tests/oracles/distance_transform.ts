import type { PlaneSource } from "../../core/gpu/compute.ts";

/** The least distance of each crack pixel to any background pixel, found by looking at all of them; ∞ where there is none. */
export function distanceTransformOracle({ width, data }: PlaneSource): Float64Array {
  const background: [number, number][] = [];
  for (let i = 0; i < data.length; i++) {
    if (!(data[i] > 0)) background.push([i % width, Math.floor(i / width)]);
  }
  return Float64Array.from(data, (value, i) => {
    if (!(value > 0)) return 0;
    const x = i % width, y = Math.floor(i / width);
    let least = Infinity;
    for (const [u, v] of background) least = Math.min(least, (u - x) ** 2 + (v - y) ** 2);
    return Math.sqrt(least);
  });
}
