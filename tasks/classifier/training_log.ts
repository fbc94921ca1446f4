import {
  addCounts,
  type ClassificationCounts,
  classificationMetrics,
  NO_COUNTS,
} from "../../models/classification_metrics.ts";
import type { TrainingStep } from "../../models/train_classifier.ts";
import type { CurvePoint } from "./learning_curve.ts";

/** Points of a learning curve at most. */
const POINTS = 200;

/** The figures of a training so far, as plain data: a saved run takes them up again. */
export interface TrainingLogState {
  readonly points: readonly CurvePoint[];
  /** Sums over the steps since the last point. */
  readonly open: { readonly steps: number; readonly loss: number; readonly counts: ClassificationCounts };
  /** Milliseconds of training, and of those on data, over all sittings. */
  readonly time: number;
  readonly dataTime: number;
}

const EMPTY: TrainingLogState = {
  points: [],
  open: { steps: 0, loss: 0, counts: NO_COUNTS },
  time: 0,
  dataTime: 0,
};

/** Collects the figures of a training's steps. */
export class TrainingLog {
  readonly #every: number;
  readonly #steps: number;
  #state: TrainingLogState;
  #recent: { loss: number; accuracy: number } | undefined;

  constructor(steps: number, state: TrainingLogState = EMPTY) {
    this.#steps = steps;
    this.#every = Math.ceil(steps / POINTS);
    this.#state = state;
  }

  get state(): TrainingLogState {
    return this.#state;
  }

  /** Loss and accuracy of the last few dozen steps, an exponential mean. */
  get recent(): { readonly loss: number; readonly accuracy: number } {
    return this.#recent ?? { loss: NaN, accuracy: NaN };
  }

  /** @param time milliseconds since the step before. */
  add({ step, loss, counts, dataTime }: TrainingStep, time: number): void {
    const { accuracy } = classificationMetrics(counts);
    const before = this.#recent ?? { loss, accuracy };
    const follow = (mean: number, value: number) => mean + 0.04 * (value - mean);
    this.#recent = { loss: follow(before.loss, loss), accuracy: follow(before.accuracy, accuracy) };

    const { points, open } = this.#state;
    const sum = {
      steps: open.steps + 1,
      loss: open.loss + loss,
      counts: addCounts(open.counts, counts),
    };
    const full = sum.steps === this.#every || step + 1 === this.#steps;
    const point = () => ({
      step: step + 1,
      loss: sum.loss / sum.steps,
      accuracy: classificationMetrics(sum.counts).accuracy,
    });
    this.#state = {
      points: full ? [...points, point()] : points,
      open: full ? EMPTY.open : sum,
      time: this.#state.time + time,
      dataTime: this.#state.dataTime + dataTime,
    };
  }
}
