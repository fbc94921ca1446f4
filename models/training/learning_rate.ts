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

/** A rate that falls by a factor after every so many steps: the paper's is 1e-3, a tenth of it after each epoch. */
export function stepSchedule({ rate, every, factor = 0.1 }: StepScheduleOptions): LearningRate {
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

/**
 * One cycle (Smith & Topin 2018, arXiv:1708.07120): from a 25th of the highest rate up to it, then down to almost nothing, both along
 * half a cosine. It suits a network trained from scratch in few steps.
 */
export function oneCycleSchedule({ rate, steps, rise = 0.3 }: OneCycleOptions): LearningRate {
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
