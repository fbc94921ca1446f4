import { tf } from "../../tfjs.ts";
import { takeData } from "../../tensors.ts";
import {
  type BatchGradients,
  evenParts,
  type GradientModel,
  type GradientOptions,
  lossGradients,
  meanGradients,
} from "../../training/gradients.ts";
import { cropTensors, type HostCrops } from "../crop_feed.ts";
import { segmentationLoss } from "../losses.ts";
import { levelLogits } from "./levels.ts";
import { bothClasses, classProbabilities, convincing, judgementLoss, selfTaughtLoss } from "./losses.ts";
import type { AdversarialPair, PairDescription } from "./pair.ts";
import type { AdversarialLoss } from "./settings.ts";

/** Crops with masks and as many without, as tensors. */
export interface AdversarialTensors {
  /** N × H × W × 3, RGB 0..255, of photos with masks. */
  readonly x: tf.Tensor4D;
  /** N × H × W × 1, 0..1. */
  readonly truth: tf.Tensor4D;
  /** N × H × W × 1, 0..1: what pixels count. Default: all alike. */
  readonly weight?: tf.Tensor4D;
  /** N × H × W × 3, RGB 0..255, of photos without masks. */
  readonly unlabelled: tf.Tensor4D;
}

/** What a batch says of both networks. */
export interface AdversarialGradients extends BatchGradients {
  /** What the segmentation network is to make small. */
  readonly loss: number;
  /** Cross-entropy of what the discriminator says. */
  readonly discriminatorLoss: number;
  /** The share of pixels without masks that it takes for true, 0..1. */
  readonly chosen: number;
}

/** Options of {@linkcode adversarialGradients}. */
export interface AdversarialGradientOptions extends GradientOptions {
  readonly settings: AdversarialLoss;
  /** Whether the network learns from what it says itself already. */
  readonly selfTaught: boolean;
}

/**
 * The gradients of both networks at one place, as Hung et al. 2018 (arXiv:1802.07934) take them. With the segmentation network's probabilities
 * p of photos with masks y and q of those without, and the discriminator A, 1 standing for what is true:
 *
 *     segmentation network: L(p, y) + λ_adv B(A(p), 1) + λ_unlabelled B(A(q), 1) + λ_semi H(q)
 *     discriminator:        ½ B(A(y), 1) + ½ B(A(p and q), 0)
 *
 * B is binary cross-entropy and L the loss of any training. H, {@linkcode selfTaughtLoss}, is that of q against what q itself says, over the
 * pixels that A takes for true. The values of the other network stand still in each. The auxiliary outputs of a network are trained by L alone.
 */
