import type { PatchTruth, PhotoSource } from "../../core/sampling/decoded_photo.ts";
import type { Classifier } from "../../core/label/classifier.ts";
import type { Compute } from "../../core/gpu/compute.ts";
import { classificationMetrics, evaluateClassifier } from "../../models/classifier/evaluate_classifier.ts";
import type { SizeFigures } from "./training_card.ts";

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
