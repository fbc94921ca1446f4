import { fullName, readMasked } from "../../../core/datasets/sample.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { predictImage } from "../../../core/predict/predict_image.ts";
import { openBackend } from "../../../models/backend.ts";
import { confidenceBytes, maskBytes } from "../../batch/map_bytes.ts";
import { describeError } from "../../cli/errors.ts";
import { startProgress } from "../../cli/progress.ts";
import { printable, writeErr } from "../../cli/terminal.ts";
import type { Outcome, OutcomePicture, OutcomeSegmenter } from "../outcome.ts";
import { dataOf, type PaperSet, type Photos, photosOf } from "../paper_set.ts";
import { SUPERVISION } from "../published.ts";
import { type Run, trainedOnSuffix, trainingSetTitle } from "../run.ts";
import { openSegmenter, segmenterOf } from "../training/segmenters.ts";
import { networksOfRun } from "../training/trained_networks.ts";
import { type PictureCell, pictureGrid } from "./picture_grid.ts";

/** Photos of a set in its pictures. */
const SHOWN = 4;

/** A photo of pictures, with its mask. */
interface Shown {
  readonly title: string;
  readonly image: ImageData;
  readonly photo: PictureCell;
  readonly truth: PictureCell;
  /** What each network says of it, by the network's id. */
  readonly predictions: Map<string, PictureCell>;
}

/** The photos of a set in its pictures. */
interface ShownSet {
  readonly set: PaperSet;
  readonly photos: Photos;
  readonly shown: readonly Shown[];
  /** Photos that could not be read, each with the reason. */
  readonly skipped: readonly string[];
}

/** Figure 6: what networks predict that were trained with each truth on the training set, side by side: a picture a set and network. */
export async function figure6(run: Run): Promise<Outcome> {
  const { split = "test", backend, quiet } = run;
  const { trained, data, classifiers } = await networksOfRun(run);
  const sets: ShownSet[] = [];
  for (const set of run.sets) sets.push(await shownOf(set, run));
  using compute = await openCompute();
  await openBackend({ compute, backend });
  const all = sets.flatMap(({ shown }) => shown);
  using progress = startProgress({ total: trained.length * all.length, unit: "photo", quiet });
  const segmenters: OutcomeSegmenter[] = [];
  for (const one of trained) {
    using opened = await openSegmenter(one);
    segmenters.push(segmenterOf(opened));
    const { segmenter } = opened;
    for (const { title, image, predictions } of all) {
      const { width, height, confidence } = await predictImage(compute, image, { segmenter });
      predictions.set(one.id, { width, height, data: confidenceBytes(confidence) });
      progress.advance({ detail: title });
    }
  }
  const pictures: OutcomePicture[] = [];
  for (const { set, shown } of sets) {
    for (const [plan, ofPlan] of Map.groupBy(trained, ({ plan }) => plan)) {
      const what = `${set.title} ${split}, ${plan.title}, trained on ${trainingSetTitle(run)}`;
      const columns = ["photo", "truth", ...ofPlan.map(({ truth }) => SUPERVISION[truth.name])];
      const rows = shown.map(({ title, photo, truth, predictions }) => ({
        title,
        cells: [photo, truth, ...ofPlan.map(({ id }) => predictions.get(id)!)],
      }));
      pictures.push({
        file: `figure-6-${set.name}-${plan.id}${trainedOnSuffix(run)}.svg`,
        content: await pictureGrid(`Figure 6: predictions, ${what}`, columns, rows),
      });
    }
  }
  return {
    tables: [],
    pictures,
    data: [...sets.map(({ set, photos }) => dataOf(set, split, photos)), data],
    classifiers,
    segmenters,
    skipped: [...new Set([...trained, ...sets].flatMap(({ skipped }) => skipped))],
  };
}

async function shownOf(set: PaperSet, { split = "test", photos: limit = SHOWN }: Run): Promise<ShownSet> {
  const photos = await photosOf(set, { split, limit });
  const shown: Shown[] = [], skipped: string[] = [];
  for (const sample of photos.samples) {
    const title = fullName(sample);
    try {
      const { image, mask } = await readMasked(sample);
      const { width, height } = image;
      shown.push({
        title,
        image,
        photo: { width, height, data: new Uint8ClampedArray(image.data) },
        truth: { width, height, data: maskBytes(mask.data) },
        predictions: new Map(),
      });
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      skipped.push(`${title}: ${describeError(error)}`);
      writeErr(`${printable(skipped.at(-1)!)}\n`);
    }
  }
  return { set, photos, shown, skipped };
}
