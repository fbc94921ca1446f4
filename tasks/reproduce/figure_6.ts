import { type Compute, openCompute } from "../../core/compute.ts";
import { predictImage } from "../../core/predict_image.ts";
import { openBackend } from "../../models/backend.ts";
import { startProgress } from "../cli/progress.ts";
import { fullName } from "../data/examine.ts";
import { confidenceBytes, maskBytes } from "../photo_run/grey_bytes.ts";
import { dataOf, joinOutcomes, type Outcome, type OutcomeSegmenter, segmenterOf } from "./outcome.ts";
import { type PictureCell, pictureGrid } from "./picture_grid.ts";
import { type PhotoSet, photosOf } from "./photo_set.ts";
import { readMasked } from "./read_masked.ts";
import type { Run } from "./run.ts";
import { trainingPhotos, trainOnBoth } from "./segmenter_comparison.ts";
import { type OpenSegmenter, openSegmenter } from "./segmenters.ts";

/** Photos in a picture. */
const SHOWN = 4;

/** Figure 6: what networks predict that were trained on masks and on labels, side by side. */
export async function figure6(run: Run): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const set of run.sets) outcomes.push(await ofSet(set, run));
  return joinOutcomes(outcomes);
}

async function ofSet(set: PhotoSet, run: Run): Promise<Outcome> {
  const { split = "test", photos: limit = SHOWN } = run;
  const photos = await photosOf(set, { split, limit });
  const training = await trainingPhotos(set, run);
  const { trained, labels } = await trainOnBoth(set.name, [{ set, samples: training.samples }], run);
  using compute = await openCompute();
  await openBackend({ compute, backend: run.backend });
  using progress = startProgress({
    total: trained.length * photos.samples.length,
    unit: "photo",
    quiet: run.quiet,
  });
  const shown: { title: string; image: ImageData; cells: PictureCell[] }[] = [];
  for (const sample of photos.samples) {
    const { image, mask } = await readMasked(sample);
    const { width, height } = image;
    const cells: PictureCell[] = [
      { width, height, data: new Uint8ClampedArray(image.data) },
      { width, height, data: maskBytes(mask.data) },
    ];
    shown.push({ title: fullName(sample), image, cells });
  }
  const segmenters: OutcomeSegmenter[] = [];
  for (const one of trained) {
    using opened = await openSegmenter(one);
    segmenters.push(segmenterOf(opened));
    for (const { title, image, cells } of shown) {
      cells.push(await predictionCell(compute, image, opened));
      progress.advance({ detail: title });
    }
  }
  const columns = [
    "photo",
    "truth",
    ...trained.map(({ plan, truth }) => `${plan.title}, ${truth === labels ? "WSV" : "FSV"}`),
  ];
  return {
    tables: [],
    pictures: [{
      file: `figure-6-${set.name}.svg`,
      content: await pictureGrid(`Figure 6: predictions, ${set.title} ${split}`, columns, shown),
    }],
    data: [dataOf(set, split, photos), dataOf(set, "train", training)],
    classifiers: labels.classifiers,
    segmenters,
    skipped: [...new Set(trained.flatMap(({ skipped }) => skipped))],
  };
}

async function predictionCell(
  compute: Compute,
  image: ImageData,
  { segmenter }: OpenSegmenter,
): Promise<PictureCell> {
  const { width, height, confidence } = await predictImage(compute, image, { segmenter });
  return { width, height, data: confidenceBytes(confidence) };
}
