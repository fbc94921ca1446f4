import { parameter, type Parameters } from "./parameters.ts";
import { tf } from "../tfjs.ts";
import type { Layer } from "./layer.ts";

interface Kept {
  readonly folded: FoldedLayer;
  /** Identities of the values that it was made from: a variable that is assigned to gets another. */
  readonly made: readonly object[];
}

/** The layers of a network with their batch norms folded in, made at first use and kept until a parameter changes. */
export class FoldedLayers implements Disposable {
  readonly #kept = new Map<string, Kept>();

  /** A layer with the values that it has now. It stays this object's, and without a batch norm it is the parameters themselves. */
  of(layer: Layer, parameters: Parameters): FoldedLayer {
    const { name, shift } = layer;
    if (typeof shift === "string") return foldLayer(layer, parameters);
    const sources = ["gamma", "beta", "moving_mean", "moving_variance"].map((of) => `${shift.name}/${of}`);
    const made = [kernelName(layer), ...sources].map((source) => parameter(parameters, source).dataId);
    const before = this.#kept.get(name);
    if (before?.made.every((id, i) => id === made[i])) return before.folded;
    if (before) dispose(before);
    const [kernel, bias] = tf.tidy(() => {
      const { kernel, bias } = foldLayer(layer, parameters);
      return bias ? [kernel, bias] : [kernel];
    }) as [tf.Tensor4D, tf.Tensor1D?];
    const folded = { kernel: tf.keep(kernel), bias: bias && tf.keep(bias) };
    this.#kept.set(name, { folded, made });
    return folded;
  }

  [Symbol.dispose](): void {
    for (const kept of this.#kept.values()) dispose(kept);
    this.#kept.clear();
  }
}

function dispose({ folded: { kernel, bias } }: Kept): void {
  tf.dispose(bias ? [kernel, bias] : [kernel]);
}

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
