import { UsageError } from "../cli/errors.ts";
import type { PaperSet } from "./paper_set.ts";
import { SET_TITLES, type SetName } from "./published.ts";
import type { Run } from "./run.ts";

/** The set whose training part the paper trains networks on, whichever set they are measured on. */
export const PAPERS_TRAINING_SET: SetName = "crack500";

/**
 * The set whose training part the networks of a run are trained on.
 *
 * @throws {UsageError} where its folder was not given.
 */
export function trainingSet(run: Pick<Run, "sets" | "trainOn">): PaperSet {
  const name = nameOf(run);
  const set = run.sets.find((set) => set.name === name);
  if (set === undefined) {
    throw new UsageError(
      `Cannot train networks on ${
        SET_TITLES[name]
      } without its photos: give --${name} and its folder, or --train-on and a set that is given.`,
    );
  }
  return set;
}

/** Whether a run's networks are trained, and measured, on what the paper's are, so that figures can stand side by side. */
export function isPublishedSetting({ split = "test", ...run }: Pick<Run, "split" | "trainOn">): boolean {
  return nameOf(run) === PAPERS_TRAINING_SET && split === "test";
}

/** Ends names of files where the networks are not trained on the paper's set: `-on-dcd`. */
export function trainedOnSuffix(run: Pick<Run, "trainOn">): string {
  const name = nameOf(run);
  return name === PAPERS_TRAINING_SET ? "" : `-on-${name}`;
}

/** What its networks are trained on, for titles. */
export function trainingSetTitle(run: Pick<Run, "trainOn">): string {
  return SET_TITLES[nameOf(run)];
}

function nameOf({ trainOn = PAPERS_TRAINING_SET }: Pick<Run, "trainOn">): SetName {
  return trainOn;
}
