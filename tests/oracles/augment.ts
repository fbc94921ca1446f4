import type { Augmentation } from "../../core/kernels/augment.ts";

const MASK = 0xffffffffn;

/** pcg4d in integers without bounds, cut to 32 bits after each operation. */
export function randomWordsOracle(counter: readonly number[]): number[] {
  let v = counter.map((word) => (BigInt(word) * 1664525n + 1013904223n) & MASK);
  const mix = () => {
    for (const [i, j, k] of [[0, 1, 3], [1, 2, 0], [2, 0, 1], [3, 1, 2]]) v[i] = (v[i] + v[j] * v[k]) & MASK;
  };
  mix();
  v = v.map((word) => word ^ (word >> 16n));
  mix();
  return v.map(Number);
}

const unit = (word: number): number => (Math.floor(word / 512) + 0.5) / 2 ** 23;
const cut = (value: number): number => Math.min(Math.max(value, 0), 255);
const grey = ([r, g, b]: number[]): number => 0.299 * r + 0.587 * g + 0.114 * b;

/** Turns the hue through cylindrical coordinates, sector by sector. */
function turnHue([r, g, b]: number[], turn: number): number[] {
  const v = Math.max(r, g, b), low = Math.min(r, g, b);
  if (v === low) return [r, g, b];
  let hue = v === r ? (g - b) / (v - low) : v === g ? 2 + (b - r) / (v - low) : 4 + (r - g) / (v - low);
  hue = (hue / 6 + turn + 2) % 1 * 6;
  const sector = Math.floor(hue) % 6, part = hue - Math.floor(hue);
  const falling = v - (v - low) * part, rising = low + (v - low) * part;
  return [
    [v, rising, low],
    [falling, v, low],
    [low, v, rising],
    [low, falling, v],
    [rising, low, v],
    [v, low, falling],
  ][sector];
}

/** All orders of four operations, in lexicographic order. */
function orders(left = [0, 1, 2, 3]): number[][] {
  if (left.length === 0) return [[]];
  return left.flatMap((first) =>
    orders(left.filter((other) => other !== first)).map((rest) => [first, ...rest])
  );
}

/** Varies a stack of patches operation by operation, each on the whole patch, in float64. */
export function augmentOracle(
  data: ArrayLike<number>,
  { size, seed, step, jitter, gaussian, multiplicative }:
    & Augmentation
    & { size: number; seed: number; step: number },
): number[] {
  const values = size * size * 3;
  const output: number[] = [];
  for (let patch = 0; patch * values < data.length; patch++) {
    const draws = [0, 1, 2].flatMap((block) =>
      randomWordsOracle([seed, step, patch, 0xffffffff - block]).map(unit)
    );
    const within = (low: number, high: number, draw: number): number => low + (high - low) * draws[draw];
    let pixels = Array.from(
      { length: size * size },
      (_, i) => [0, 1, 2].map((c) => data[patch * values + i * 3 + c]),
    );

    if (draws[0] < jitter.probability) {
      const brightness = within(1 - jitter.brightness, 1 + jitter.brightness, 1);
      const contrast = within(1 - jitter.contrast, 1 + jitter.contrast, 2);
      const saturation = within(1 - jitter.saturation, 1 + jitter.saturation, 3);
      const hue = within(-jitter.hue, jitter.hue, 4);
      for (const operation of orders()[Math.floor(draws[5] * 24)]) {
        const mean = pixels.reduce((sum, pixel) => sum + grey(pixel), 0) / pixels.length;
        pixels = pixels.map((pixel) => {
          if (operation === 3) return turnHue(pixel, hue);
          if (operation === 0) return pixel.map((value) => cut(value * brightness));
          if (operation === 1) return pixel.map((value) => cut(mean + (value - mean) * contrast));
          return pixel.map((value) => cut(grey(pixel) + (value - grey(pixel)) * saturation));
        });
      }
    }
    if (draws[6] < gaussian.probability) {
      const sigma = draws[7] * gaussian.sigma;
      pixels = pixels.map((pixel, i) => {
        const [u1, u2] = randomWordsOracle([seed, step, patch, i]).map(unit);
        const normal = Math.sqrt(-2 * Math.log(u1)) * Math.cos(2 * Math.PI * (u2 - 0.5));
        return pixel.map((value) => cut(value + sigma * normal));
      });
    }
    if (draws[8] < multiplicative.probability) {
      const factor = within(multiplicative.low, multiplicative.high, 9);
      pixels = pixels.map((pixel) => pixel.map((value) => cut(value * factor)));
    }
    for (const pixel of pixels) output.push(...pixel);
  }
  return output;
}
