import { writeErr } from "../cli/terminal.ts";
import { chosenClassifiers } from "./classifiers.ts";
import { chosenSegmenters } from "./segmenters.ts";
import { type ExperimentName, experimentOf, outcomeTitle } from "./experiments.ts";
import { type ExperimentRecord, keepOutcome } from "./record.ts";
import type { Run } from "./run.ts";

/**
 * Runs experiments in turn. What one found is in the run's folder when its record comes; so it stays there, whatever becomes of the others.
 *
 * @throws {UsageError} before anything is run, where one of them lacks a set, or a classifier or network of that name is unknown.
 */
export async function* runExperiments(
  names: readonly ExperimentName[],
  run: Run,
): AsyncGenerator<ExperimentRecord> {
  const wanted = [...new Set(names)];
  chosenClassifiers(run);
  chosenSegmenters(run);
  for (const name of wanted) experimentOf(name).check?.(run);
  for (const name of wanted) {
    if (!run.quiet && wanted.length > 1) writeErr(`${outcomeTitle(name, run)}\n`);
    yield await keepOutcome(name, await experimentOf(name).run(run), run);
  }
}
