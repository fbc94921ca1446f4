import type { PlaneSource } from "../../core/gpu/compute.ts";

/** The greatest over some lines, each a list of offsets, of two operations one after the other: opening by min, max; closing by max, min. */
export function lineMorphologyOracle(
  { width, height, data }: PlaneSource,
  lines: readonly (readonly (readonly [x: number, y: number])[])[],
  operations: readonly ("min" | "max")[],
): Float32Array {
  const result = new Float32Array(data.length);
  for (const offsets of lines) {
    let values = Float32Array.from(data);
    for (const operation of operations) {
      const before = values;
      values = before.map((_, i) => {
        const [x, y] = [i % width, Math.floor(i / width)];
        const inside = offsets.map(([u, v]) => [x + u, y + v])
          .filter(([u, v]) => u >= 0 && v >= 0 && u < width && v < height);
        return Math[operation](...inside.map(([u, v]) => before[v * width + u]));
      });
    }
    values.forEach((value, i) => result[i] = Math.max(result[i], value));
  }
  return result;
}
