import { tf } from "../tfjs.ts";

/** Kernel that backends may register: inputs w, v, g of one shape; outputs the new w and v. */
export const MOMENTUM_STEP = "MomentumStep";

/** Attributes of {@linkcode MOMENTUM_STEP}. */
export interface MomentumStepAttributes {
  readonly momentum: number;
  readonly rate: number;
}

/** Options of {@linkcode MomentumSgd}. */
export interface MomentumSgdOptions {
  /** Share of the velocity that a step keeps, 0 ≤ momentum < 1. */
  readonly momentum: number;
}

/**
 * Stochastic gradient descent with momentum: v ← momentum · v + g, then w ← w − rate · v, as `tf.train.momentum` and PyTorch
 * without Nesterov. Its velocities can be saved and restored, so that a resumed run goes on as if it had not stopped.
 */
export class MomentumSgd implements Disposable {
  readonly #momentum: number;
  readonly #velocities = new Map<string, tf.Variable>();

  /**
   * At rest.
   *
   * @throws {RangeError} for a momentum outside 0 ≤ momentum < 1.
   */
  constructor({ momentum }: MomentumSgdOptions) {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new RangeError(
        `Cannot descend with the momentum ${momentum}: it must be at least 0 and below 1.`,
      );
    }
    this.#momentum = momentum;
  }

  /**
   * Moves the variables that have a gradient. The gradients stay the caller's to dispose.
   *
   * @param gradients by name of variable, each of its variable's shape
   * @throws {RangeError} for a gradient of no known variable or of another shape.
   * @internal
   */
  step(
    gradients: Record<string, tf.Tensor>,
    variables: ReadonlyMap<string, tf.Variable>,
    learningRate: number,
  ): void {
    for (const [name, gradient] of Object.entries(gradients)) {
      const variable = variables.get(name);
      if (variable === undefined) throw new RangeError(`Cannot move "${name}": there is no such variable.`);
      if (!tf.util.arraysEqual(gradient.shape, variable.shape)) {
        throw new RangeError(
          `Cannot move "${name}": its gradient is ${gradient.shape.join(" × ")}, ${
            variable.shape.join(" × ")
          } is wanted.`,
        );
      }
      this.#move(name, variable, gradient, learningRate);
    }
  }

  /**
   * The velocities by name of variable. They stay the optimiser's: neither dispose of them nor keep them over a step.
   *
   * @internal
   */
  state(): Map<string, tf.Tensor> {
    return new Map(this.#velocities);
  }

  /**
   * Takes over copies of the velocities that {@linkcode state} gave, in place of all that there are.
   *
   * @internal
   */
  restore(state: ReadonlyMap<string, tf.Tensor>): void {
    this.dispose();
    for (const [name, velocity] of state) {
      this.#velocities.set(name, tf.tidy(() => tf.variable(velocity.clone(), false)));
    }
  }

  /** Frees the velocities: the next step starts from rest. */
  dispose(): void {
    for (const velocity of this.#velocities.values()) velocity.dispose();
    this.#velocities.clear();
  }

  /** The same, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #move(name: string, w: tf.Variable, g: tf.Tensor, rate: number): void {
    let v = this.#velocities.get(name);
    if (v === undefined) {
      v = tf.tidy(() => tf.variable(tf.zerosLike(w), false));
      this.#velocities.set(name, v);
    }
    const [newW, newV] = momentumStep(w, v, g, { momentum: this.#momentum, rate });
    w.assign(newW);
    v.assign(newV);
    tf.dispose([newW, newV]);
  }
}

function momentumStep(
  w: tf.Tensor,
  v: tf.Tensor,
  g: tf.Tensor,
  attributes: MomentumStepAttributes,
): tf.Tensor[] {
  if (tf.getKernel(MOMENTUM_STEP, tf.getBackend()) !== undefined) {
    return tf.engine().runKernel(MOMENTUM_STEP, { w, v, g }, { ...attributes }) as tf.Tensor[];
  }
  return tf.tidy(() => {
    const newV = v.mul(attributes.momentum).add(g);
    return [w.sub(newV.mul(attributes.rate)), newV];
  });
}
