import type { Compute } from "../../core/gpu/compute.ts";
import type { Classifier } from "../../core/label/classifier.ts";
import type { PatchTruth, PhotoSource } from "../../core/sampling/decoded_photo.ts";
import {
  type ClassificationCounts,
  type ClassificationMetrics,
  classificationMetrics,
  evaluateClassifier,
} from "../../models/classifier/evaluate_classifier.ts";

/** How a classifier did on patches of one size. */
export interface SizeFigures extends ClassificationMetrics {
  readonly size: number;
  readonly stride: number;
  readonly counts: ClassificationCounts;
}

/** Options of {@linkcode evaluateSizes}. */
export interface EvaluateSizesOptions {
  readonly compute: Compute;
  readonly sizes: readonly number[];
  /** Default: half the side of each size. */
  readonly stride?: number;
  readonly threshold?: number;
  readonly onPhoto?: () => void;
}

/** How a classifier does on the grids of several patch sizes. */
export async function evaluateSizes(
  classifier: Classifier,
  source: PhotoSource<PatchTruth>,
  { sizes, stride, ...options }: EvaluateSizesOptions,
): Promise<SizeFigures[]> {
  const figures: SizeFigures[] = [];
  for (const size of sizes) {
    const grid = { size, stride: stride ?? Math.ceil(size / 2) };
    const counts = await evaluateClassifier(classifier, source, { ...options, ...grid });
    figures.push({ ...grid, ...classificationMetrics(counts), counts });
  }
  return figures;
}

/** A table of figures by patch size. */
export function describeSizes(sizes: readonly SizeFigures[]): string {
  const rows = [
    ["patch", "stride", "patches", "with crack", "precision", "recall", "F1", "accuracy", "balanced"],
    ...sizes.map(({ size, stride, counts, ...metrics }) => {
      const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = counts;
      const { precision, recall, f1, accuracy, balancedAccuracy } = metrics;
      const shares = [precision, recall, f1, accuracy, balancedAccuracy].map(formatPercent);
      return [...[size, stride, tp + fp + fn + tn, tp + fn].map(String), ...shares];
    }),
  ];
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) => row.map((cell, i) => cell.padStart(widths[i])).join("  ")).join("\n");
}

/** A share as people read it: `97.5 %`. */
export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
