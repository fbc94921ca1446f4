import type { BatchGradients, GradientOptions } from "./batch_gradients.ts";
import type { Parameters, ParameterSpecs } from "../layers/parameters.ts";
import type { tf } from "../tfjs.ts";

/** The values of a network, and which of them training moves. */
export interface TrainableNetwork {
  readonly specs: ParameterSpecs;
  readonly parameters: Parameters;
  readonly trainable: ReadonlyMap<string, tf.Variable>;
}

/** A network whose gradients several threads can find, each those of a part of a batch that lies on the host. */
export interface Trainee<Batch extends object, Found extends BatchGradients> {
  readonly network: TrainableNetwork;
  /** What another thread makes the same network of, values aside, as plain data. */
  readonly description: object;
  /** The module of this folder that answers there, by `answerGradientRequests()`. */
  readonly worker: URL;
  /** Cuts a batch into as even parts as can be, which share its memory. */
  split(batch: Batch, parts: number): Batch[];
  /** The gradients of a batch or a part of one. */
  gradients(batch: Batch, options?: GradientOptions): Promise<Found>;
  /** What the parts of a batch say together. Frees them. */
  join(parts: readonly Found[]): Found;
}
