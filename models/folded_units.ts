import { BATCH_NORM_EPSILON, type ConvUnit, padding } from "./conv_unit.ts";
import { parameter, type Parameters } from "./parameters.ts";
import { tf } from "./tfjs.ts";

interface Folded {
  readonly kernel: tf.Tensor4D;
  readonly bias: tf.Tensor1D;
  /** Identity of the values that it was made from: a variable that is assigned to gets another. */
  readonly made: readonly object[];
}

/**
 * The convolutions of a network with their batch norms folded in, made at first use and kept until a parameter changes.
 *
 * γ (W ∗ x + b − μ) / √(σ² + ε) + β = (s W) ∗ x + (β + s (b − μ)), s = γ / √(σ² + ε): one fused kernel a unit instead of four.
 */
export class FoldedUnits implements Disposable {
  readonly #parameters: Parameters;
  readonly #folded = new Map<string, Folded>();

  constructor(parameters: Parameters) {
    this.#parameters = parameters;
  }

  /** The unit's output, normalised by the running statistics. */
  run(x: tf.Tensor4D, unit: ConvUnit): tf.Tensor4D {
    const { kernel, bias } = this.#fold(unit);
    return tf.fused.conv2d({
      x,
      filter: kernel,
      strides: unit.stride,
      pad: padding(unit),
      bias,
      activation: unit.relu ? "relu" : "linear",
    });
  }

  #fold({ name }: ConvUnit): Folded {
    const sources = [
      "_conv/kernel",
      "_conv/bias",
      "_bn/gamma",
      "_bn/beta",
      "_bn/moving_mean",
      "_bn/moving_variance",
    ].map((suffix) => parameter(this.#parameters, name + suffix));
    const kept = this.#folded.get(name);
    if (kept && kept.made.every((made, i) => made === sources[i].dataId)) return kept;
    if (kept) tf.dispose([kept.kernel, kept.bias]);
    const [kernel, bias, gamma, beta, mean, variance] = sources;
    const [foldedKernel, foldedBias] = tf.tidy((): [tf.Tensor4D, tf.Tensor1D] => {
      const scale = gamma.div(variance.add(BATCH_NORM_EPSILON).sqrt());
      return [kernel.mul(scale), beta.add(bias.sub(mean).mul(scale))];
    });
    const folded: Folded = {
      kernel: tf.keep(foldedKernel),
      bias: tf.keep(foldedBias),
      made: sources.map(({ dataId }) => dataId),
    };
    this.#folded.set(name, folded);
    return folded;
  }

  [Symbol.dispose](): void {
    for (const { kernel, bias } of this.#folded.values()) tf.dispose([kernel, bias]);
    this.#folded.clear();
  }
}
