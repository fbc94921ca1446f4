import { THRESHOLDS } from "../kernels/sweep_histogram.ts";

/**
 * What a sweep keeps of an image: pixels by the value of the prediction. Bin b of 100 holds values from b / 100 up to (b + 1) / 100, so that
 * the bins from b on are the pixels called crack at the threshold b / 100.
 */
export interface SweptImage {
  /** What the image is called in tables; images of one sweep have different names, unless they have none. */
  readonly name: string;
  /** Pixels whose truth is background. */
  readonly background: readonly number[];
  /** Pixels whose truth is crack. */
  readonly crack: readonly number[];
  /** Pixels that lie within the tolerance of a crack pixel of the truth: right where predicted. */
  readonly correct: readonly number[];
  /** Crack pixels of the truth, by the greatest prediction within the tolerance. */
  readonly found: readonly number[];
}

/** Counts of pixels at one threshold, or sums of such counts over images. */
export interface SweepCounts {
  /** Called crack: value ≥ threshold. */
  readonly predicted: number;
  /** Called crack, and within the tolerance of a crack pixel: the true positives of precision. */
  readonly correct: number;
  /** Crack, and within the tolerance of a pixel that is called crack: the true positives of recall. */
  readonly found: number;
  /** Called crack, and crack: the true positives without a tolerance. */
  readonly overlap: number;
  /** Crack in truth. */
  readonly crack: number;
  /** Background in truth. */
  readonly background: number;
}

/** How well crack was found. */
export interface CrackQuality {
  /** Pixels called crack that are, of those called crack; 0 where there are none. */
  readonly precision: number;
  /** Crack pixels found, of all; 0 where there are none. */
  readonly recall: number;
  /** 2 P R / (P + R); 1 where nothing is crack and nothing is called so. */
  readonly f1: number;
}

/** The counts of an image at the thresholds 0.00, 0.01 … 0.99. */
export function countsOf(image: SweptImage): SweepCounts[] {
  const crack = sum(image.crack), background = sum(image.background);
  const counts: SweepCounts[] = [];
  let predicted = 0, correct = 0, found = 0, overlap = 0;
  for (let b = THRESHOLDS - 1; b >= 0; b--) {
    predicted += image.background[b] + image.crack[b];
    correct += image.correct[b];
    found += image.found[b];
    overlap += image.crack[b];
    counts.push({ predicted, correct, found, overlap, crack, background });
  }
  return counts.reverse();
}

/** The sum of counts of several images at one threshold. */
export function pool(counts: readonly SweepCounts[]): SweepCounts {
  const total = (part: (one: SweepCounts) => number): number => sum(counts.map(part));
  return {
    predicted: total((one) => one.predicted),
    correct: total((one) => one.correct),
    found: total((one) => one.found),
    overlap: total((one) => one.overlap),
    crack: total((one) => one.crack),
    background: total((one) => one.background),
  };
}

/** Whether nothing is crack and nothing is called so, which counts as an F1 of 1. */
export function isEmpty({ predicted, crack }: SweepCounts): boolean {
  return predicted === 0 && crack === 0;
}

/** Precision, recall and F1 of counts. */
export function qualityOf(counts: SweepCounts): CrackQuality {
  const { predicted, correct, found, crack } = counts;
  return {
    precision: quotient(correct, predicted),
    recall: quotient(found, crack),
    // 2 P R / (P + R) with P = correct / predicted and R = found / crack, in whole numbers up to the one division.
    f1: isEmpty(counts) ? 1 : quotient(2 * correct * found, correct * crack + found * predicted),
  };
}

/** Intersection over union of a class, without a tolerance: TP / (TP + FP + FN); 1 for a class that neither truth nor prediction has. */
export function intersectionOverUnion(
  { predicted, overlap, crack, background }: SweepCounts,
): { crack: number; background: number } {
  const wrong = predicted - overlap + crack - overlap;
  const rightBackground = background - (predicted - overlap);
  const share = (right: number): number => right + wrong === 0 ? 1 : right / (right + wrong);
  return { crack: share(overlap), background: share(rightBackground) };
}

/** a / b, 0 where b is 0. */
export function quotient(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}

/** The sum of numbers. */
export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
