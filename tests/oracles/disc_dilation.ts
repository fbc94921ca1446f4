import type { PlaneSource } from "../../core/gpu/compute.ts";

/** The greatest value at a Euclidean distance of at most `radius` pixels, pixel by pixel; what is outside is left out. */
export function discDilationOracle({ width, height, data }: PlaneSource, radius: number): Float32Array {
  return Float32Array.from(data, (_, i) => {
    const x = i % width, y = Math.floor(i / width);
    let found = -Infinity;
    for (let v = 0; v < height; v++) {
      if (Math.abs(v - y) > radius) continue;
      for (let u = Math.max(0, x - radius); u <= Math.min(width - 1, x + radius); u++) {
        if ((u - x) ** 2 + (v - y) ** 2 <= radius ** 2) found = Math.max(found, data[v * width + u]);
      }
    }
    return found;
  });
}
