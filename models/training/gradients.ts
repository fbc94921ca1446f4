import type { Parameters, ParameterSpecs } from "../layers/parameters.ts";
import { tf } from "../tfjs.ts";

/** What one batch says of a network. */
export interface BatchGradients {
  /** The gradient of the loss with respect to each trainable parameter, by name; the caller's to dispose. */
  readonly gradients: Record<string, tf.Tensor>;
  /** Mean loss of the batch. */
  readonly loss: number;
}

/** How gradients are computed. */
export interface GradientOptions {
  /** Share of the running statistics that the step keeps: 1 leaves them as they are. Default: the network's own. */
  readonly momentum?: number;
}

/** The values of a network, and which of them training moves. */
export interface TrainableNetwork {
  readonly specs: ParameterSpecs;
  readonly parameters: Parameters;
  readonly trainable: ReadonlyMap<string, tf.Variable>;
}

/** A network whose gradients several threads can find, each those of a part of a batch that lies on the host. */
export interface GradientModel<Batch extends object, Found extends BatchGradients> {
  readonly network: TrainableNetwork;
  /** What a worker makes the same model of, values aside, as plain data. */
  readonly description: object;
  /** The module that answers on the worker, by `serveGradients()`. */
  readonly worker: URL;
  /** Cuts a batch into as even parts as can be, which share its memory. */
  split(batch: Batch, parts: number): Batch[];
  /** The gradients of a batch or a part of one. */
  gradients(batch: Batch, options?: GradientOptions): Promise<Found>;
  /** What the parts of a batch say together. Frees them. */
  join(parts: readonly Found[]): Found;
}

/**
 * A loss, and its gradients with respect to the trainable parameters of a network, by their names. Where they cannot be computed, because
 * the memory is full, what was kept for them is freed: tfjs keeps it for ever.
 */
export function lossGradients(
  { trainable }: Pick<TrainableNetwork, "trainable">,
  loss: () => tf.Scalar,
): { readonly loss: tf.Scalar; readonly gradients: Record<string, tf.Tensor> } {
  try {
    const { value, grads } = tf.variableGrads(loss, [...trainable.values()]);
    const gradients = [...trainable].map(([name, variable]) => [name, grads[variable.name]]);
    return { loss: value, gradients: Object.fromEntries(gradients) };
  } catch (error) {
    const { state } = tf.engine();
    for (const { saved } of state.activeTape ?? []) tf.dispose(saved);
    state.activeTape = [];
    throw error;
  }
}

/** Where to cut `count` examples into at most so many parts, none of them empty, that differ by one example at most. */
export function evenParts(count: number, parts: number): { readonly first: number; readonly end: number }[] {
  const length = Math.min(parts, count);
  return Array.from({ length }, (_, i) => ({
    first: Math.floor(i * count / length),
    end: Math.floor((i + 1) * count / length),
  }));
}

/**
 * The gradients of a whole batch from those of its parts: the means of losses and gradients. Frees the parts.
 *
 * @param counts of each part, how many examples it has: its weight.
 */
export function meanGradients(parts: readonly BatchGradients[], counts: readonly number[]): BatchGradients {
  if (parts.length === 1) return parts[0];
  const count = counts.reduce((sum, part) => sum + part);
  const loss = parts.reduce((sum, part, i) => sum + part.loss * counts[i] / count, 0);
  const gradients: Record<string, tf.Tensor> = {};
  for (const name of Object.keys(parts[0].gradients)) {
    gradients[name] = tf.tidy(() =>
      tf.addN(parts.map(({ gradients }, i) => gradients[name].mul(counts[i] / count)))
    );
  }
  for (const part of parts) tf.dispose(part.gradients);
  return { gradients, loss };
}
