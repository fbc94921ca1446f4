import { tf } from "../tfjs.ts";
import type { SegmentationArch } from "./segmentation_network.ts";

/** The losses that networks are trained by: binary cross-entropy, the same with a share of soft Dice, or that of the network's own authors. */
export type SegmentationLoss = "bce" | "bce-dice" | "own";

/** Their names. */
export const SEGMENTATION_LOSSES: readonly SegmentationLoss[] = ["bce", "bce-dice", "own"];

/** What soft Dice counts beside cross-entropy in the loss `bce-dice`. */
const DICE_SHARE = 0.3;

/**
 * Binary cross-entropy of each pixel from its logit z and its truth t in [0, 1], −t log σ(z) − (1 − t) log(1 − σ(z)), in the form
 * max(z, 0) − z t + log(1 + e^−|z|) that no logit overflows. Its gradient is σ(z) − t; the truth has none.
 */
function pixelCrossEntropy(logits: tf.Tensor4D, truth: tf.Tensor4D): tf.Tensor4D {
  // As one operation: the derivatives of max and |z| alone are wrong where z is 0.
  const entropy = tf.customGrad((...inputs) => {
    const [z, save] = inputs as unknown as [tf.Tensor4D, tf.GradSaveFunc];
    // The truth, too, may be gone by the time of the gradient, where it was made for this.
    save([z, truth]);
    return {
      value: z.relu().sub<tf.Tensor4D>(z.mul(truth)).add(z.abs().neg().exp().add(1).log()),
      gradFunc: (dy: tf.Tensor, [z, truth]: tf.Tensor[]) => dy.mul(z.sigmoid().sub(truth)),
    };
  }) as (z: tf.Tensor4D) => tf.Tensor4D;
  return entropy(logits);
}

/** Values of pixels, each times what it counts; all count alike where nothing is said. */
function weighed(values: tf.Tensor4D, weight: tf.Tensor4D | undefined): tf.Tensor4D {
  return weight === undefined ? values : values.mul(weight);
}

/**
 * Binary cross-entropy, mean over pixels.
 *
 * @param weight what each pixel counts, 0..1: the sum is divided by the number of pixels all the same, so that a crop of which little is
 * known moves the network little.
 */
export function binaryCrossEntropy(
  logits: tf.Tensor4D,
  truth: tf.Tensor4D,
  weight?: tf.Tensor4D,
): tf.Scalar {
  return tf.tidy(() => weighed(pixelCrossEntropy(logits, truth), weight).mean().asScalar());
}

/**
 * Focal loss (Lin et al. 2017, doi:10.1109/ICCV.2017.324) with γ = 2 and α = 1, (1 − p)² b with b the cross-entropy of a pixel and
 * p = e^−b the probability of its truth, mean over pixels.
 */
export function focalLoss(logits: tf.Tensor4D, truth: tf.Tensor4D, weight?: tf.Tensor4D): tf.Scalar {
  return tf.tidy(() => {
    const entropy = pixelCrossEntropy(logits, truth);
    const focal = tf.scalar(1).sub(entropy.neg().exp()).square().mul<tf.Tensor4D>(entropy);
    return weighed(focal, weight).mean().asScalar();
  });
}

/** Soft Dice loss, 1 − (2 Σ w t y + 1) / (Σ w t + Σ w y + 1) with y = σ(z) and the weight w of a pixel, over the whole batch. */
export function softDiceLoss(logits: tf.Tensor4D, truth: tf.Tensor4D, weight?: tf.Tensor4D): tf.Scalar {
  return tf.tidy(() => {
    const predicted = weighed(logits.sigmoid(), weight), known = weighed(truth, weight);
    const common = predicted.mul(truth).sum().mul(2).add(1);
    return tf.scalar(1).sub(common.div(predicted.sum().add(known.sum()).add(1))).asScalar();
  });
}

/** Weights of the side outputs of Liu's DeepCrack beside that of the fused one, 1. */
const LIU_SIDES = [0.5, 0.75, 1, 0.75, 0.5];

/**
 * The loss of a network's outputs. By `bce` it is the sum of the binary cross-entropies of all outputs, each with weight 1, auxiliary ones
 * included; by `bce-dice` 0.3 times the soft Dice loss of each is added. By `own`:
 *
 * - `deepcrack_liu`: focal loss, the sides weighted by 0.5, 0.75, 1, 0.75, 0.5 (Liu et al. 2019, as their code has it);
 * - `oed_…`: binary cross-entropy and soft Dice of all outputs (König et al. 2021);
 * - `deepcrack_zou` (Zou et al. 2019) and the U-Nets: as `bce`.
 *
 * @param logits N × H × W × 1 of each output, the prediction first.
 * @param truth N × H × W × 1, 0..1.
 * @param options `weight`: what each pixel counts, N × H × W × 1, 0..1. Default: 1.
 */
export function segmentationLoss(
  logits: readonly tf.Tensor4D[],
  truth: tf.Tensor4D,
  { arch, loss, weight }: {
    readonly arch: SegmentationArch;
    readonly loss: SegmentationLoss;
    readonly weight?: tf.Tensor4D;
  },
): tf.Scalar {
  return tf.tidy(() => {
    const total = (of: (output: tf.Tensor4D, i: number) => tf.Scalar): tf.Scalar =>
      logits.map(of).reduce((sum, term) => sum.add(term));
    if (loss === "own" && arch === "deepcrack_liu") {
      return total((output, i) => focalLoss(output, truth, weight).mul(i === 0 ? 1 : LIU_SIDES[i - 1]));
    }
    if (loss === "own" && arch.startsWith("oed_")) {
      return total((output) =>
        binaryCrossEntropy(output, truth, weight).add(softDiceLoss(output, truth, weight))
      );
    }
    if (loss === "bce-dice") {
      return total((output) =>
        binaryCrossEntropy(output, truth, weight).add(softDiceLoss(output, truth, weight).mul(DICE_SHARE))
      );
    }
    return total((output) => binaryCrossEntropy(output, truth, weight));
  });
}
