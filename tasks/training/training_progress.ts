import { formatDuration, type Progress, startProgress } from "../cli/progress.ts";

/** Milliseconds between two lines where there is no terminal. */
const LINE_EVERY = 30_000;

/** Reports how far a training has come, on standard error. */
export interface TrainingProgress extends Disposable {
  /** The training begins, or goes on after `firstStep` steps of an earlier session. */
  start(plan: { readonly steps: number; readonly firstStep: number; readonly batch: number }): void;
  /** One more step is done. `recent`: the figures of the last few, in words. */
  step(recent: string): void;
  /** Prints a line, even where progress is quiet. */
  note(line: string): void;
}

/** Options of {@linkcode startTrainingProgress}. */
export interface TrainingProgressOptions {
  readonly quiet: boolean;
  /** What a batch is made of, such as `patches`. */
  readonly examples: string;
  /** A bar redrawn in place; elsewhere a line now and then. Default: standard error is a terminal. */
  readonly interactive?: boolean;
  /** Where lines go, and the clock in milliseconds: for tests. */
  readonly write?: (text: string) => void;
  readonly now?: () => number;
}

/** Starts a report. Dispose of it (`using`) when the work ends, however it ends. */
export function startTrainingProgress(options: TrainingProgressOptions): TrainingProgress {
  const { quiet, examples, interactive = Deno.stderr.isTerminal(), now = () => performance.now(), write } =
    options;
  let bar: Progress = startProgress({ total: 0, unit: "step", quiet: true, write });
  let plan = { steps: 0, firstStep: 0, batch: 0 };
  let started = 0, done = 0, lastLine = 0;
  return {
    start(begun) {
      plan = begun;
      done = plan.firstStep;
      started = lastLine = now();
      bar = startProgress({
        total: plan.steps,
        unit: "step",
        quiet: quiet || !interactive,
        interactive,
        write,
        now,
      });
      for (let i = 0; i < plan.firstStep; i++) bar.advance({ skipped: true });
      if (plan.firstStep > 0 && !quiet) bar.note(`Going on after step ${plan.firstStep} of ${plan.steps}.`);
    },
    step(recent) {
      done++;
      const rate = (done - plan.firstStep) / (now() - started) * 1000;
      const examplesPerSecond = rate * plan.batch;
      const speed = examplesPerSecond.toFixed(examplesPerSecond < 10 ? 1 : 0);
      const detail = `${recent}, ${speed} ${examples}/s`;
      bar.advance({ detail });
      if (quiet || interactive || (now() - lastLine < LINE_EVERY && done < plan.steps)) return;
      lastLine = now();
      const left = done < plan.steps ? `, ${formatDuration((plan.steps - done) / rate)} left` : "";
      bar.note(`Step ${done} of ${plan.steps}: ${detail}${left}`);
    },
    note: (line) => bar.note(line),
    [Symbol.dispose]: () => bar[Symbol.dispose](),
  };
}
