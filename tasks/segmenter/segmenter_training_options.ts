import type { BackendName } from "../../models/backend.ts";
import type { CheckpointPrecision } from "../../models/checkpoint/checkpoint.ts";
import type { SegmentationLoss } from "../../models/segmenter/losses.ts";
import type { SegmenterChoice } from "./start_segmenter.ts";
import type { TrainingDataOptions } from "./training_data.ts";

/** What to train on what, and how. */
export interface SegmenterTrainingOptions extends SegmenterChoice, TrainingDataOptions {
  readonly loss: SegmentationLoss;
  readonly epochs: number;
  readonly batch: number;
  readonly crop: number | "whole";
  readonly crops?: number;
  readonly zoom?: number;
  readonly learningRate: number;
  readonly schedule: "step" | "one-cycle";
  readonly augment: boolean;
  readonly seed: number;
  readonly out: string;
  readonly precision: CheckpointPrecision;
  readonly backend?: BackendName;
  readonly threads?: number;
  readonly saveEvery: number;
  readonly restart: boolean;
  readonly quiet: boolean;
  /** The command's arguments, for the card. */
  readonly args: readonly string[];
}
