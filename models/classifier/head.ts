import { parameter, type Parameters, type ParameterSpec } from "../layers/parameters.ts";
import { tf } from "../tfjs.ts";

/**
 * What turns the last feature map into two logits, after global average pooling:
 * - `paper`: one dense layer of 2, what "a classifier of two classes" means in the paper;
 * - `reference`: a dense layer of 1000 with ReLU, then one of 2, as in the authors' code; their weights need it.
 */
export type Head = "paper" | "reference";

/** The names that {@linkcode headSpecs} takes. */
export const HEADS: readonly Head[] = ["paper", "reference"];

/** Width of the hidden layer of the `reference` head. */
const HIDDEN = 1000;

/**
 * The parameters of a head on `inputs` channels. Before a ReLU weights are drawn with variance 2 / fan-in (He et al. 2015),
 * before the softmax with 2 / (fan-in + fan-out) (Glorot & Bengio 2010), uniformly, so the bounds are √(3 · variance).
 */
export function headSpecs(head: Head, inputs: number): [string, ParameterSpec][] {
  const dense = (
    name: string,
    shape: readonly [number, number],
    bound: number,
  ): [string, ParameterSpec][] => [
    [`${name}/kernel`, { shape, initial: { bound }, trainable: true }],
    [`${name}/bias`, { shape: [shape[1]], initial: { constant: 0 }, trainable: true }],
  ];
  switch (head) {
    case "paper":
      return dense("predictions", [inputs, 2], Math.sqrt(6 / (inputs + 2)));
    case "reference":
      return [
        ...dense("hidden", [inputs, HIDDEN], Math.sqrt(6 / inputs)),
        ...dense("predictions", [HIDDEN, 2], Math.sqrt(6 / (HIDDEN + 2))),
      ];
    default: {
      const names = HEADS.map((name) => `"${name}"`).join(" or ");
      throw new RangeError(`Cannot make a head called ${JSON.stringify(head)}: it must be ${names}.`);
    }
  }
}

/** Options of {@linkcode headLogits} and {@linkcode headGradients}. */
export interface HeadOptions {
  readonly head: Head;
  readonly parameters: Parameters;
}

/**
 * The logits of `CLASSES`, before the softmax.
 *
 * @param means N × K, the spatial mean of each channel.
 * @returns N × 2.
 */
export function headLogits(means: tf.Tensor2D, { head, parameters }: HeadOptions): tf.Tensor2D {
  return tf.tidy(() =>
    dense(
      head === "paper" ? means : dense(means, "hidden", parameters).relu(),
      "predictions",
      parameters,
    )
  );
}

/**
 * The gradient of each class' logit with respect to the spatial mean of each channel, in closed form.
 *
 * With z = W₂ᵀ relu(W₁ᵀ m + b₁) + b₂, ∂z_c / ∂m_k = Σ_j W₁[k, j] · 1[h_j > 0] · W₂[j, c]; without the hidden layer it is W₂[k, c].
 *
 * @param means 1 × K, the spatial mean of each channel.
 * @returns 2 × K.
 */
export function headGradients(means: tf.Tensor2D, { head, parameters }: HeadOptions): tf.Tensor2D {
  return tf.tidy((): tf.Tensor2D => {
    const last = parameter<tf.Rank.R2>(parameters, "predictions/kernel").transpose<tf.Tensor2D>();
    if (head === "paper") return last;
    const open = dense(means, "hidden", parameters).greater(0).cast<tf.Tensor2D>("float32");
    const kernel = parameter<tf.Rank.R2>(parameters, "hidden/kernel");
    return tf.matMul<tf.Tensor2D>(last.mul(open), kernel, false, true);
  });
}

function dense(x: tf.Tensor2D, name: string, parameters: Parameters): tf.Tensor2D {
  return x.matMul<tf.Tensor2D>(parameter<tf.Rank.R2>(parameters, `${name}/kernel`))
    .add(parameter<tf.Rank.R1>(parameters, `${name}/bias`));
}

/**
 * Sets a head that was trained on as many patches with crack as without for photos where only a `share` of them, above 0 and below
 * 1, shows crack: the logarithm of the odds, log(share / (1 − share)), is added to the logit of crack. This is Bayes' rule where nothing but
 * how common the classes are has changed (Saerens et al. 2002, doi:10.1162/089976602753284446, eq. 2.4); how patches are ranked stays.
 */
export function correctPrior({ parameters }: Pick<HeadOptions, "parameters">, share: number): void {
  const bias = parameter<tf.Rank.R1>(parameters, "predictions/bias");
  // Class 0 is crack.
  tf.tidy(() => bias.assign(bias.add(tf.tensor1d([Math.log(share / (1 - share)), 0]))));
}
