import type { Sample } from "../../../core/datasets/sample.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { predictImage } from "../../../core/predict/predict_image.ts";
import { openBackend } from "../../../models/backend.ts";
import { startProgress } from "../../cli/progress.ts";
import type { OutcomeData, OutcomeSegmenter } from "../outcome.ts";
import { dataOf, type PaperSet, type Photos, photosOf } from "../paper_set.ts";
import { type Run, trainingSetTitle } from "../run.ts";
import {
  type OpenSegmenter,
  openSegmenter,
  segmenterOf,
  type TrainedSegmenter,
} from "../training/segmenters.ts";
import { measure, type Measurement } from "./measure.ts";
import type { Method } from "./method.ts";

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

/** Photos of a part of a set that networks of a run are measured on. */
export async function testPhotos(
  set: PaperSet,
  { split = "test", photos, scale: { segmentation } }: Pick<Run, "split" | "photos" | "scale">,
): Promise<Photos> {
  return await photosOf(set, { split, limit: photos ?? segmentation.testPhotos });
}

/** Compares what networks predict for photos of a part of a set, the test part unless the run names another, with the truth. */
export async function measureOnSet(
  trained: readonly TrainedSegmenter[],
  set: PaperSet,
  run: Run,
): Promise<SegmenterMeasurements & { readonly data: OutcomeData; /** For titles. */ readonly what: string }> {
  const { split = "test" } = run;
  const photos = await testPhotos(set, run);
  const found = await measureSegmenters(trained, photos.samples, { prefix: `${set.name}-${split}`, run });
  const what = `${set.title} ${split}, ${photos.samples.length} of ${photos.all} photos, ` +
    `trained on ${trainingSetTitle(run)}`;
  return { ...found, data: dataOf(set, split, photos), what };
}

/**
 * Compares what networks predict for whole photos with the truth.
 *
 * @param options `prefix`: names the photos, such as `dcd-test`.
 */
export async function measureSegmenters(
  trained: readonly TrainedSegmenter[],
  samples: readonly Sample[],
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
    const { id, plan, truth } = opened;
    const method = segmenterMethod({ ...opened, id, title: `${plan.title}, ${truth.title}` });
    const found = await measure(samples, [method], { compute, folder: `${folder}/counts`, prefix, progress });
    results.push({ ...found.results[0], trained: one });
    for (const sentence of found.skipped) skipped.add(sentence);
  }
  return { results, segmenters, skipped: [...skipped] };
}

/** The predictions of a segmentation network for whole photos. */
export function segmenterMethod(
  { id, title, segmenter, sha256 }:
    & Pick<OpenSegmenter, "segmenter" | "sha256">
    & Pick<Method, "id" | "title">,
): Method {
  return {
    id,
    title,
    identity: { segmenter: sha256 },
    predict: async ({ image, plane: { compute } }) => {
      const { width, height, confidence } = await predictImage(compute, image, { segmenter });
      return compute.upload({ width, height, channels: 1, data: confidence });
    },
  };
}
