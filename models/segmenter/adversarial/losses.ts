import { tf } from "../../tfjs.ts";
import { binaryCrossEntropy } from "../losses.ts";

/** The probabilities of background and crack, N × H × W × 2, of logits: the softmax of the logits 0 and z is 1 − σ(z) and σ(z). */
export function classProbabilities(logits: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => bothClasses(logits.sigmoid()));
}

/** The shares of background and crack, N × H × W × 2, of that of crack, 0..1. */
export function bothClasses(crack: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => tf.concat([tf.scalar(1).sub<tf.Tensor4D>(crack), crack], 3));
}

/**
 * Cross-entropy of a discriminator's judgement, mean over pixels.
 *
 * @param judgement its logits, N × H × W × 1.
 * @param truth what it should say: whether the map was a true one.
 * @param weight what each pixel counts, 0..1. Default: 1.
 */
export function judgementLoss(judgement: tf.Tensor4D, truth: boolean, weight?: tf.Tensor4D): tf.Scalar {
  return tf.tidy(() =>
    binaryCrossEntropy(judgement, truth ? tf.onesLike(judgement) : tf.zerosLike(judgement), weight)
  );
}

/** 1 where a discriminator's judgement of a pixel is that it is true with at least the given probability, else 0. No gradient. */
export function convincing(judgement: tf.Tensor4D, confidence: number): tf.Tensor4D {
  return tf.tidy(() => judgement.sigmoid().greaterEqual(confidence).cast("float32"));
}

/**
 * Cross-entropy of a network's logits z against what they say themselves, crack where z > 0, mean over the chosen pixels; 0 where none is:
 * log(1 + e^−|z|), whose gradient is σ(z) − [z > 0]. What is chosen has no gradient.
 *
 * @param chosen 1 for the pixels that count, 0 for others, N × H × W × 1.
 */
export function selfTaughtLoss(logits: tf.Tensor4D, chosen: tf.Tensor4D): tf.Scalar {
  return tf.tidy(() => {
    const share = chosen.div<tf.Tensor4D>(chosen.sum().maximum(1));
    const loss = tf.customGrad((...inputs) => {
      const [z, save] = inputs as unknown as [tf.Tensor4D, tf.GradSaveFunc];
      save([z, share]);
      return {
        value: z.abs().neg().exp().log1p().mul(share).sum(),
        gradFunc: (dy: tf.Tensor, [z, share]: tf.Tensor[]) =>
          z.sigmoid().sub(z.greater(0).cast("float32")).mul(share).mul(dy),
      };
    }) as (z: tf.Tensor4D) => tf.Scalar;
    return loss(logits);
  });
}
