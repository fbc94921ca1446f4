import { takeData } from "../tensors.ts";
import { tf } from "../tfjs.ts";
import {
  type BatchGradients,
  evenParts,
  type GradientModel,
  type GradientOptions,
  lossGradients,
  meanGradients,
} from "../training/gradients.ts";
import type { BareClassifier } from "./bare_classifier.ts";

/** Patches with their classes, as a network sees them. */
export interface TrainingBatch {
  /** N × S × S × 3, RGB 0..255. */
  readonly x: tf.Tensor4D;
  /** N values, 1 for crack. */
  readonly crack: Uint8Array;
}

/** Patches with their classes, on the host. */
export interface HostBatch {
  /** N × S × S × 3, RGB 0..255. */
  readonly pixels: Float32Array;
  /** S. */
  readonly size: number;
  /** N values, 1 for crack. */
  readonly crack: Uint8Array;
}

/** What one batch says of a classifier. Its loss is the mean cross-entropy, in nats. */
export interface ClassifierGradients extends BatchGradients {
  /** Probability of crack of each patch, as training saw it. */
  readonly scores: Float32Array;
}

/** The gradients of the mean cross-entropy over a batch, −1/N Σ log softmax(z)[class]. Running statistics move by one step. */
export async function classifierGradients(
  classifier: BareClassifier,
  { x, crack }: TrainingBatch,
  options: GradientOptions = {},
): Promise<ClassifierGradients> {
  const { gradients, results } = tf.tidy(() => {
    // Class 0 is crack.
    const classes = tf.oneHot(tf.tensor1d(Array.from(crack, (one) => 1 - one), "int32"), 2);
    let probabilities: tf.Tensor | undefined;
    const { loss, gradients } = lossGradients(classifier, () => {
      const logits = classifier.trainingLogits(x, options);
      probabilities = tf.keep(logits.softmax());
      return tf.losses.softmaxCrossEntropy(classes, logits).asScalar();
    });
    const results = tf.concat([loss.as1D(), (probabilities as tf.Tensor).flatten()]);
    probabilities?.dispose();
    return { gradients, results };
  });
  const values = await takeData(results);
  return { gradients, loss: values[0], scores: values.slice(1).filter((_, i) => i % 2 === 0) };
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

/** A classifier whose gradients several threads can find. */
export function classifierGradientModel(
  classifier: BareClassifier,
): GradientModel<HostBatch, ClassifierGradients> {
  return {
    network: classifier,
    description: classifier.description,
    worker: new URL("./gradient_worker.ts", import.meta.url),
    split({ pixels, size, crack }, parts) {
      const values = size * size * 3;
      return evenParts(crack.length, parts).map(({ first, end }) => ({
        pixels: pixels.subarray(first * values, end * values),
        size,
        crack: crack.subarray(first, end),
      }));
    },
    gradients: (batch, options) => hostGradients(classifier, batch, options),
    join(parts) {
      const scores = parts.flatMap(({ scores }) => [...scores]);
      const { gradients, loss } = meanGradients(parts, parts.map(({ scores }) => scores.length));
      return { gradients, loss, scores: Float32Array.from(scores) };
    },
  };
}
