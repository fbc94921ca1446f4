import { fullName, type Sample, spread } from "../../../core/datasets/sample.ts";
import type { Compute, Plane } from "../../../core/gpu/compute.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { uploadImage } from "../../../core/images/upload_image.ts";
import { applyThreshold } from "../../../core/kernels/apply_threshold.ts";
import { bilateralFilter } from "../../../core/kernels/bilateral_filter.ts";
import { grayscale } from "../../../core/kernels/grayscale.ts";
import { niblackThreshold } from "../../../core/kernels/niblack_threshold.ts";
import { otsuThresholds } from "../../../core/kernels/otsu_thresholds.ts";
import { patchThreshold } from "../../../core/kernels/patch_threshold.ts";
import { sauvolaThreshold } from "../../../core/kernels/sauvola_threshold.ts";
import { mapBytes, maskBytes } from "../../batch/map_bytes.ts";
import { startProgress } from "../../cli/progress.ts";
import { inShard, type Shard } from "../../files/shard.ts";
import { labelRow } from "../measure/label_rows.ts";
import { measure, type Measurements } from "../measure/measure.ts";
import type { Method } from "../measure/method.ts";
import { type CountedPart, onEachSet, type Outcome } from "../outcome.ts";
import { dataOf, type PaperSet } from "../paper_set.ts";
import { photosOfRun, type Run } from "../run.ts";
import { type PictureCell, pictureGrid, type PictureRow } from "./picture_grid.ts";

/** Photos in the picture. */
const SHOWN = 4;

/** Figure 3: thresholds side by side, as a picture and as figures. Of the test part by default. */
export async function figure3(run: Run): Promise<Outcome> {
  return await onEachSet(run.sets, (set) => ofSet(set, run));
}

/** Counts one part of the photos for {@linkcode figure3}. */
export async function countFigure3(run: Run, shard: Shard): Promise<CountedPart> {
  using compute = await openCompute();
  let photos = 0;
  const skipped: string[] = [];
  for (const set of run.sets) {
    const { split = "test" } = run;
    const { samples } = await photosOfRun(set, split, run);
    const found = await measureThresholds(samples, { compute, set, split, run, shard });
    photos += found.results[0].sweep.size;
    skipped.push(...found.skipped);
  }
  return { photos, skipped };
}

async function measureThresholds(
  samples: readonly Sample[],
  { compute, set, split, run: { folder, quiet }, shard }: {
    readonly compute: Compute;
    readonly set: PaperSet;
    readonly split: string;
    readonly run: Run;
    readonly shard?: Shard;
  },
): Promise<Measurements> {
  const total = samples.filter((sample) => shard === undefined || inShard(fullName(sample), shard)).length;
  using progress = startProgress({ total, unit: "photo", quiet });
  const prefix = `${set.name}-${split}`;
  return await measure(samples, thresholdings, {
    compute,
    folder: `${folder}/counts`,
    prefix,
    progress,
    shard,
  });
}

async function ofSet(set: PaperSet, run: Run): Promise<Outcome> {
  const { split = "test" } = run;
  const photos = await photosOfRun(set, split, run);
  using compute = await openCompute();
  const { results, skipped } = await measureThresholds(photos.samples, { compute, set, split, run });
  const rows: PictureRow[] = [];
  // What cannot be read was reported when it was measured.
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

/** A way to part dark pixels from the others: H × W × 1, 0..255, to H × W × 1, 1 where dark. */
type Threshold = (grey: Plane) => Plane | Promise<Plane>;

/** Those of the paper's Figure 3, in its order. */
const THRESHOLDS: readonly [id: string, title: string, threshold: Threshold][] = [
  ["otsu-2", "Otsu, whole image", (grey) => otsu(grey, 2)],
  ["otsu-3", "Multi-Otsu, whole image", (grey) => otsu(grey, 3)],
  ["niblack", "Niblack, window 33", (grey) => niblackThreshold(grey)],
  ["sauvola", "Sauvola, window 33", (grey) => sauvolaThreshold(grey)],
  ["patches", "Multi-Otsu, patches (ours)", (grey) => patchThreshold(grey)],
];

/** Thresholds as methods, each on the denoised grey image of the label's stage 7. */
export const thresholdings: readonly Method[] = THRESHOLDS.map(([id, title, threshold]) => ({
  id: `3-${id}`,
  title,
  identity: { threshold: id, of: "bilateral filter, grey" },
  predict: async ({ plane }) => {
    using denoised = bilateralFilter(plane);
    using grey = grayscale(denoised);
    return await threshold(grey);
  },
}));

/** Dark pixels by the lowest threshold; the image's own grey values are the histogram's levels, rounded to integers. */
async function otsu(grey: Plane, classes: 2 | 3): Promise<Plane> {
  const [lowest] = await otsuThresholds(grey, { classes });
  // A level stands for the values that round to it.
  return applyThreshold(grey, lowest < 0 ? lowest : lowest + 0.5);
}
