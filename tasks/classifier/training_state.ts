import type { NetworkClassifier } from "../../models/classifier.ts";
import { saveCheckpoint } from "../../models/save_checkpoint.ts";
import { loadCheckpoint } from "../../models/load_checkpoint.ts";
import type { MomentumSgd } from "../../models/momentum.ts";
import { namingFile } from "../cli/read_classifier.ts";
import { writeWhole } from "../cli/write_whole.ts";
import type { TrainingData, TrainingSettings, ValidationFigures } from "./training_card.ts";
import { readTraining, trainingFile } from "../training/training_file.ts";
import type { TrainingLogState } from "../training/training_log.ts";

/** How far a training has come, as plain data. */
export interface TrainingPosition {
  /** Whole epochs done. */
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
  readonly settings: TrainingSettings;
  readonly data: TrainingData;
  readonly log: TrainingLogState<"loss" | "accuracy">;
  readonly validation: readonly ValidationFigures[];
}

/** A training that was cut off. */
export interface SavedTraining extends TrainingPosition {
  /** The caller's to dispose. */
  readonly classifier: NetworkClassifier;
  /** Gives an optimiser the velocities that it had. */
  readonly restoreOptimiser: (optimiser: MomentumSgd) => void;
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
  const bytes = await readTraining(out);
  if (bytes === undefined) return undefined;
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
