import { openCompute } from "../../core/compute.ts";
import type { DatasetSample } from "../../core/datasets/types.ts";
import { openBackend } from "../../models/backend.ts";
import { startProgress } from "../cli/progress.ts";
import { chosenSegmenters } from "./chosen_segmenters.ts";
import { measure, type Measurement } from "./measure.ts";
import { type OutcomeSegmenter, segmenterOf } from "./outcome.ts";
import { type Photos, type PhotoSet, photosOf } from "./photo_set.ts";
import type { Run } from "./run.ts";
import { segmenterMethod } from "./segmenter_method.ts";
import { openSegmenter, type TrainedSegmenter, trainedSegmenter } from "./segmenters.ts";
import { labelTruth, maskTruth, type TrainingPart, type TrainingTruth } from "./training_truth.ts";

/** Networks trained with full and with weak supervision. */
export interface SegmenterPairs {
  /** Each network with masks, then with labels. */
  readonly trained: readonly TrainedSegmenter[];
  readonly masks: TrainingTruth;
  readonly labels: TrainingTruth;
}

/** How well a network did. */
export interface SegmenterMeasurement extends Measurement {
  readonly trained: TrainedSegmenter;
}

/** What {@linkcode measureSegmenters} found. */
export interface SegmenterMeasurements {
  readonly results: readonly SegmenterMeasurement[];
  readonly segmenters: readonly OutcomeSegmenter[];
  /** Photos that could not be used, in training or now, each with the reason. */
  readonly skipped: readonly string[];
}

/** Photos of a set's training part that networks of a run are trained on. */
export async function trainingPhotos(set: PhotoSet, { scale: { segmentation } }: Run): Promise<Photos> {
  return await photosOf(set, { split: "train", limit: segmentation.trainingPhotos });
}

/** Photos of a part of a set that networks of a run are measured on. */
export async function testPhotos(
  set: PhotoSet,
  { split = "test", photos, scale: { segmentation } }: Run,
): Promise<Photos> {
  return await photosOf(set, { split, limit: photos ?? segmentation.testPhotos });
}

/** Trains each network of a run on photos with their masks, and on the same photos with our labels. */
export async function trainOnBoth(
  name: string,
  parts: readonly TrainingPart[],
  run: Run,
): Promise<SegmenterPairs> {
  const plans = chosenSegmenters(run);
  const masks = maskTruth(parts), labels = await labelTruth(parts, run);
  const trained: TrainedSegmenter[] = [];
  for (const plan of plans) {
    for (const truth of [masks, labels]) trained.push(await trainedSegmenter(plan, truth, { name, run }));
  }
  return { trained, masks, labels };
}

/**
 * Compares what networks predict for whole photos with the truth.
 *
 * @param options `prefix`: names the photos, such as `dcd-test`.
 */
export async function measureSegmenters(
  trained: readonly TrainedSegmenter[],
  samples: readonly DatasetSample[],
  { prefix, run: { folder, backend, quiet } }: { readonly prefix: string; readonly run: Run },
): Promise<SegmenterMeasurements> {
  using compute = await openCompute();
  await openBackend({ compute, backend });
  using progress = startProgress({ total: trained.length * samples.length, unit: "photo", quiet });
  const results: SegmenterMeasurement[] = [], segmenters: OutcomeSegmenter[] = [];
  const skipped = new Set(trained.flatMap(({ skipped }) => skipped));
  // One after the other: all of them at once may be more than the memory holds.
  for (const one of trained) {
    using opened = await openSegmenter(one);
    segmenters.push(segmenterOf(opened));
    const method = segmenterMethod(opened);
    const found = await measure(samples, [method], { compute, folder: `${folder}/counts`, prefix, progress });
    results.push({ ...found.results[0], trained: one });
    for (const sentence of found.skipped) skipped.add(sentence);
  }
  return { results, segmenters, skipped: [...skipped] };
}

/** How many labels were of use, as a sentence. */
export function describeLabels(
  trained: readonly TrainedSegmenter[],
  labels: TrainingTruth,
  all: number,
): string {
  const used = trained.find(({ truth }) => truth === labels)?.card.data.photos.length ?? 0;
  return `WSV: trained on our labels of the same photos; ${used} of ${all} have crack pixels enough to be used.`;
}
