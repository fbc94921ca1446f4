import type { PlaneSource } from "../../core/gpu/compute.ts";
import type { ResizeOptions } from "../../core/kernels/resize.ts";

/** Every source pixel's weight in one output pixel of one axis. */
function weightsOracle(
  filter: string,
  length: number,
  from: number,
  to: number,
  size: number,
  i: number,
): number[] {
  const scale = (to - from) / size;
  const centre = from + (i + 0.5) * (to - from) / size;
  const weights = Array.from({ length }, (_, j) => {
    if (filter === "nearest") return j === Math.floor(centre) ? 1 : 0;
    const x = Math.abs(j + 0.5 - centre) / Math.max(1, scale);
    const p = Math.PI * x;
    switch (filter) {
      case "bilinear":
        return x < 1 ? 1 - x : 0;
      case "hamming":
        return x >= 1 ? 0 : x === 0 ? 1 : Math.sin(p) / p * (0.54 + 0.46 * Math.cos(p));
      case "lanczos3":
        return x >= 3 ? 0 : x === 0 ? 1 : Math.sin(p) / p * Math.sin(p / 3) / (p / 3);
    }
    throw new TypeError(filter);
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Resampling in one step: each output pixel is a sum over all source pixels, in float64. */
export function resizeOracle(
  source: PlaneSource,
  { width, height, filter, box = [0, 0, source.width, source.height] }: ResizeOptions,
): Float64Array {
  const { channels, data } = source;
  const across = Array.from(
    { length: width },
    (_, x) => weightsOracle(filter, source.width, box[0], box[2], width, x),
  );
  const down = Array.from(
    { length: height },
    (_, y) => weightsOracle(filter, source.height, box[1], box[3], height, y),
  );
  const output = new Float64Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let j = 0; j < source.height; j++) {
        if (down[y][j] === 0) continue;
        for (let i = 0; i < source.width; i++) {
          if (across[x][i] === 0) continue;
          for (let c = 0; c < channels; c++) {
            output[(y * width + x) * channels + c] += down[y][j] * across[x][i] *
              data[(j * source.width + i) * channels + c];
          }
        }
      }
    }
  }
  return output;
}
