import { type GradientOptions, meanGradients } from "../training/batch_gradients.ts";
import { type ClassifierGradients, classifierGradients } from "./classifier_gradients.ts";
import type { BareClassifier } from "./bare_classifier.ts";
import { tf } from "../tfjs.ts";

/** Patches with their classes, on the host. */
export interface HostBatch {
  /** N × S × S × 3, RGB 0..255. */
  readonly pixels: Float32Array;
  /** S. */
  readonly size: number;
  /** N values, 1 for crack. */
  readonly crack: Uint8Array;
}

/** Cuts a batch into parts that differ by one patch at most. The parts share its memory. */
export function splitBatch({ pixels, size, crack }: HostBatch, parts: number): HostBatch[] {
  const count = crack.length, values = size * size * 3;
  const length = Math.min(parts, count);
  return Array.from({ length }, (_, i) => {
    const first = Math.floor(i * count / length), end = Math.floor((i + 1) * count / length);
    return { pixels: pixels.subarray(first * values, end * values), size, crack: crack.subarray(first, end) };
  });
}

/** The gradients of a batch that lies on the host. */
export function hostGradients(
  classifier: BareClassifier,
  { pixels, size, crack }: HostBatch,
  options?: GradientOptions,
): Promise<ClassifierGradients> {
  const x = tf.tensor4d(pixels, [crack.length, size, size, 3]);
  return classifierGradients(classifier, { x, crack }, options).finally(() => x.dispose());
}

/** The gradients of a whole batch from those of its parts: the means of losses and gradients, weighted by patches. Frees the parts. */
export function joinGradients(parts: readonly ClassifierGradients[]): ClassifierGradients {
  const scores = parts.flatMap(({ scores }) => [...scores]);
  const { gradients, loss } = meanGradients(parts, parts.map(({ scores }) => scores.length));
  return { gradients, loss, scores: Float32Array.from(scores) };
}