export async function adversarialGradients(
  { segmenter, discriminator }: AdversarialPair,
  { x, truth, weight, unlabelled }: AdversarialTensors,
  { settings, selfTaught, momentum }: AdversarialGradientOptions,
): Promise<AdversarialGradients> {
  const { loss, levels, adversarialWeight, unlabelledWeight, semiWeight, confidence } = settings;
  const { arch } = segmenter.network;
  const kept: tf.Tensor[] = [];
  // For the discriminator the predictions are given: it is shown copies that no gradient goes back through.
  const keep = <T extends tf.Tensor>(tensor: T): T => {
    kept.push(tf.keep(tensor));
    return tensor;
  };
  try {
    const segmenting = lossGradients(segmenter, () => {
      const known = levelLogits(segmenter, x, { levels, momentum });
      const guessed = levelLogits(segmenter, unlabelled, { levels, momentum });
      const [p, q] = [known, guessed].map(({ prediction }) => keep(classProbabilities(prediction)));
      const judged = discriminator.judge(q);
      const chosen = convincing(judged, confidence);
      keep(chosen.mean());
      const terms = [
        ...known.levels.map((outputs) => segmentationLoss(outputs, truth, { arch, loss, weight })),
        judgementLoss(discriminator.judge(p), true, weight).mul<tf.Scalar>(adversarialWeight),
        judgementLoss(judged, true).mul<tf.Scalar>(unlabelledWeight),
        ...selfTaught ? [selfTaughtLoss(guessed.prediction, chosen).mul<tf.Scalar>(semiWeight)] : [],
      ];
      return tf.addN(terms);
    });
    const [p, q, chosen] = kept as [tf.Tensor4D, tf.Tensor4D, tf.Scalar];
    try {
      const judging = lossGradients(discriminator, () => {
        const right = judgementLoss(discriminator.judge(bothClasses(truth)), true, weight);
        const wrong = [
          judgementLoss(discriminator.judge(p), false, weight),
          judgementLoss(discriminator.judge(q), false),
        ];
        // As many pixels of both: the mean over all is that of the two means.
        return right.mul(0.5).add(tf.addN(wrong).mul(0.25));
      });
      const figures = tf.stack([segmenting.loss, judging.loss, chosen]);
      tf.dispose([segmenting.loss, judging.loss]);
      const [found, discriminatorLoss, share] = await takeData(figures);
      const gradients = { ...segmenting.gradients, ...judging.gradients };
      return { gradients, loss: found, discriminatorLoss, chosen: share };
    } catch (error) {
      tf.dispose([segmenting.loss, ...Object.values(segmenting.gradients)]);
      throw error;
    }
  } finally {
    tf.dispose(kept);
  }
}

/** Crops with masks and as many without, of one size, on the host. */
export interface AdversarialCrops extends HostCrops {
  /** N × H × W × 3, RGB 0..255, of photos without masks. */
  readonly unlabelled: Float32Array;
  /** Whether the network learns from what it says itself already. */
  readonly selfTaught: boolean;
}

/** Gradients of crops, and how many there are. */
interface CropGradients extends AdversarialGradients {
  readonly count: number;
}

/** What a worker makes the pair of whose gradients it finds, and by which loss. */
export interface PairGradientDescription extends PairDescription {
  readonly settings: AdversarialLoss;
}

/** A pair whose gradients several threads can find. Each part of a batch chooses among its own pixels. */
export function adversarialGradientModel(
  pair: AdversarialPair,
  settings: AdversarialLoss,
): GradientModel<AdversarialCrops, CropGradients> {
  const description: PairGradientDescription = { ...pair.description, settings };
  return {
    network: pair,
    description,
    worker: new URL("./gradient_worker.ts", import.meta.url),
    split({ pixels, truth, weight, unlabelled, ...crops }, parts) {
      const area = crops.width * crops.height;
      return evenParts(crops.count, parts).map(({ first, end }) => ({
        ...crops,
        pixels: pixels.subarray(first * area * 3, end * area * 3),
        truth: truth.subarray(first * area, end * area),
        ...(weight === undefined ? {} : { weight: weight.subarray(first * area, end * area) }),
        unlabelled: unlabelled.subarray(first * area * 3, end * area * 3),
        count: end - first,
      }));
    },
    async gradients({ unlabelled: pixels, selfTaught, ...crops }, options) {
      const { count, width, height } = crops;
      using tensors = cropTensors(crops);
      const unlabelled = tf.tensor4d(pixels, [count, height, width, 3]);
      try {
        const found = await adversarialGradients(pair, { ...tensors, unlabelled }, {
          ...options,
          settings,
          selfTaught,
        });
        return { ...found, count };
      } finally {
        unlabelled.dispose();
      }
    },
    join(parts) {
      const counts = parts.map(({ count }) => count), count = counts.reduce((sum, part) => sum + part);
      const mean = (of: (part: CropGradients) => number) =>
        parts.reduce((sum, part) => sum + of(part) * part.count / count, 0);
      const figures = {
        discriminatorLoss: mean((part) => part.discriminatorLoss),
        chosen: mean((part) => part.chosen),
      };
      return { ...meanGradients(parts, counts), ...figures, count };
    },
  };
}
