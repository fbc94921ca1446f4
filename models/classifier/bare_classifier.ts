import { NetworkBase, type NetworkValues } from "../layers/network_base.ts";
import { takeData } from "../tensors.ts";
import { tf } from "../tfjs.ts";
import { restoreParameters, type Snapshot } from "../threads/shared_values.ts";
import { describeNetwork, type NetworkOptions } from "./architectures.ts";
import type { ClassifierNetwork } from "./classifier_network.ts";
import { type Head, headGradients, headLogits, headSpecs } from "./head.ts";

/** Options of {@linkcode createClassifier}. */
export interface ClassifierOptions extends NetworkOptions {
  /** `paper`: one dense layer (the default); `reference`: a hidden one of 1000 before it, as in the authors' code. */
  readonly head?: Head;
  /** Seed of the untrained values, any integer. Default 0. */
  readonly seed?: number;
  /** Side of the square patches that it is going to be trained on, in pixels. Default 128, the paper's. */
  readonly trainingSize?: number;
}

/** What a classifier is, values aside. */
export type ClassifierDescription = Required<Omit<ClassifierOptions, "zeroInitResidual">>;

/** What a {@linkcode BareClassifier} is made of. */
export interface ClassifierParts extends NetworkValues {
  readonly network: ClassifierNetwork;
  readonly head: Head;
  /** Side of the square patches that it is (to be) trained on, in pixels. */
  readonly trainingSize: number;
}

/**
 * A crack classifier in the thread that it is made in: a convolutional network, global average pooling, a head of two classes.
 *
 * @internal
 */
export class BareClassifier extends NetworkBase<ClassifierNetwork, ClassifierDescription> {
  /** What turns the last feature map into two logits. */
  readonly head: Head;
  /** Side of the square patches that it is (to be) trained on, in pixels. */
  readonly trainingSize: number;

  constructor({ network, head, trainingSize, ...values }: ClassifierParts) {
    const specs = new Map([...network.specs, ...headSpecs(head, network.channels)]);
    super({ kind: "classifier", network, specs, ...values });
    this.head = head;
    this.trainingSize = trainingSize;
  }

  /**
   * What it is, values aside.
   *
   * @internal
   */
  override get description(): ClassifierDescription {
    const { network: { arch, width, strideAt, input: { offset, divisor } }, head, seed, trainingSize } = this;
    return { arch, width, strideAt, scaling: { offset, divisor }, head, seed, trainingSize };
  }

  /**
   * The logits of a batch as training sees it: normalised by the batch's own statistics, which move the running ones;
   * differentiable with respect to the trainable parameters.
   *
   * @param x N × H × W × 3, RGB 0..255.
   * @param options `momentum`: share of the running statistics that one step keeps. Keras' 0.99 averages over the last few hundred
   * steps, more than a training of minutes has; the default 0.9 averages over the last few tens, as PyTorch's does.
   * @returns N × 2, in the order of `CLASSES`.
   * @internal
   */
  trainingLogits(x: tf.Tensor4D, { momentum }: { readonly momentum?: number } = {}): tf.Tensor2D {
    return tf.tidy(() => headLogits(this.train(x, { momentum })[0].mean<tf.Tensor2D>([1, 2]), this));
  }

  /**
   * The logits of a batch by the running statistics.
   *
   * @param x N × H × W × 3, RGB 0..255.
   * @returns N × 2, in the order of `CLASSES`.
   * @internal
   */
  logits(x: tf.Tensor4D): tf.Tensor2D {
    return tf.tidy(() => headLogits(this.features(x).mean<tf.Tensor2D>([1, 2]), this));
  }

  /**
   * The last feature map of a batch by the running statistics.
   *
   * @param x N × H × W × 3, RGB 0..255.
   * @returns N × h × w × K, for ResNets and EfficientNets h = ⌈H / 32⌉ and w = ⌈W / 32⌉.
   * @internal
   */
  features(x: tf.Tensor4D): tf.Tensor4D {
    return this.infer(x)[0];
  }

  /**
   * The probability of crack of each patch of a batch by the running statistics.
   *
   * @param x N × H × W × 3, RGB 0..255; it is freed.
   * @returns N values, 0..1.
   * @internal
   */
  crackProbability(x: tf.Tensor4D): tf.Tensor1D {
    return tf.tidy(() => {
      const logits = this.logits(x);
      x.dispose();
      return logits.softmax().slice([0, 0], [-1, 1]).as1D();
    });
  }

  /**
   * What it sees in one image: the last feature map, and its logits and their gradients in one row.
   *
   * @param x 1 × H × W × 3, RGB 0..255.
   * @internal
   */
  activationTensors(x: tf.Tensor4D): { readonly features: tf.Tensor4D; readonly head: tf.Tensor1D } {
    return tf.tidy(() => {
      const features = this.features(x);
      const means = features.mean<tf.Tensor2D>([1, 2]);
      const logits = headLogits(means, this), gradients = headGradients(means, this);
      return { features, head: tf.concat<tf.Tensor1D>([logits.flatten(), gradients.flatten()]) };
    });
  }
}

/** The classifier of a snapshot. Needs an open backend. */
export function restoreClassifier(
  { description, weights }: Snapshot<ClassifierDescription>,
  { inferenceOnly }: Pick<ClassifierParts, "inferenceOnly"> = {},
): BareClassifier {
  return new BareClassifier({
    ...description,
    network: describeNetwork(description),
    parameters: (specs) => restoreParameters(weights, specs),
    inferenceOnly,
  });
}

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

/** What a thread does for a classifier: it scores patches, or sees an image. */
export type HostJob = HostPatches | HostImage;

/** Does a job by whichever of {@linkcode scoreOnHost} and {@linkcode activateOnHost} it is for. */
export function inferOnHost(
  classifier: BareClassifier,
  job: HostJob,
): Promise<Float32Array | HostActivations> {
  return "size" in job ? scoreOnHost(classifier, job) : activateOnHost(classifier, job);
}
