import type { CrackQuality } from "./swept_image.ts";

/**
 * How images are brought together:
 * - `macro`: the mean over images;
 * - `micro`: the counts of all images are added up first, so that an image with much crack weighs more.
 */
export type Averaging = "macro" | "micro";

/** What is maximised over thresholds: see `Sweep.ods()`. */
export type OdsDefinition = Averaging | "mean-pr";

/** Options of `Sweep.meanIou()`. */
export interface MeanIouOptions {
  /** Defaults to `micro`: the counts of all images. */
  definition?: Averaging;
  /** One of 0.01, 0.02 … 0.99. Defaults to that of the greatest mean IoU. */
  threshold?: number;
}

/** Optimal dataset scale. */
export interface Ods {
  /** F1, 0..1. */
  value: number;
  /** Where it is reached, the lowest if several are equal. */
  threshold: number;
  /** Images without crack in which nothing is called crack at this threshold: their F1 counts as 1. */
  emptyImages: number;
}

/** Intersection over union. */
export interface MeanIou {
  /** Mean of the two classes, 0..1. */
  value: number;
  /** Intersection over union of crack, 0..1. */
  crack: number;
  /** Intersection over union of background, 0..1. */
  background: number;
  /** Where it was taken. */
  threshold: number;
}

/** A point of the precision-recall curve. */
export interface CurvePoint {
  /** 0.00, 0.01 … 0.99. */
  threshold: number;
  /** 0..1. */
  precision: number;
  /** 0..1. */
  recall: number;
}

/** A row of the table of images: how well crack was found at the image's own best threshold. */
export interface SweepRow extends CrackQuality {
  /** What the image is called. */
  name: string;
  /** Of all. */
  pixels: number;
  /** In truth. */
  crackPixels: number;
  /** Where F1 is greatest, the lowest if several are equal. */
  threshold: number;
  /** F1 at the threshold of the macro ODS. */
  f1AtOds: number;
  /** True if there is no crack and, at `threshold`, nothing is called crack, so that F1 counts as 1. */
  empty: boolean;
}
