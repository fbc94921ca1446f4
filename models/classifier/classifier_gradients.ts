import type { BatchGradients, GradientOptions } from "../training/batch_gradients.ts";
import type { BareClassifier } from "./bare_classifier.ts";
import { tf } from "../tfjs.ts";
import { variableGradients } from "../training/variable_gradients.ts";

/** Patches with their classes, as a network sees them. */
export interface TrainingBatch {
  /** N × S × S × 3, RGB 0..255. */
  readonly x: tf.Tensor4D;
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
  const trainable = [...classifier.trainable];
  const { gradients, results } = tf.tidy(() => {
    // Class 0 is crack.
    const classes = tf.oneHot(tf.tensor1d(Array.from(crack, (one) => 1 - one), "int32"), 2);
    let probabilities: tf.Tensor | undefined;
    const { value, grads } = variableGradients(() => {
      const logits = classifier.trainingLogits(x, options);
      probabilities = tf.keep(logits.softmax());
      return tf.losses.softmaxCrossEntropy(classes, logits).asScalar();
    }, trainable.map(([, variable]) => variable));
    const results = tf.concat([value.as1D(), (probabilities as tf.Tensor).flatten()]);
    probabilities?.dispose();
    return { gradients: grads, results };
  });
  const values = await results.data<"float32">();
  results.dispose();
  return {
    gradients: Object.fromEntries(trainable.map(([name, variable]) => [name, gradients[variable.name]])),
    loss: values[0],
    scores: values.slice(1).filter((_, i) => i % 2 === 0),
  };
}
