import { fullName, type Sample, spread } from "../../core/datasets/sample.ts";
import type { Compute } from "../../core/gpu/compute.ts";
import { openCompute } from "../../core/gpu/open_compute.ts";
import { uploadImage } from "../../core/images/upload_image.ts";
import { startProgress } from "../cli/progress.ts";
import { mapBytes, maskBytes } from "../batch/maps.ts";
import { labelRow } from "./label_rows.ts";
import { measure } from "./measure.ts";
import { dataOf, joinOutcomes, type Outcome } from "./outcome.ts";
import { type PictureCell, pictureGrid, type PictureRow } from "./picture_grid.ts";
import type { PaperSet } from "./paper_set.ts";
import { photosOfRun, type Run } from "./run.ts";
import { thresholdings } from "./thresholdings.ts";

/** Photos in the picture. */
const SHOWN = 4;

/** Figure 3: thresholds side by side, as a picture and as figures. Of the test part unless told otherwise. */
export async function figure3(run: Run): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const set of run.sets) outcomes.push(await ofSet(set, run));
  return joinOutcomes(outcomes);
}

async function ofSet(set: PaperSet, run: Run): Promise<Outcome> {
  const { split = "test" } = run;
  const photos = await photosOfRun(set, split, run);
  using compute = await openCompute();
  using progress = startProgress({ total: photos.samples.length, unit: "photo", quiet: run.quiet });
  const { results, skipped } = await measure(photos.samples, thresholdings, {
    compute,
    folder: `${run.folder}/counts`,
    prefix: `${set.name}-${split}`,
    progress,
  });
  const rows: PictureRow[] = [];
  // What cannot be read was told of when it was measured.
  const measured = new Set(results[0].sweep.images().map(({ name }) => name));
  const shown = photos.samples.filter((sample) => measured.has(fullName(sample)));
  for (const sample of spread(shown, SHOWN)) rows.push(await picturesOf(sample, compute));
  const columns = ["photo", "truth", ...thresholdings.map(({ title }) => title)];
  return {
    tables: [{
      title:
        `Thresholds without localisation, ${set.title} ${split}, ${photos.samples.length} of ${photos.all} photos`,
      rows: results.map((measurement) => labelRow(measurement.method.title, measurement)),
      notes: [
        "Each gives one binary mask: ODS and OIS are the same F1. The paper shows pictures, no figures.",
      ],
    }],
    pictures: [{
      file: `figure-3-${set.name}.svg`,
      content: await pictureGrid(`Figure 3: thresholds, ${set.title} ${split}`, columns, rows),
    }],
    data: [dataOf(set, split, photos)],
    classifiers: [],
    skipped,
  };
}

async function picturesOf(
  sample: Sample,
  compute: Compute,
): Promise<PictureRow> {
  const { image, truth: mask } = await sample.read();
  const { width, height } = image;
  const truth = typeof mask === "boolean" ? new Uint8Array(width * height) : mask.data;
  using plane = uploadImage(compute, image);
  using upload = compute.upload({ width, height, channels: 1, data: truth });
  const cells: PictureCell[] = [
    { width, height, data: image.data as PictureCell["data"] },
    { width, height, data: maskBytes(truth) },
  ];
  for (const method of thresholdings) {
    using dark = await method.predict({ image, plane, truth: upload });
    cells.push({ width, height, data: mapBytes(await dark.read(), [0, 1]) });
  }
  return { title: fullName(sample), cells };
}
