/**
 * Grad-CAM++ (Chattopadhay et al. 2018, doi:10.1109/WACV.2018.00097) straight from its definition, for any head: derivatives up to the third
 * of Y = exp(S) with respect to every single value of the feature map, taken by Taylor arithmetic in float64.
 *
 * @module
 */

/** A function of t around 0: value, first, second and third derivative. */
export type Jet = readonly [number, number, number, number];

/** The constant c. */
export function constant(c: number): Jet {
  return [c, 0, 0, 0];
}

export function add(a: Jet, b: Jet): Jet {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
}

export function scale(a: Jet, factor: number): Jet {
  return [a[0] * factor, a[1] * factor, a[2] * factor, a[3] * factor];
}

export function relu(a: Jet): Jet {
  return a[0] > 0 ? a : constant(0);
}

/** e^a, by Faà di Bruno's formula. */
export function exp([s, s1, s2, s3]: Jet): Jet {
  const y = Math.exp(s);
  return [y, y * s1, y * (s2 + s1 ** 2), y * (s3 + 3 * s1 * s2 + s1 ** 3)];
}

/** A feature map: h · w pixels of `channels` values, and the score of the class as a function of it. */
export interface GradCamOracleOptions {
  pixels: number;
  channels: number;
  features: Float64Array;
  score: (features: (index: number) => Jet) => Jet;
}

/** The map of each pixel, divided by its maximum, the alphas of each channel normalised to sum to 1. */
export function gradCamPlusPlusOracle(options: GradCamOracleOptions): number[] {
  const { pixels, channels, features, score } = options;
  const map = Array<number>(pixels).fill(0);
  for (let k = 0; k < channels; k++) {
    let total = 0;
    for (let p = 0; p < pixels; p++) total += features[p * channels + k];
    const alphas: number[] = [], slopes: number[] = [];
    for (let p = 0; p < pixels; p++) {
      const varied = p * channels + k;
      const [, y1, y2, y3] = exp(score((i) => [features[i], i === varied ? 1 : 0, 0, 0]));
      const denominator = 2 * y2 + total * y3;
      alphas.push(denominator === 0 ? 0 : y2 / denominator);
      slopes.push(y1);
    }
    const sum = alphas.reduce((a, b) => a + b, 0);
    if (sum === 0) continue;
    const weight = alphas.reduce((w, alpha, p) => w + alpha / sum * Math.max(0, slopes[p]), 0);
    for (let p = 0; p < pixels; p++) map[p] += weight * features[p * channels + k];
  }
  const most = Math.max(...map);
  return map.map((v) => most > 0 ? Math.max(0, v) / most : 0);
}
