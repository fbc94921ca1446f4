import { requireFiniteOutput } from "../../core/finite.ts";
import type { Compute } from "../../core/gpu/compute.ts";
import type { Classifier } from "../../core/label/classifier.ts";
import type { PatchTruth, PhotoSource } from "../../core/sampling/decoded_photo.ts";
import { type ChosenPatch, cutPatches } from "../../core/sampling/patches.ts";
import { gridPatches } from "../../core/sampling/training_grid.ts";

/** Options of {@linkcode evaluateClassifier}. */
export interface EvaluateClassifierOptions extends CountClassifiedOptions {
  readonly compute: Compute;
  /** Side of the patches, in pixels. */
  readonly size: number;
  /** Step from patch to patch, in pixels. */
  readonly stride: number;
  /** Called after each photo. */
  readonly onPhoto?: () => void;
}

/**
 * Shows a classifier every patch of the grids over all photos, upright, and counts how they were classified. A patch is crack when
 * its mask has at least one crack pixel, as in the paper's Table I (size 128, stride 64).
 */
export async function evaluateClassifier(
  classifier: Classifier,
  source: PhotoSource<PatchTruth>,
  options: EvaluateClassifierOptions,
): Promise<ClassificationCounts> {
  const { compute, size, onPhoto } = options;
  let counts = NO_COUNTS;
  for (let index = 0; index < source.count; index++) {
    const photo = await source.photo(index);
    const patches = await gridPatches({ count: 1, photo: () => photo }, options);
    for (const some of portions(patches, size)) {
      const { pixels, crack, count } = await cutPatches({ count: 1, photo: () => photo }, some);
      using plane = compute.upload({ width: size, height: count * size, channels: 3, data: pixels });
      using scores = await classifier.scorePatches(plane, size);
      const read = await scores.read();
      requireFiniteOutput(read, classifier.name);
      counts = addCounts(counts, countClassified(read, crack, options));
    }
    onPhoto?.();
  }
  return counts;
}

/** Pixels that are scored at a time, so that the patches of a large photo fit into memory. */
const PORTION = 2 ** 23;

function* portions(patches: readonly ChosenPatch[], size: number): Generator<ChosenPatch[]> {
  const length = Math.max(1, Math.floor(PORTION / (size * size)));
  for (let first = 0; first < patches.length; first += length) yield patches.slice(first, first + length);
}

/** How patches were classified, crack being the positive class. Counts of several sets add up. */
export interface ClassificationCounts {
  /** Patches with crack that were called so. */
  readonly truePositives: number;
  /** Patches without that were called crack. */
  readonly falsePositives: number;
  /** Patches with crack that were not called so. */
  readonly falseNegatives: number;
  /** Patches without that were not called crack. */
  readonly trueNegatives: number;
}

/** What the counts say, each 0..1. A quotient whose denominator is 0 is 0. */
export interface ClassificationMetrics {
  /** TP / (TP + FP), of the class crack. */
  readonly precision: number;
  /** TP / (TP + FN), of the class crack. */
  readonly recall: number;
  /** 2 TP / (2 TP + FP + FN), of the class crack: the harmonic mean of precision and recall. */
  readonly f1: number;
  /** (TP + TN) / all. */
  readonly accuracy: number;
  /** Mean of the recalls of crack and of no crack: what does not change with the share of patches with crack. */
  readonly balancedAccuracy: number;
}

/** The counts of no patch. */
export const NO_COUNTS: ClassificationCounts = {
  truePositives: 0,
  falsePositives: 0,
  falseNegatives: 0,
  trueNegatives: 0,
};

/** Options of {@linkcode countClassified}. */
interface CountClassifiedOptions {
  /** A patch is called crack when its score is at least this. Default 0.5: where two classes are equally likely. */
  readonly threshold?: number;
}

/**
 * Counts how patches were classified.
 *
 * @param scores probability of crack of each patch, 0..1.
 * @param truth for each patch, 1 for crack and 0 for no crack.
 * @throws {RangeError} if the two differ in length.
 */
export function countClassified(
  scores: ArrayLike<number>,
  truth: ArrayLike<number>,
  { threshold = 0.5 }: CountClassifiedOptions = {},
): ClassificationCounts {
  if (scores.length !== truth.length) {
    throw new RangeError(
      `Cannot compare ${scores.length} scores with ${truth.length} classes: as many of both are wanted.`,
    );
  }
  const counts = [[0, 0], [0, 0]];
  for (let i = 0; i < scores.length; i++) counts[truth[i] ? 1 : 0][scores[i] >= threshold ? 1 : 0]++;
  const [[trueNegatives, falsePositives], [falseNegatives, truePositives]] = counts;
  return { truePositives, falsePositives, falseNegatives, trueNegatives };
}

/** The sum of two counts. */
export function addCounts(a: ClassificationCounts, b: ClassificationCounts): ClassificationCounts {
  return {
    truePositives: a.truePositives + b.truePositives,
    falsePositives: a.falsePositives + b.falsePositives,
    falseNegatives: a.falseNegatives + b.falseNegatives,
    trueNegatives: a.trueNegatives + b.trueNegatives,
  };
}

/** Precision, recall and F1 of the class crack (the paper's Table I), accuracy and balanced accuracy. */
export function classificationMetrics(counts: ClassificationCounts): ClassificationMetrics {
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = counts;
  const recall = quotient(tp, tp + fn);
  return {
    precision: quotient(tp, tp + fp),
    recall,
    f1: quotient(2 * tp, 2 * tp + fp + fn),
    accuracy: quotient(tp + tn, tp + fp + fn + tn),
    balancedAccuracy: (recall + quotient(tn, tn + fp)) / 2,
  };
}

function quotient(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
