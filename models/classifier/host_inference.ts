import { takeData } from "../tensors.ts";
import { tf } from "../tfjs.ts";
import type { BareClassifier } from "./bare_classifier.ts";

/** Patches of one size on the host. */
export interface HostPatches {
  /** N × S × S × 3, RGB 0..255. */
  readonly pixels: Float32Array;
  /** S. */
  readonly size: number;
}

/** An image on the host. */
export interface HostImage {
  /** H × W × 3, RGB 0..255. */
  readonly pixels: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** What the network saw in an image. */
export interface HostActivations {
  /** h × w × K. */
  readonly features: Float32Array;
  /** h, w, K. */
  readonly shape: readonly [height: number, width: number, channels: number];
  /** Two logits, then K gradients of each. */
  readonly head: Float32Array;
}

/** The probability of crack of each patch, all patches at once. */
export async function scoreOnHost(
  classifier: BareClassifier,
  { pixels, size }: HostPatches,
): Promise<Float32Array> {
  const count = pixels.length / (size * size * 3);
  return await takeData(
    tf.tidy(() => classifier.crackProbability(tf.tensor4d(pixels, [count, size, size, 3]))),
  );
}

/** What the network sees in an image. */
export async function activateOnHost(
  classifier: BareClassifier,
  { pixels, width, height }: HostImage,
): Promise<HostActivations> {
  const { features, head } = tf.tidy(() =>
    classifier.activationTensors(tf.tensor4d(pixels, [1, height, width, 3]))
  );
  const [, h, w, k] = features.shape;
  return { features: await takeData(features), shape: [h, w, k], head: await takeData(head) };
}
