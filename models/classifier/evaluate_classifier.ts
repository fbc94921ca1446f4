import {
  type ChosenPatch,
  cutPatches,
  type PhotoSource,
} from "../../core/sampling/classification_patches.ts";
import type { Classifier } from "../../core/label/classifier.ts";
import type { Compute } from "../../core/gpu/compute.ts";
import { gridPatches } from "../../core/sampling/training_grid.ts";
import {
  addCounts,
  type ClassificationCounts,
  countClassified,
  type CountClassifiedOptions,
  NO_COUNTS,
} from "./classification_metrics.ts";

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
  source: PhotoSource,
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
      counts = addCounts(counts, countClassified(await scores.read(), crack, options));
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
