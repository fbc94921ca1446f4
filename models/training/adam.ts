import { tf } from "../tfjs.ts";

/** Options of {@linkcode Adam}. */
export interface AdamOptions {
  /** Share of the mean of the gradients that a step keeps, 0 ≤ β₁ < 1. */
  readonly beta1: number;
  /** Share of the mean of their squares that a step keeps, 0 ≤ β₂ < 1. */
  readonly beta2: number;
}

/** Where a step of {@linkcode Adam} is. */
export interface AdamStep {
  /** From 0 on: how much the means still miss depends on it, so that nothing of it need be remembered. */
  readonly step: number;
  readonly learningRate: number;
}

/** Keeps the square root from dividing by 0, as in the paper and in PyTorch. */
const EPSILON = 1e-8;

/** After the name of a variable, for the mean of its gradient's squares among {@linkcode Adam.state}. */
export const SECOND_MOMENT_SUFFIX = ":second_moment";

/** The means that belong to a variable. */
interface Moments {
  readonly m: tf.Variable;
  readonly v: tf.Variable;
}

/**
 * Adam (Kingma & Ba 2015, arXiv:1412.6980, algorithm 1): with the means m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g², both of which
 * begin at 0, step t = 1, 2, … is w ← w − rate · m̂ / (√v̂ + 1e-8), where m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ).
 */
export class Adam implements Disposable {
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #moments = new Map<string, Moments>();

  /** @throws {RangeError} for a share outside 0 ≤ β < 1. */
  constructor({ beta1, beta2 }: AdamOptions) {
    for (const [name, value] of Object.entries({ beta1, beta2 })) {
      if (value >= 0 && value < 1) continue;
      throw new RangeError(
        `Cannot descend by Adam with a ${name} of ${value}: it must be at least 0 and below 1.`,
      );
    }
    this.#beta1 = beta1;
    this.#beta2 = beta2;
  }

  /** Moves the variables that have a gradient, by their names. The gradients stay the caller's to dispose. */
  step(
    gradients: Readonly<Record<string, tf.Tensor>>,
    variables: ReadonlyMap<string, tf.Variable>,
    { step, learningRate }: AdamStep,
  ): void {
    const [missing1, missing2] = [this.#beta1, this.#beta2].map((beta) => 1 - beta ** (step + 1));
    for (const [name, w] of variables) {
      const g = gradients[name];
      if (g === undefined) continue;
      const { m, v } = this.#momentsOf(name, w);
      tf.tidy(() => {
        m.assign(m.mul(this.#beta1).add(g.mul(1 - this.#beta1)));
        v.assign(v.mul(this.#beta2).add(g.square().mul(1 - this.#beta2)));
        const direction = m.div(missing1).div(v.div(missing2).sqrt().add(EPSILON));
        w.assign(w.sub(direction.mul(learningRate)));
      });
    }
  }

  /**
   * The means by name of variable, those of squares with {@linkcode SECOND_MOMENT_SUFFIX}. They stay the optimiser's: neither dispose of
   * them nor keep them over a step.
   */
  state(): Map<string, tf.Tensor> {
    return new Map(
      [...this.#moments].flatMap(([name, { m, v }]): [string, tf.Tensor][] => [
        [name, m],
        [name + SECOND_MOMENT_SUFFIX, v],
      ]),
    );
  }

  /** Takes over copies of the means that {@linkcode state} gave, in place of all that there are. */
  restore(state: ReadonlyMap<string, tf.Tensor>): void {
    this[Symbol.dispose]();
    const copy = (tensor: tf.Tensor) => tf.tidy(() => tf.variable(tensor.clone(), false));
    for (const [name, m] of state) {
      const v = state.get(name + SECOND_MOMENT_SUFFIX);
      if (v !== undefined) this.#moments.set(name, { m: copy(m), v: copy(v) });
    }
  }

  /** Frees the means: the next step starts without. */
  [Symbol.dispose](): void {
    for (const { m, v } of this.#moments.values()) tf.dispose([m, v]);
    this.#moments.clear();
  }

  #momentsOf(name: string, w: tf.Variable): Moments {
    let moments = this.#moments.get(name);
    if (moments === undefined) {
      const zeros = () => tf.tidy(() => tf.variable(tf.zerosLike(w), false));
      this.#moments.set(name, moments = { m: zeros(), v: zeros() });
    }
    return moments;
  }
}
