import type { CardHead } from "../training/card_head.ts";
import type {
  ClassificationCounts,
  ClassificationMetrics,
} from "../../models/classifier/evaluate_classifier.ts";
import type { TrainingPosition } from "../training/checkpoint_file.ts";
import type { ImportRecord } from "../training/imported_weights.ts";
import type { CurvePoint } from "./learning_curve.ts";

/** What decides the result of a training, besides the photos. */
export interface TrainingSettings {
  readonly arch: string;
  readonly width: number;
  readonly head: string;
  /** SHA-256 of the weights that it started from; null where they were random. */
  readonly start: string | null;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly schedule: "step" | "one-cycle";
  readonly momentum: number;
  readonly patchSizes: readonly number[];
  /** Of the grid, where there are no random patches. */
  readonly stride: number | null;
  /** Random patches an epoch; null for the grid. */
  readonly patches: number | null;
  readonly rim: number;
  readonly zoom: number;
  /** Of the patches of a photo those with crack, which the classifier was set for. */
  readonly crackShare: number;
  readonly augment: boolean;
  readonly seed: number;
  /** Share of the photos held back. */
  readonly validation: number;
  /** Parts of a batch that are normalised each by itself. */
  readonly threads: number;
  readonly backend: string;
}

/** The photos of a training. */
export interface TrainingData {
  readonly folders: readonly string[];
  readonly images: readonly string[];
  readonly masks: readonly string[];
  readonly datasets: readonly string[];
  /** Of the datasets; null for all. */
  readonly split: string | null;
  readonly splits: "folders" | "paper";
  readonly skip: number;
  readonly limit: number | null;
  /** Names of the photos that patches were cut from. */
  readonly photos: readonly string[];
  /** Names of the photos held back. */
  readonly validationPhotos: readonly string[];
  /** What was taken of the weights of another library; null where there were none. */
  readonly imported: ImportRecord | null;
}

/** How a classifier did on patches of one size. */
export interface SizeFigures extends ClassificationMetrics {
  readonly size: number;
  readonly stride: number;
  readonly counts: ClassificationCounts;
}

/** The classifier on photos held back, after an epoch. */
export interface ValidationFigures {
  readonly epoch: number;
  readonly step: number;
  readonly sizes: readonly SizeFigures[];
}

/** How far a training has come. */
export type ClassifierPosition = TrainingPosition<
  TrainingSettings,
  TrainingData,
  "loss" | "accuracy",
  ValidationFigures
>;

/** All about a training: what is written beside the classifier. */
export interface TrainingCard extends CardHead<"classifier:train"> {
  readonly classifier: { readonly name: string; readonly parameters: number; readonly precision: string };
  readonly settings: TrainingSettings;
  readonly data: TrainingData;
  readonly steps: number;
  /** Patches seen. */
  readonly patches: number;
  readonly validation: readonly ValidationFigures[];
  /** Figures of the running batches. */
  readonly curve: readonly CurvePoint[];
}
