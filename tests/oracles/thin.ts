import type { PlaneSource } from "../../core/gpu/compute.ts";

/** Guo and Hall's algorithm A1, pixel by pixel as it is printed, until nothing goes any more. */
export function thinOracle({ width, height, data }: PlaneSource): Float32Array {
  let mask = Array.from(data, (value) => value > 0);
  const at = (x: number, y: number) => x >= 0 && x < width && y >= 0 && y < height && mask[y * width + x];
  const count = (...pieces: boolean[]) => pieces.filter(Boolean).length;
  for (let unchanged = 0, half = 0; unchanged < 2; half = 1 - half) {
    const kept = mask.map((value, i) => {
      if (!value) return false;
      const x = i % width, y = Math.floor(i / width);
      const p2 = at(x, y - 1), p3 = at(x + 1, y - 1), p4 = at(x + 1, y), p5 = at(x + 1, y + 1);
      const p6 = at(x, y + 1), p7 = at(x - 1, y + 1), p8 = at(x - 1, y), p9 = at(x - 1, y - 1);
      const c = count(!p2 && (p3 || p4), !p4 && (p5 || p6), !p6 && (p7 || p8), !p8 && (p9 || p2));
      const n = Math.min(
        count(p9 || p2, p3 || p4, p5 || p6, p7 || p8),
        count(p2 || p3, p4 || p5, p6 || p7, p8 || p9),
      );
      const m = half === 0 ? (p2 || p3 || !p5) && p4 : (p6 || p7 || !p9) && p8;
      return !(c === 1 && n >= 2 && n <= 3 && !m);
    });
    unchanged = kept.every((value, i) => value === mask[i]) ? unchanged + 1 : 0;
    mask = kept;
  }
  return Float32Array.from(mask, Number);
}
