import { argumentsSchema, checkArguments, NUMBER, optional, optionsSchema } from "../../core/arguments.ts";

/** The learning rate of each step of a training, counted from 0. */
export type LearningRate = (step: number) => number;

/** Options of {@linkcode stepSchedule}. */
export interface StepScheduleOptions {
  /** The rate of the first stretch. */
  readonly rate: number;
  /** Steps after which the rate falls; a whole number. */
  readonly every: number;
  /** What it is multiplied by each time. Default 0.1, the paper's. */
  readonly factor?: number;
}

const STEP_SCHEDULE = argumentsSchema({
  options: optionsSchema<StepScheduleOptions>({ rate: NUMBER, every: NUMBER, factor: optional(NUMBER) }),
});

/**
 * A rate that falls by a factor after every so many steps: the paper's is 1e-3, a tenth of it after each epoch.
 *
 * @example
 * ```ts
 * import { stepSchedule } from "../../mod.ts";
 *
 * const rate = stepSchedule({ rate: 1, every: 10, factor: 0.5 });
 * console.log(rate(9), rate(10), rate(20)); // 1 0.5 0.25
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 */
export function stepSchedule(options: StepScheduleOptions): LearningRate {
  checkArguments("plan learning rates", STEP_SCHEDULE, { options });
  const { rate, every, factor = 0.1 } = options;
  return (step) => rate * factor ** Math.floor(step / every);
}

/** Options of {@linkcode oneCycleSchedule}. */
export interface OneCycleOptions {
  /** The highest rate. */
  readonly rate: number;
  /** Steps of the whole training. */
  readonly steps: number;
  /** The share of the steps in which the rate rises. Default 0.3. */
  readonly rise?: number;
}

/** The first rate of a cycle and its last, as shares of the highest (Smith's and PyTorch's customary values). */
const FIRST = 1 / 25, LAST = 1 / 250_000;

const ONE_CYCLE = argumentsSchema({
  options: optionsSchema<OneCycleOptions>({ rate: NUMBER, steps: NUMBER, rise: optional(NUMBER) }),
});

/**
 * One cycle (Smith & Topin 2018, arXiv:1708.07120): from a 25th of the highest rate up to it, then down to almost nothing, both along
 * half a cosine. It suits a network trained from scratch in few steps.
 *
 * @example
 * ```ts
 * import { oneCycleSchedule } from "../../mod.ts";
 *
 * const rate = oneCycleSchedule({ rate: 0.05, steps: 100 });
 * console.log(rate(0) < rate(29), rate(29), rate(99) < 1e-6); // true 0.05 true
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 */
export function oneCycleSchedule(options: OneCycleOptions): LearningRate {
  checkArguments("plan learning rates", ONE_CYCLE, { options });
  const { rate, steps, rise = 0.3 } = options;
  const top = rise * steps - 1;
  return (step) =>
    step <= top
      ? between(rate * FIRST, rate, top > 0 ? step / top : 1)
      : between(rate, rate * LAST, (step - top) / (steps - 1 - top));
}

/** From `start` (share 0) to `end` (share 1) along half a cosine. */
function between(start: number, end: number, share: number): number {
  return end + (start - end) * (1 + Math.cos(Math.PI * share)) / 2;
}

/** Options of {@linkcode polynomialSchedule}. */
export interface PolynomialScheduleOptions {
  /** The rate of the first step. */
  readonly rate: number;
  /** Steps of the whole training. */
  readonly steps: number;
  readonly power: number;
}

/** rate · (1 − step / steps)^power: the "poly" rule of Liu et al. 2015 (arXiv:1506.04579), which many trainings of segmentation follow. */
export function polynomialSchedule({ rate, steps, power }: PolynomialScheduleOptions): LearningRate {
  return (step) => rate * (1 - step / steps) ** power;
}
