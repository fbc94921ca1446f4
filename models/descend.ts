import type { BatchGradients } from "./batch_gradients.ts";
import type { LearningRate } from "./learning_rate.ts";
import type { MomentumSgd } from "./momentum.ts";
import { tf } from "./tfjs.ts";

/** What one step of a training did. */
export interface DescentStep {
  /** From 0 over all epochs. */
  readonly step: number;
  readonly learningRate: number;
  /** Mean loss of its batch, before the step. */
  readonly loss: number;
  /** Milliseconds spent on cutting, altering and fetching examples. */
  readonly dataTime: number;
}

/** How a training goes on, whatever is trained. */
export interface DescentSchedule {
  readonly optimiser: MomentumSgd;
  readonly learningRate: LearningRate;
  /** Steps of the whole training. */
  readonly steps: number;
  /** Where to go on. Default 0. */
  readonly firstStep?: number;
}

/** What is trained, and on what. */
export interface Descent<Batch extends Disposable, Input, Found extends BatchGradients> {
  /** The variables that a step moves, by name. */
  readonly trainable: ReadonlyMap<string, tf.Variable>;
  /** Starts to make the batch of a step. */
  readonly prepare: (step: number) => Promise<Batch>;
  /** Waits for it, and brings it where gradients are computed. */
  readonly fetch: (batch: Batch) => Promise<Input>;
  /** Its gradients. The batch outlives them. */
  readonly gradients: (input: Input) => Promise<Found>;
  /** Called after each step, and waited for. */
  readonly onStep: (step: DescentStep, found: Found, batch: Batch) => void | Promise<void>;
}

/**
 * Stochastic gradient descent. The batch of the next step is made while the gradients of this are computed.
 *
 * @throws {Error} if the loss is no longer finite: then the learning rate is too high. The variables stay as they were before that step.
 */
export async function descend<Batch extends Disposable, Input, Found extends BatchGradients>(
  { trainable, prepare, fetch, gradients, onStep }: Descent<Batch, Input, Found>,
  { optimiser, learningRate, steps, firstStep = 0 }: DescentSchedule,
): Promise<void> {
  let next = firstStep < steps ? await prepare(firstStep) : undefined;
  for (let step = firstStep; step < steps; step++) {
    using batch = next as Batch;
    const start = performance.now();
    // On a software adapter the kernels run in threads of their own, meanwhile.
    next = step + 1 < steps ? await prepare(step + 1) : undefined;
    const input = await fetch(batch);
    const dataTime = performance.now() - start;
    const found = await gradients(input);
    const { loss } = found;
    const rate = learningRate(step);
    if (!Number.isFinite(loss)) {
      tf.dispose(found.gradients);
      next?.[Symbol.dispose]();
      throw new Error(
        `Cannot go on training: the loss of step ${
          step + 1
        } is ${loss}; choose a learning rate below ${rate}.`,
      );
    }
    optimiser.step(found.gradients, trainable, rate);
    tf.dispose(found.gradients);
    await onStep({ step, learningRate: rate, loss, dataTime }, found, batch);
  }
}
