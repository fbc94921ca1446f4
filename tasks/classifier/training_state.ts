import type { NetworkClassifier } from "../../models/classifier.ts";
import { saveCheckpoint } from "../../models/save_checkpoint.ts";
import { loadCheckpoint } from "../../models/load_checkpoint.ts";
import type { MomentumSgd } from "../../models/momentum.ts";
import { namingFile } from "../cli/read_classifier.ts";
import { UsageError } from "../cli/usage_error.ts";
import { writeWhole } from "../cli/write_whole.ts";
import type { TrainingData, TrainingSettings, ValidationFigures } from "./training_card.ts";
import type { TrainingLogState } from "./training_log.ts";

/** How far a training has come, as plain data. */
export interface TrainingPosition {
  /** Whole epochs done. */
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
  readonly settings: TrainingSettings;
  readonly data: TrainingData;
  readonly log: TrainingLogState;
  readonly validation: readonly ValidationFigures[];
}

/** A training that was cut off. */
export interface SavedTraining extends TrainingPosition {
  /** The caller's to dispose. */
  readonly classifier: NetworkClassifier;
  /** Gives an optimiser the velocities that it had. */
  readonly restoreOptimiser: (optimiser: MomentumSgd) => void;
}

/** Where the training of `out` saves itself. */
function trainingFile(out: string): string {
  return `${out}.training`;
}

/** Saves what a killed run needs to go on. */
export async function saveTraining(
  out: string,
  { classifier, optimiser, position }: {
    readonly classifier: NetworkClassifier;
    readonly optimiser: MomentumSgd;
    readonly position: TrainingPosition;
  },
): Promise<void> {
  const { epoch, step, ...options } = position;
  const bytes = await saveCheckpoint(classifier, {
    optimiserState: optimiser.state(),
    training: { epoch, step, options },
  });
  await writeWhole(trainingFile(out), bytes);
}

/**
 * What an earlier run left, if it was cut off.
 *
 * @throws {UsageError} if it came to its end: the classifier is there.
 */
export async function loadTraining(out: string): Promise<SavedTraining | undefined> {
  let bytes;
  try {
    bytes = await Deno.readFile(trainingFile(out));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    if (!await exists(out)) return undefined;
    throw new UsageError(`Cannot train into ${out}: it is there already; give --restart to replace it.`);
  }
  const { classifier, restoreOptimiser, training } = await namingFile(
    trainingFile(out),
    () => loadCheckpoint(bytes),
    { remedy: "give --restart to begin anew" },
  );
  if (restoreOptimiser === undefined || training === undefined) {
    throw new Error(`Cannot go on from ${trainingFile(out)}: it holds no training; delete it to begin anew.`);
  }
  const { epoch, step, options } = training;
  return {
    ...options as unknown as Omit<TrainingPosition, "epoch" | "step">,
    epoch,
    step,
    classifier,
    restoreOptimiser,
  };
}

/** Takes away what {@linkcode saveTraining} left: the training has come to its end. */
export async function removeTraining(out: string): Promise<void> {
  try {
    await Deno.remove(trainingFile(out));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
