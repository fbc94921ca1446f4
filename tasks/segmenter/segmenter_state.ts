import { loadSegmenterCheckpoint } from "../../models/segmentation/load_segmenter_checkpoint.ts";
import { saveSegmenter } from "../../models/segmentation/save_segmenter.ts";
import type { Segmenter } from "../../models/segmentation/segmenter.ts";
import type { MomentumSgd } from "../../models/momentum.ts";
import { namingFile } from "../cli/read_classifier.ts";
import { writeWhole } from "../cli/write_whole.ts";
import { readTraining, trainingFile } from "../training/training_file.ts";
import type { TrainingLogState } from "../training/training_log.ts";
import type { SegmenterData, SegmenterFigures, SegmenterSettings } from "./segmenter_card.ts";

/** How far a training has come, as plain data. */
export interface SegmenterPosition {
  /** Whole epochs done. */
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
  readonly settings: SegmenterSettings;
  readonly data: SegmenterData;
  readonly log: TrainingLogState<"loss">;
  readonly validation: readonly SegmenterFigures[];
}

/** A training that was cut off. */
export interface SavedSegmenterTraining extends SegmenterPosition {
  /** The caller's to dispose. */
  readonly segmenter: Segmenter;
  /** Gives an optimiser the velocities that it had. */
  readonly restoreOptimiser: (optimiser: MomentumSgd) => void;
}

/** Saves what a killed run needs to go on. */
export async function saveTraining(
  out: string,
  { segmenter, optimiser, position }: {
    readonly segmenter: Segmenter;
    readonly optimiser: MomentumSgd;
    readonly position: SegmenterPosition;
  },
): Promise<void> {
  const { epoch, step, ...options } = position;
  const bytes = await saveSegmenter(segmenter, {
    optimiserState: optimiser.state(),
    training: { epoch, step, options },
  });
  await writeWhole(trainingFile(out), bytes);
}

/**
 * What an earlier run left, if it was cut off.
 *
 * @throws {UsageError} if it came to its end: the network is there.
 */
export async function loadTraining(out: string): Promise<SavedSegmenterTraining | undefined> {
  const bytes = await readTraining(out);
  if (bytes === undefined) return undefined;
  const { segmenter, restoreOptimiser, training } = await namingFile(
    trainingFile(out),
    () => loadSegmenterCheckpoint(bytes),
    { remedy: "give --restart to begin anew" },
  );
  if (restoreOptimiser === undefined || training === undefined) {
    throw new Error(`Cannot go on from ${trainingFile(out)}: it holds no training; delete it to begin anew.`);
  }
  const { epoch, step, options } = training;
  return {
    ...options as unknown as Omit<SegmenterPosition, "epoch" | "step">,
    epoch,
    step,
    segmenter,
    restoreOptimiser,
  };
}
