import type { PlaneSource } from "../../core/gpu/compute.ts";
import type { BilateralFilterOptions } from "../../core/kernels/bilateral_filter.ts";
import { mirrorIndex } from "./mirror_index.ts";

/** The bilateral filter pixel by pixel and tap by tap, in float64. */
export function bilateralFilterOracle(
  { width, height, channels, data }: PlaneSource,
  { radius, sigmaSpace, sigmaRange, window, distance, round }: Required<BilateralFilterOptions>,
): Float64Array {
  const result = new Float64Array(data.length);
  const at = (x: number, y: number, c: number): number =>
    data[(mirrorIndex(y, height) * width + mirrorIndex(x, width)) * channels + c];

  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sums = new Array<number>(channels).fill(0);
      let weights = 0;
      for (let dy = -radius; dy <= radius; dy++) {
        for (let dx = -radius; dx <= radius; dx++) {
          if (window === "disc" && Math.hypot(dx, dy) > radius) continue;
          const differences = sums.map((_, c) => at(x + dx, y + dy, c) - at(x, y, c));
          const d = distance === "l1"
            ? differences.reduce((sum, difference) => sum + Math.abs(difference), 0)
            : Math.hypot(...differences);
          const s = Math.exp(-(dx ** 2 + dy ** 2) / (2 * sigmaSpace ** 2));
          const w = s * Math.exp(-(d ** 2) / (2 * sigmaRange ** 2));
          for (let c = 0; c < channels; c++) sums[c] += w * at(x + dx, y + dy, c);
          weights += w;
        }
      }
      for (let c = 0; c < channels; c++) {
        const value = sums[c] / weights;
        result[(y * width + x) * channels + c] = round ? Math.round(value) : value;
      }
    }
  }
  return result;
}
