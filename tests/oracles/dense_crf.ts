import type { DenseCrfOptions } from "../../core/label/cam_crf/dense_crf.ts";

/**
 * Mean field of the fully connected field of two classes, in float64: both classes, every pair of pixels, kernels normalised to
 * D^−½ K D^−½, a pixel its own neighbour.
 */
export function denseCrfOracle(
  { width, height, data }: ImageData,
  unary: ArrayLike<number>,
  { iterations, appearance, smoothness }: DenseCrfOptions,
): Float64Array {
  const n = width * height;
  const space = (i: number, j: number): number =>
    (i % width - j % width) ** 2 + (Math.floor(i / width) - Math.floor(j / width)) ** 2;
  const colour = (i: number, j: number): number => {
    let sum = 0;
    for (let c = 0; c < 3; c++) sum += (data[4 * i + c] - data[4 * j + c]) ** 2;
    return sum;
  };
  const likeness = normalised(n, (i, j) =>
    Math.exp(
      -space(i, j) / (2 * appearance.sigmaSpace ** 2) - colour(i, j) / (2 * appearance.sigmaColour ** 2),
    ));
  const nearness = normalised(n, (i, j) => Math.exp(-space(i, j) / (2 * smoothness.sigmaSpace ** 2)));

  const softmax = (energies: readonly [number, number][]): [number, number][] =>
    energies.map(([a, b]) => [1 / (1 + Math.exp(a - b)), 1 / (1 + Math.exp(b - a))]);
  const first: [number, number][] = Array.from({ length: n }, (_, i) => [unary[2 * i], unary[2 * i + 1]]);
  let q = softmax(first);
  for (let iteration = 0; iteration < iterations; iteration++) {
    q = softmax(first.map(([a, b], i) => {
      let [crack, background] = [a, b];
      for (let j = 0; j < n; j++) {
        const weight = appearance.weight * likeness[i * n + j] + smoothness.weight * nearness[i * n + j];
        // Potts: what a class pays is what its neighbours hold of the other.
        crack += weight * q[j][1];
        background += weight * q[j][0];
      }
      return [crack, background];
    }));
  }
  return Float64Array.from(q, ([crack]) => crack);
}

function normalised(n: number, kernel: (i: number, j: number) => number): Float64Array {
  const sums = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) sums[i] += kernel(i, j);
  }
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) matrix[i * n + j] = kernel(i, j) / Math.sqrt(sums[i] * sums[j]);
  }
  return matrix;
}
