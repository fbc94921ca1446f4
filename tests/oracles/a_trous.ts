import type { PlaneSource } from "../../core/gpu/compute.ts";
import { mirrorIndex } from "./mirror_index.ts";

type Image = Pick<PlaneSource, "width" | "height"> & { readonly data: ArrayLike<number> };

/** A plane shifted by whole pixels: its value at (x + dx, y + dy), mirrored outside. */
function shifted({ width, height, data }: Image, dx: number, dy: number): number[] {
  return Array.from({ length: width * height }, (_, i) => {
    const x = mirrorIndex(i % width + dx, width), y = mirrorIndex(Math.floor(i / width) + dy, height);
    return data[y * width + x];
  });
}

/** The wavelet gradient of a scale (1, 2 …) in float64: every smoothing written out as a sum of shifted planes. */
export function aTrousOracle(image: Image, scale: number): { x: number[]; y: number[] } {
  let smoothed: Image = image;
  for (let j = 1; j < scale; j++) {
    const d = 2 ** (j - 1);
    for (const [dx, dy] of [[d, 0], [0, d]]) {
      const taps = [-1, 0, 1, 2].map((k) => shifted(smoothed, k * dx, k * dy));
      const data = taps[0].map((_, i) => (taps[0][i] + 3 * taps[1][i] + 3 * taps[2][i] + taps[3][i]) / 8);
      smoothed = { ...image, data };
    }
  }
  const d = 2 ** (scale - 1), c = scale < 3 ? 0 : d / 2 - 1, lambda = [1.5, 1.12, 1.03, 1.01, 1][scale - 1];
  const slope = (ahead: number[], behind: number[]) =>
    ahead.map((value, i) => 2 * (value - behind[i]) / lambda);
  return {
    x: slope(shifted(smoothed, 1, -c), shifted(smoothed, 1 - d, -c)),
    y: slope(shifted(smoothed, -c, 1), shifted(smoothed, -c, 1 - d)),
  };
}
