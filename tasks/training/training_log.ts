/** Points of a learning curve at most. */
const POINTS = 200;

/** Some steps of a training in a row, taken together: the means of its figures. */
export type CurvePoint<Name extends string> = {
  /** Steps done at their end. */
  readonly step: number;
} & { readonly [name in Name]: number };

/** A figure of a step as a sum and what it is divided by, so that steps add up. */
export type Quotient = readonly [sum: number, count: number];

/** What is reported of one step. */
export interface LoggedStep<Name extends string> {
  /** From 0 over all epochs. */
  readonly step: number;
  readonly figures: Readonly<Record<Name, Quotient>>;
  /** Milliseconds since the step before, and of those on data. */
  readonly time: number;
  readonly dataTime: number;
}

/** The figures of a training so far, as plain data: a saved run takes them up again. */
export interface TrainingLogState<Name extends string> {
  readonly points: readonly CurvePoint<Name>[];
  /** Sums over the steps since the last point. */
  readonly open: { readonly steps: number; readonly figures: Readonly<Record<Name, Quotient>> };
  /** Milliseconds of training, and of those on data, over all sessions. */
  readonly time: number;
  readonly dataTime: number;
}

/** Collects the figures of a training's steps. */
export class TrainingLog<Name extends string> {
  readonly #names: readonly Name[];
  readonly #every: number;
  readonly #steps: number;
  #state: TrainingLogState<Name>;
  #recent: Readonly<Record<Name, number>>;

  /** @param options `steps` of the whole training; `state`: what an earlier session left. */
  constructor(
    names: readonly Name[],
    { steps, state }: { readonly steps: number; readonly state?: TrainingLogState<Name> },
  ) {
    this.#names = names;
    this.#steps = steps;
    this.#every = Math.ceil(steps / POINTS);
    this.#state = state ?? { points: [], open: this.#empty(), time: 0, dataTime: 0 };
    this.#recent = this.#each(() => NaN);
  }

  get state(): TrainingLogState<Name> {
    return this.#state;
  }

  /** The figures of the last few dozen steps, exponential means. */
  get recent(): Readonly<Record<Name, number>> {
    return this.#recent;
  }

  /** Takes one more step in. */
  add({ step, figures, time, dataTime }: LoggedStep<Name>): void {
    const mean = ([sum, count]: Quotient) => sum / count;
    this.#recent = this.#each((name) => {
      const value = mean(figures[name]), before = this.#recent[name];
      return Number.isNaN(before) ? value : before + 0.04 * (value - before);
    });
    const { points, open } = this.#state;
    const sums = {
      steps: open.steps + 1,
      figures: this.#each((name): Quotient => [
        open.figures[name][0] + figures[name][0],
        open.figures[name][1] + figures[name][1],
      ]),
    };
    const full = sums.steps === this.#every || step + 1 === this.#steps;
    const point = { step: step + 1, ...this.#each((name) => mean(sums.figures[name])) };
    this.#state = {
      points: full ? [...points, point] : points,
      open: full ? this.#empty() : sums,
      time: this.#state.time + time,
      dataTime: this.#state.dataTime + dataTime,
    };
  }

  #empty(): TrainingLogState<Name>["open"] {
    return { steps: 0, figures: this.#each((): Quotient => [0, 0]) };
  }

  #each<T>(value: (name: Name) => T): Record<Name, T> {
    return Object.fromEntries(this.#names.map((name) => [name, value(name)])) as Record<Name, T>;
  }
}
