import { parameter, type Parameters } from "./parameters.ts";
import type { tf } from "../tfjs.ts";
import type { Layer } from "./layer.ts";

/** The name of a layer's kernel among the parameters. */
export function kernelName({ name, kind }: Layer): string {
  return kind === "depthwise" ? `${name}/depthwise_kernel` : `${name}/kernel`;
}

/** A kernel and what is added to each output channel. */
export interface FoldedLayer {
  readonly kernel: tf.Tensor4D;
  readonly bias?: tf.Tensor1D;
}

/**
 * A layer as prediction sees it. With the running statistics m and v, γ (k ∗ x − m) / √(v + ε) + β is one convolution by
 * k γ / √(v + ε) and one bias, β − m γ / √(v + ε).
 */
export function foldLayer(layer: Layer, parameters: Parameters): FoldedLayer {
  const { name, kind, outputs, shift } = layer;
  const kernel = parameter<tf.Rank.R4>(parameters, kernelName(layer));
  if (shift === "none") return { kernel };
  if (shift === "bias") return { kernel, bias: parameter<tf.Rank.R1>(parameters, `${name}/bias`) };
  const [gamma, beta, mean, variance] = ["gamma", "beta", "moving_mean", "moving_variance"].map((of) =>
    parameter<tf.Rank.R1>(parameters, `${shift.name}/${of}`)
  );
  const scale = gamma.mul<tf.Tensor1D>(variance.add(shift.epsilon).rsqrt());
  return {
    kernel: kernel.mul(kind === "convolution" ? scale : scale.reshape([outputs, 1])),
    bias: beta.sub(mean.mul(scale)),
  };
}
