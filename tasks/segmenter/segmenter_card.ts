import type { CardHead } from "../training/card_head.ts";
import type { ImportRecord } from "../training/imported_weights.ts";
import type { CurvePoint } from "../training/training_log.ts";
import type { TrainingPosition } from "../training/checkpoint_file.ts";

/** What decides the result of a training, besides the photos. */
export interface SegmenterSettings {
  readonly arch: string;
  readonly width: number;
  /** SHA-256 of the weights that it started from; null where they were random. */
  readonly start: string | null;
  readonly loss: "bce" | "own";
  readonly epochs: number;
  readonly batch: number;
  /** Side of the crops; `whole` for whole photos. */
  readonly crop: number | "whole";
  /** Crops an epoch; null for as many as cover the photos. */
  readonly crops: number | null;
  /** The most that crops were enlarged or made smaller. */
  readonly zoom: number;
  readonly learningRate: number;
  readonly schedule: "step" | "one-cycle";
  readonly momentum: number;
  readonly augment: boolean;
  /** Whether masks were confidence maps. */
  readonly soft: boolean;
  readonly seed: number;
  /** Parts of a batch that are normalised each by itself. */
  readonly threads: number;
  readonly backend: string;
}

/** The photos of a training. */
export interface SegmenterData {
  readonly images: readonly string[];
  readonly masks: readonly string[];
  readonly datasets: readonly string[];
  /** Of the datasets; null for all. */
  readonly split: string | null;
  readonly splits: "folders" | "paper";
  readonly labels: readonly string[];
  readonly extraLabels: readonly string[];
  /** Share or dataset of the photos to try the network on; null for none. */
  readonly validation: string | null;
  readonly validationSplit: string | null;
  /** Labels left out because too few of their pixels are crack. */
  readonly rejectedLabels: number;
  /** Names of the photos that crops were cut from; extra labels are told by `+` before the name. */
  readonly photos: readonly string[];
  /** Names of the photos held back. */
  readonly validationPhotos: readonly string[];
  /** What was taken of the weights of another library; null where there were none. */
  readonly imported: ImportRecord | null;
}

/** The network on photos held back, after an epoch. */
export interface SegmenterFigures {
  readonly epoch: number;
  readonly step: number;
  /** Greatest mean F1 of the photos that one threshold reaches, 0..1, and that threshold. */
  readonly ods: number;
  readonly threshold: number;
  /** Mean of the greatest F1 of each photo, 0..1. */
  readonly ois: number;
  /** Average precision, 0..1. */
  readonly ap: number;
}

/** How far a training has come. */
export type SegmenterPosition = TrainingPosition<SegmenterSettings, SegmenterData, "loss", SegmenterFigures>;

/** All about a training: what is written beside the network. */
export interface SegmenterCard extends CardHead<"segmenter:train"> {
  readonly segmenter: { readonly name: string; readonly parameters: number; readonly precision: string };
  readonly settings: SegmenterSettings;
  readonly data: SegmenterData;
  readonly steps: number;
  /** Crops seen. */
  readonly crops: number;
  /** The epoch whose network was kept; null without photos held back, where it is the last. */
  readonly bestEpoch: number | null;
  readonly validation: readonly SegmenterFigures[];
  /** Loss of the running batches. */
  readonly curve: readonly CurvePoint<"loss">[];
}
