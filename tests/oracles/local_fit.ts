import type { LocalFitSettings } from "../../core/label/local_fit.ts";

/** What is fitted to; see `localFit()`. */
interface LocalFitCase {
  readonly width: number;
  readonly height: number;
  readonly grey: ArrayLike<number>;
  readonly confidence: ArrayLike<number>;
  /** 0 never, 1 crack, 2 unknown. */
  readonly possible: ArrayLike<number>;
  readonly settings: LocalFitSettings;
  /** Side of the cells that windows are summed over; 0 for windows around each pixel itself, mirrored at the image's border. */
  readonly side: number;
}

/** The local fit of two classes, in float64, every sum taken by itself over the whole image. */
export function localFitOracle(
  { width, height, grey, confidence, possible, settings, side }: LocalFitCase,
): number[] {
  const { sigma, iterations, prior, evidence, leastVariance, leastContrast } = settings;
  const pixels = Array.from({ length: width * height }, (_, i) => i);
  const across = axisWeights(width, { sigma, side }), down = axisWeights(height, { sigma, side });
  let crack = pixels.map((i) => possible[i] === 1 ? confidence[i] : 0);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const before = crack;
    // Of the whole image, as it counts around pixel i: crack, ground, their grey values, and the squares of the ground's.
    const sumsAround = (i: number): number[] => {
      const toX = across[i % width], toY = down[Math.floor(i / width)];
      const sums = [0, 0, 0, 0, 0];
      for (let y = 0, k = 0; y < height; y++) {
        for (let x = 0; x < width; x++, k++) {
          if (possible[k] === 2) continue;
          const weight = toX[x] * toY[y], crack = weight * before[k], ground = weight * (1 - before[k]);
          sums[0] += crack;
          sums[1] += ground;
          sums[2] += crack * grey[k];
          sums[3] += ground * grey[k];
          sums[4] += ground * grey[k] ** 2;
        }
      }
      return sums;
    };
    crack = pixels.map((i) => {
      if (possible[i] !== 1) return 0;
      const [dark, bright, darkGrey, brightGrey, brightSquares] = sumsAround(i);
      const crackMean = darkGrey / dark, groundMean = brightGrey / bright;
      if (!(dark > 1e-6 && bright > 0 && groundMean - crackMean > leastContrast)) return 0;
      const variance = Math.max(0, brightSquares / bright - groundMean ** 2) + leastVariance;
      const p = Math.min(0.99, Math.max(0.01, confidence[i]));
      const gain = (grey[i] - groundMean) ** 2 - (grey[i] - crackMean) ** 2;
      return 1 / (1 + Math.exp(-prior * Math.log(p / (1 - p)) - evidence * gain / (2 * variance)));
    });
  }
  return crack;
}

/** What each pixel of an axis counts in the window around each other. */
function axisWeights(length: number, { sigma, side }: { sigma: number; side: number }): number[][] {
  const cell = Math.max(1, side), count = side === 0 ? length : Math.ceil(length / side);
  const reach = Math.ceil(3 * sigma / cell);
  const kernel = Array.from(
    { length: 2 * reach + 1 },
    (_, k) => Math.exp(-((k - reach) ** 2) / 2 / (sigma / cell) ** 2),
  );
  const norm = kernel.reduce((a, b) => a + b, 0);
  const reflect = (i: number): number =>
    i < 0 ? reflect(-1 - i) : i >= count ? reflect(2 * count - 1 - i) : i;
  const ofCell = (c: number): number[] => {
    const weights = new Array<number>(count).fill(0);
    kernel.forEach((weight, k) => weights[reflect(c + k - reach)] += weight / norm);
    return weights;
  };
  return Array.from({ length }, (_, pixel) => {
    const place = Math.min(count - 1, Math.max(0, (pixel + 0.5) / cell - 0.5));
    const low = Math.floor(place), share = place - low;
    const a = ofCell(low), b = ofCell(Math.min(count - 1, low + 1));
    return Array.from({ length }, (_, other) => {
      const c = Math.floor(other / cell);
      return (1 - share) * a[c] + share * b[c];
    });
  });
}
