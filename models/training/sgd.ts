import { callback, instanceOf, NUMBER, optional } from "../../core/arguments.ts";
import type { Parameters } from "../layers/parameters.ts";
import { tf } from "../tfjs.ts";
import type { BatchGradients } from "./gradients.ts";
import type { LearningRate } from "./learning_rate.ts";
import { MomentumSgd } from "./momentum.ts";

/** What one step of a training did. */
export interface SgdStep {
  /** From 0 over all epochs. */
  readonly step: number;
  /** Its learning rate. */
  readonly learningRate: number;
  /** Mean loss of its batch, before the step. */
  readonly loss: number;
  /** Milliseconds spent on cutting, altering and fetching examples. */
  readonly dataTime: number;
}

/** How a training goes on, whatever is trained. */
export interface SgdSchedule {
  /** Moves the values of the network. */
  readonly optimiser: MomentumSgd;
  /** How far, at each step. */
  readonly learningRate: LearningRate;
  /** Steps of the whole training. */
  readonly steps: number;
  /** Where to go on. Default 0. */
  readonly firstStep?: number;
}

/** The types of what a schedule holds, and of what is called after each step. */
export const SCHEDULE_OPTIONS = {
  optimiser: instanceOf(MomentumSgd),
  learningRate: callback<LearningRate>(),
  steps: NUMBER,
  firstStep: optional(NUMBER),
};

/** What is trained, and on what. */
export interface SgdTask<Batch extends Disposable, Input, Found extends BatchGradients> {
  /** The variables that a step moves, by name. */
  readonly trainable: ReadonlyMap<string, tf.Variable>;
  /** Starts to make the batch of a step. */
  readonly prepare: (step: number) => Promise<Batch>;
  /** Waits for it, and brings it where gradients are computed. */
  readonly fetch: (batch: Batch) => Promise<Input>;
  /** Its gradients. The batch outlives them. */
  readonly gradients: (input: Input) => Promise<Found>;
  /** Throws if the device has failed meanwhile: then they are nothing. */
  readonly check: () => void;
  /** How many examples it has. */
  readonly count: (input: Input) => number;
  /** The first ones of it; they share its memory. */
  readonly first: (input: Input, count: number) => Input;
  /** Called after each step, and waited for. */
  readonly onStep: (step: SgdStep, found: Found, batch: Batch) => void | Promise<void>;
}

/**
 * Stochastic gradient descent. The batch of the next step is made while the gradients of this are computed.
 *
 * @throws {Error} if the loss is no longer finite: then the learning rate is too high. The variables stay as they were before that step.
 * @throws {RangeError} if the memory does not hold a batch, naming one that it holds.
 */
export async function sgd<Batch extends Disposable, Input, Found extends BatchGradients>(
  task: SgdTask<Batch, Input, Found>,
  { optimiser, learningRate, steps, firstStep = 0 }: Omit<SgdSchedule, "optimiser"> & {
    readonly optimiser: Pick<MomentumSgd, "step">;
  },
): Promise<void> {
  const { trainable, prepare, fetch, count, first, onStep } = task;
  let next = firstStep < steps ? await prepare(firstStep) : undefined;
  try {
    for (let step = firstStep; step < steps; step++) {
      using batch = next as Batch;
      // Freed by `batch`: not once more where the next cannot be made.
      next = undefined;
      const start = performance.now();
      // On a software adapter the kernels run in threads of their own, meanwhile.
      next = step + 1 < steps ? await prepare(step + 1) : undefined;
      const input = await fetch(batch);
      const dataTime = performance.now() - start;
      const found = await gradientsOf(input, task).catch((error) =>
        nameFittingBatch(error, {
          count: count(input),
          attempt: async (fewer) => tf.dispose((await gradientsOf(first(input, fewer), task)).gradients),
        })
      );
      const { loss } = found;
      const rate = learningRate(step);
      if (!Number.isFinite(loss)) {
        tf.dispose(found.gradients);
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
  } finally {
    next?.[Symbol.dispose]();
  }
}

async function gradientsOf<Batch extends Disposable, Input, Found extends BatchGradients>(
  input: Input,
  { gradients, check }: SgdTask<Batch, Input, Found>,
): Promise<Found> {
  const found = await gradients(input);
  try {
    check();
  } catch (error) {
    tf.dispose(found.gradients);
    throw error;
  }
  return found;
}

/**
 * After a step of a training that failed, looks by trying how many of its examples the memory holds.
 *
 * @param error what the step failed for.
 * @param options `count`: its examples; `attempt`: takes the step with fewer.
 * @throws {RangeError} that names a batch that fits; the error itself where none does: then the reason is another.
 */
async function nameFittingBatch(
  error: unknown,
  { count, attempt }: { readonly count: number; readonly attempt: (count: number) => Promise<void> },
): Promise<never> {
  if (!(error instanceof Error)) throw error;
  for (let fewer = Math.floor(count / 2); fewer >= 1; fewer = Math.floor(fewer / 2)) {
    try {
      await attempt(fewer);
    } catch {
      continue;
    }
    throw new RangeError(`Cannot train on a batch of ${count}, but on one of ${fewer}: ${error.message}`);
  }
  throw error;
}

/**
 * Makes sure that values are worth keeping: a last step may have left infinities behind although its loss was finite.
 *
 * @throws {Error} if one of them is not finite.
 */
export async function requireFinite(parameters: Parameters, step: number): Promise<void> {
  // 0 · ∞ is NaN, and NaN stays in a sum.
  const sum = tf.tidy(() => tf.addN([...parameters.values()].map((values) => values.mul(0).sum())));
  const [zero] = await sum.data();
  sum.dispose();
  if (zero === 0) return;
  throw new Error(
    `Cannot go on training: after step ${step} some weights are no longer finite; choose a lower learning rate.`,
  );
}
