import { tf } from "../tfjs.ts";

/** What follows a convolution: nothing, max(0, x), x σ(x) or σ(x), with σ(x) = 1 / (1 + e⁻ˣ). */
export type LayerActivation = "linear" | "relu" | "swish" | "sigmoid";

const ACTIVATIONS: Readonly<Record<LayerActivation, (x: tf.Tensor4D) => tf.Tensor4D>> = {
  linear: (x) => x,
  relu: (x) => x.relu(),
  swish: (x) => swish(x),
  sigmoid: (x) => x.sigmoid(),
};

/** Applies an activation to each value. Differentiable on every backend. */
export function runActivation(x: tf.Tensor4D, activation: LayerActivation): tf.Tensor4D {
  return ACTIVATIONS[activation](x);
}

/**
 * y = x σ(x) and its gradient dy σ(x) (1 + x (1 − σ(x))), as one operation: the tape keeps x alone.
 * Ramachandran, Zoph & Le (2017), https://arxiv.org/abs/1710.05941.
 */
const swish = tf.customGrad((...inputs) => {
  const [x, save] = inputs as unknown as [tf.Tensor4D, tf.GradSaveFunc];
  save([x]);
  return {
    value: x.mul<tf.Tensor4D>(x.sigmoid()),
    gradFunc: (dy: tf.Tensor, [x]: tf.Tensor[]) => {
      const share = x.sigmoid();
      return dy.mul(share.mul(x.mul(tf.scalar(1).sub(share)).add(1)));
    },
  };
}) as (x: tf.Tensor4D) => tf.Tensor4D;
