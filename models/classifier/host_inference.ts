import { headGradients, headLogits } from "./head.ts";
import type { NetworkClassifier } from "./network_classifier.ts";
import { tf } from "../tfjs.ts";

/** Patches of one size on the host. */
export interface HostPatches {
  /** N × S × S × 3, RGB 0..255. */
  readonly pixels: Float32Array;
  /** S. */
  readonly size: number;
}

/** A picture on the host. */
export interface HostPicture {
  /** H × W × 3, RGB 0..255. */
  readonly pixels: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** What the network saw in a picture. */
export interface HostActivations {
  /** h × w × K. */
  readonly features: Float32Array;
  /** h, w, K. */
  readonly shape: readonly [height: number, width: number, channels: number];
  /** Two logits, then K gradients of each. */
  readonly head: Float32Array;
}

/** N × S × S × 3, which is freed, to N probabilities of crack. */
export function crackProbability(classifier: NetworkClassifier, x: tf.Tensor4D): tf.Tensor1D {
  return tf.tidy(() => {
    const logits = classifier.logits(x);
    x.dispose();
    return logits.softmax().slice([0, 0], [-1, 1]).as1D();
  });
}

/** The last feature map of one picture (1 × H × W × 3), and its logits and their gradients in one row. */
export function activationTensors(
  classifier: NetworkClassifier,
  x: tf.Tensor4D,
): { features: tf.Tensor4D; head: tf.Tensor1D } {
  const { head, parameters } = classifier;
  return tf.tidy(() => {
    const features = classifier.features(x);
    const means = features.mean<tf.Tensor2D>([1, 2]);
    const logits = headLogits(means, { head, parameters });
    const gradients = headGradients(means, { head, parameters });
    return { features, head: tf.concat<tf.Tensor1D>([logits.flatten(), gradients.flatten()]) };
  });
}

/** The probability of crack of each patch, all patches at once. */
export async function scoreOnHost(
  classifier: NetworkClassifier,
  { pixels, size }: HostPatches,
): Promise<Float32Array> {
  const count = pixels.length / (size * size * 3);
  return await takeData(
    tf.tidy(() => crackProbability(classifier, tf.tensor4d(pixels, [count, size, size, 3]))),
  );
}

/** What the network sees in a picture. */
export async function activateOnHost(
  classifier: NetworkClassifier,
  { pixels, width, height }: HostPicture,
): Promise<HostActivations> {
  const { features, head } = tf.tidy(() =>
    activationTensors(classifier, tf.tensor4d(pixels, [1, height, width, 3]))
  );
  const [, h, w, k] = features.shape;
  return { features: await takeData(features), shape: [h, w, k], head: await takeData(head) };
}

/** A tensor's values; frees it. */
export async function takeData(tensor: tf.Tensor): Promise<Float32Array> {
  const values = await tensor.data<"float32">();
  tensor.dispose();
  return values;
}
