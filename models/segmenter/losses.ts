import { tf } from "../tfjs.ts";
import type { SegmentationArch } from "./segmentation_network.ts";

/** The losses that networks are trained by: binary cross-entropy, or that of the network's own authors. */
export type SegmentationLoss = "bce" | "own";

/** Their names. */
export const SEGMENTATION_LOSSES: readonly SegmentationLoss[] = ["bce", "own"];

/**
 * Binary cross-entropy of each pixel from its logit z and its truth t in [0, 1], −t log σ(z) − (1 − t) log(1 − σ(z)), in the form
 * max(z, 0) − z t + log(1 + e^−|z|) that no logit overflows. Its gradient is σ(z) − t; the truth has none.
 */
function pixelCrossEntropy(logits: tf.Tensor4D, truth: tf.Tensor4D): tf.Tensor4D {
  // As one operation: the derivatives of max and |z| alone are wrong where z is 0.
  const entropy = tf.customGrad((...inputs) => {
    const [z, save] = inputs as unknown as [tf.Tensor4D, tf.GradSaveFunc];
    save([z]);
    return {
      value: z.relu().sub<tf.Tensor4D>(z.mul(truth)).add(z.abs().neg().exp().add(1).log()),
      gradFunc: (dy: tf.Tensor, [z]: tf.Tensor[]) => dy.mul(z.sigmoid().sub(truth)),
    };
  }) as (z: tf.Tensor4D) => tf.Tensor4D;
  return entropy(logits);
}

/** Binary cross-entropy, mean over pixels. */
export function binaryCrossEntropy(logits: tf.Tensor4D, truth: tf.Tensor4D): tf.Scalar {
  return tf.tidy(() => pixelCrossEntropy(logits, truth).mean().asScalar());
}

/**
 * Focal loss (Lin et al. 2017, doi:10.1109/ICCV.2017.324) with γ = 2 and α = 1, (1 − p)² b with b the cross-entropy of a pixel and
 * p = e^−b the probability of its truth, mean over pixels.
 */
export function focalLoss(logits: tf.Tensor4D, truth: tf.Tensor4D): tf.Scalar {
  return tf.tidy(() => {
    const entropy = pixelCrossEntropy(logits, truth);
    return tf.scalar(1).sub(entropy.neg().exp()).square().mul(entropy).mean().asScalar();
  });
}

/** Soft Dice loss, 1 − (2 Σ t y + 1) / (Σ t + Σ y + 1) with y = σ(z), over the whole batch. */
export function softDiceLoss(logits: tf.Tensor4D, truth: tf.Tensor4D): tf.Scalar {
  return tf.tidy(() => {
    const predicted = logits.sigmoid();
    const common = predicted.mul(truth).sum().mul(2).add(1);
    return tf.scalar(1).sub(common.div(predicted.sum().add(truth.sum()).add(1))).asScalar();
  });
}

/** Weights of the side outputs of Liu's DeepCrack beside that of the fused one, 1. */
const LIU_SIDES = [0.5, 0.75, 1, 0.75, 0.5];

/**
 * The loss of a network's outputs. By `bce` it is the sum of the binary cross-entropies of all outputs, each with weight 1, auxiliary ones
 * included. By `own`:
 *
 * - `deepcrack_liu`: focal loss, the sides weighted by 0.5, 0.75, 1, 0.75, 0.5 (Liu et al. 2019, as their code has it);
 * - `oed_…`: binary cross-entropy and soft Dice of all outputs (König et al. 2021);
 * - `deepcrack_zou` (Zou et al. 2019) and `unet`: as `bce`.
 *
 * @param logits N × H × W × 1 of each output, the prediction first.
 * @param truth N × H × W × 1, 0..1.
 */
export function segmentationLoss(
  logits: readonly tf.Tensor4D[],
  truth: tf.Tensor4D,
  { arch, loss }: { readonly arch: SegmentationArch; readonly loss: SegmentationLoss },
): tf.Scalar {
  return tf.tidy(() => {
    const total = (of: (output: tf.Tensor4D, i: number) => tf.Scalar): tf.Scalar =>
      logits.map(of).reduce((sum, term) => sum.add(term));
    if (loss === "own" && arch === "deepcrack_liu") {
      return total((output, i) => focalLoss(output, truth).mul(i === 0 ? 1 : LIU_SIDES[i - 1]));
    }
    if (loss === "own" && arch.startsWith("oed_")) {
      return total((output) => binaryCrossEntropy(output, truth).add(softDiceLoss(output, truth)));
    }
    return total((output) => binaryCrossEntropy(output, truth));
  });
}
