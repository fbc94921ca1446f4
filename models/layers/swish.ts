import { tf } from "../tfjs.ts";

/** Kernel that backends may register: inputs dy, x and share, which is σ(x), of one shape; output dx. */
export const SWISH_GRADIENT = "SwishGradient";

/**
 * y = x σ(x) and its gradient dy σ(x) (1 + x (1 − σ(x))), as one operation: the tape keeps x alone.
 * Ramachandran, Zoph & Le (2017), https://arxiv.org/abs/1710.05941.
 */
export const swish = tf.customGrad((...inputs) => {
  const [x, save] = inputs as unknown as [tf.Tensor4D, tf.GradSaveFunc];
  save([x]);
  return {
    value: x.mul<tf.Tensor4D>(x.sigmoid()),
    gradFunc: (dy: tf.Tensor, [x]: tf.Tensor[]) => swishGradient(dy, x, x.sigmoid()),
  };
}) as (x: tf.Tensor4D) => tf.Tensor4D;

function swishGradient(dy: tf.Tensor, x: tf.Tensor, share: tf.Tensor): tf.Tensor {
  if (tf.getKernel(SWISH_GRADIENT, tf.getBackend()) !== undefined) {
    return tf.engine().runKernel(SWISH_GRADIENT, { dy, x, share }) as tf.Tensor;
  }
  return dy.mul(share.mul(x.mul(tf.scalar(1).sub(share)).add(1)));
}
