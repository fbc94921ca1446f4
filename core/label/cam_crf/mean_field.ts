import type { PairwiseKernel } from "./pairwise_kernels.ts";

/** Options of {@linkcode meanField}. */
export interface MeanFieldOptions {
  /** The pairwise terms: what neighbours by a kernel pay for different classes. */
  readonly terms: readonly { readonly weight: number; readonly kernel: PairwiseKernel }[];
  readonly iterations: number;
}

/**
 * Mean field of a fully connected random field of two classes under Potts' compatibility: algorithm 1 of Krähenbühl and Koltun,
 * arXiv:1210.5644, all pixels at once. With Q(l) ∝ exp(−U(l) + Σ_m w_m K_m Q(l)) for both classes, the log odds z of class 0 follow
 *
 *     z ← U(1) − U(0) + Σ_m w_m K_m tanh(z / 2),
 *
 * since Q(0) − Q(1) = tanh(z / 2): one value a pixel is filtered, not two.
 *
 * @param unary U, two values a pixel: the negative log probabilities of class 0 and class 1.
 * @returns Q(0), one value a pixel, 0..1.
 */
export function meanField(unary: Float32Array, { terms, iterations }: MeanFieldOptions): Float32Array {
  const evidence = new Float32Array(unary.length / 2);
  for (let i = 0; i < evidence.length; i++) evidence[i] = unary[2 * i + 1] - unary[2 * i];
  const odds = evidence.slice();
  const leaning = new Float32Array(odds.length), message = new Float32Array(odds.length);
  for (let iteration = 0; iteration < iterations; iteration++) {
    for (let i = 0; i < odds.length; i++) leaning[i] = Math.tanh(odds[i] / 2);
    odds.set(evidence);
    for (const { weight, kernel } of terms) {
      kernel.apply(leaning, message);
      for (let i = 0; i < odds.length; i++) odds[i] += weight * message[i];
    }
  }
  return odds.map((z) => 1 / (1 + Math.exp(-z)));
}
