import type { BackendName } from "../../models/backend.ts";
import { UsageError } from "../cli/errors.ts";
import type { NetworkSources } from "../label/networks.ts";
import type { TrainingRunOptions } from "../training/training_options.ts";
import { type PaperSet, type Photos, type PhotoSet, photosOf } from "./paper_set.ts";
import type { Scale } from "./plans.ts";
import { SET_TITLES, type SetName, type TruthName } from "./published.ts";

/** What a run of an experiment was asked for. */
export interface Run {
  /** Where everything is kept: `classifiers/`, `labels/`, `segmenters/`, `counts/`, and the outcome of each experiment. */
  readonly folder: string;
  readonly scale: Scale;
  readonly sets: readonly PaperSet[];
  /** Further sets that the tables of labels and of teaching are of. */
  readonly others?: readonly PhotoSet[];
  /** Folders of photos without a crack that they are of. */
  readonly crackFree?: readonly PhotoSet[];
  /** Which part of each set. Default: the paper's. */
  readonly split?: string;
  /** How many photos of it. Default: as the scale says. */
  readonly photos?: number;
  /** Of the scale's classifiers those with these names. */
  readonly classifiers: readonly string[];
  /** Of its segmentation networks those with these names. Default: the scale's defaults. */
  readonly networks?: readonly string[];
  /** The set whose training part networks are trained on, where an experiment trains them on one. Default: the paper's, CRACK500. */
  readonly trainOn?: SetName;
  /** The networks whose labels the table of labels is of. Default: those that ship. */
  readonly labelNetworks?: NetworkSources;
  /** Trained segmentation networks that are compared with the methods, by names: files, folders or URLs. */
  readonly trained?: readonly PhotoSet[];
  /** The given sets whose training parts networks are taught on. Default: that of `trainOn`. */
  readonly teachOn?: readonly string[];
  /** Folders of `crack/` and `no_crack/` that they are taught on besides. */
  readonly wholePhotos?: readonly string[];
  /** The rows of the tables of teaching by their ids, such as `32-16`, `whole` or `fsv`. Default, or where none is named: all. */
  readonly lessons?: readonly string[];
  /** Of the first teaching. Default: 1. */
  readonly seed?: number;
  /** How often each network is taught, each time with another seed. Default: once. */
  readonly seeds?: number;
  /** What networks are trained with, where an experiment compares that. Default, or where none is named: all. */
  readonly truths?: readonly TruthName[];
  readonly backend?: Extract<BackendName, "webgpu" | "wasm">;
  readonly quiet: boolean;
  /** The command's arguments. */
  readonly args: readonly string[];
}

/** How a run trains a network into a file, whatever it trains. */
export function trainingRunOptions({ backend, quiet, args }: Run, out: string): TrainingRunOptions {
  return { out, precision: "F32", backend, saveEvery: 60, restart: false, quiet, args };
}

/** The photos of a set that a run is about: a training part may be too many for its scale. */
export async function photosOfRun(set: PaperSet, split: string, { photos, scale }: Run): Promise<Photos> {
  return await photosOf(set, {
    split,
    limit: photos ?? (split === "train" ? scale.trainingPhotos : undefined),
  });
}

/**
 * The set of a name, among those of a run.
 *
 * @throws {UsageError} where its folder was not given.
 */
export function givenSet(name: SetName, { sets }: Pick<Run, "sets">): PaperSet {
  const set = sets.find((set) => set.name === name);
  if (set === undefined) {
    throw new UsageError(
      `Cannot run the table of ${
        SET_TITLES[name]
      } without its photos: give --${name} and its folder, or run the table of another set.`,
    );
  }
  return set;
}

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
