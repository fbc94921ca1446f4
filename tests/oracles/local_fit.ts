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
    const sum = (i: number, of: (k: number) => number): number => {
      const x = i % width, y = Math.floor(i / width);
      let total = 0;
      for (const k of pixels) {
        if (possible[k] === 2) continue;
        total += across[x][k % width] * down[y][Math.floor(k / width)] * of(k);
      }
      return total;
    };
    crack = pixels.map((i) => {
      if (possible[i] !== 1) return 0;
      const dark = sum(i, (k) => before[k]), bright = sum(i, (k) => 1 - before[k]);
      const crackMean = sum(i, (k) => before[k] * grey[k]) / dark;
      const groundMean = sum(i, (k) => (1 - before[k]) * grey[k]) / bright;
      if (!(dark > 1e-6 && bright > 0 && groundMean - crackMean > leastContrast)) return 0;
      const squares = sum(i, (k) => (1 - before[k]) * grey[k] ** 2) / bright;
      const variance = Math.max(0, squares - groundMean ** 2) + leastVariance;
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
