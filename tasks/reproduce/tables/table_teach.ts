import { openCompute } from "../../../core/gpu/open_compute.ts";
import { hairlineLabeller } from "../../../core/label/hairline/hairline_label.ts";
import type { Sweep } from "../../../core/metrics/sweep_result.ts";
import { openBackend } from "../../../models/backend.ts";
import { startProgress } from "../../cli/progress.ts";
import { crackFreeTable } from "../measure/crack_free_table.ts";
import { maskFigures, sweptImages } from "../measure/mask_figures.ts";
import { measure } from "../measure/measure.ts";
import { type MeasuredPart, measuredPhotos } from "../measure/measured_parts.ts";
import { labellerMethods } from "../measure/method.ts";
import type { Figure, Outcome, OutcomeRow, OutcomeSegmenter, OutcomeTable } from "../outcome.ts";
import { dataOf } from "../paper_set.ts";
import type { TeachingScale } from "../teaching_plans.ts";
import type { Run } from "../run.ts";
import { loadTrained } from "../training/segmenters.ts";
import {
  lessonsOf,
  type TaughtNetwork,
  taughtPhotos,
  taughtSegmenterOf,
  teachLessons,
} from "../training/taught_networks.ts";

/** A taught network with its sweep of each measured part, in their order. */
interface MeasuredNetwork extends TaughtNetwork {
  readonly sweeps: readonly Sweep[];
}

/**
 * What labels of patches are worth beside masks: the same network with the same crops, taught by patches of several sizes, by whole photos and by masks,
 * on the test part of every set and on crack-free photos.
 */
export async function tableTeach(run: Run): Promise<Outcome> {
  return await teachingTable(run, run.scale.teaching);
}

/** The same of the network that ships, taught further. */
export async function tableTeachFurther(run: Run): Promise<Outcome> {
  return await teachingTable(run, run.scale.furtherTeaching);
}

async function teachingTable(run: Run, teaching: TeachingScale): Promise<Outcome> {
  // A part that is not there is reported before anything is trained.
  const parts = await measuredPhotos(run);
  const { sets, samples, data } = await taughtPhotos(run, teaching);
  const lessons = await lessonsOf(samples, teaching.grids, run.lessons);
  const taught = await teachLessons(lessons, { sets, run, teaching });
  const { measured, segmenters, skipped } = await measureTaught(taught, parts, run);
  const rows = lessons.map((lesson) => measured.filter((one) => one.lesson === lesson));
  const clear = parts.flatMap(({ crackFree }, i) => crackFree ? [i] : []);
  const whole = lessons.some(({ id }) => id === "whole");
  const { seeds = 1 } = run;
  const notes = [
    `Taught on ${samples.length} photos: ${
      data.map(({ set, photos, all }) => `${photos} of the ${all} of ${set} train`).join(", ")
    }${samples.length > photosIn(data) ? `, ${samples.length - photosIn(data)} labelled as a whole` : ""}.`,
    "Measured as `label` uses a network: at the scales of the method hairline.",
    "labelled patches: decisions of somebody who labels; a mask decides on each pixel. F1 at 0.5: the mean over photos.",
    ...(clear.length > 0
      ? ["crack-free: share of the pixels of crack-free photos that are called crack at 0.5."]
      : []),
    ...(whole || (run.lessons ?? []).length > 0
      ? []
      : ["No row of whole photos: all of them show a crack, or none does."]),
    ...(seeds > 1 ? [`Mean ± standard deviation of ${seeds} trainings that differ in their seeds.`] : []),
  ];
  const tables = parts.map((part, at): OutcomeTable => {
    const { set, split, photos, crackFree } = part;
    const what = `${photos.samples.length} of ${photos.all} photos, taught on ${
      sets.map(({ title }) => title).join(", ")
    }`;
    if (crackFree) {
      return crackFreeTable(
        `Taught networks on ${set.title}, crack-free, ${what}`,
        rows.map((networks, i) => ({
          title: lessons[i].title,
          images: networks.flatMap(({ sweeps }) => sweptImages(sweeps[at])),
        })),
      );
    }
    return {
      title: `Taught networks on ${set.title} ${split}, ${what}`,
      rows: rows.map((networks, i) => lessonRow(lessons[i].title, networks, { at, clear })),
      notes,
    };
  });
  return {
    tables,
    pictures: [],
    data: [...data, ...parts.map(({ set, split, photos }) => dataOf(set, split, photos))],
    classifiers: [],
    segmenters,
    skipped,
  };
}

function photosIn(data: Outcome["data"]): number {
  return data.reduce((sum, { photos }) => sum + photos, 0);
}

/** Shows each network the photos of every part. */
async function measureTaught(
  taught: readonly TaughtNetwork[],
  parts: readonly MeasuredPart[],
  { folder, backend, quiet }: Run,
): Promise<{
  readonly measured: readonly MeasuredNetwork[];
  readonly segmenters: readonly OutcomeSegmenter[];
  readonly skipped: readonly string[];
}> {
  using compute = await openCompute();
  await openBackend({ compute, backend });
  const photos = parts.reduce((sum, { photos: { samples } }) => sum + samples.length, 0);
  using progress = startProgress({ total: taught.length * photos, unit: "photo", quiet });
  const measured: MeasuredNetwork[] = [], segmenters: OutcomeSegmenter[] = [], skipped = new Set<string>();
  for (const one of taught) {
    const opened = await loadTrained(one.path);
    using _segmenter = opened.segmenter;
    segmenters.push(taughtSegmenterOf(one, opened));
    const { confidence: method } = labellerMethods({
      id: one.id,
      title: one.lesson.title,
      labeller: hairlineLabeller(compute, { segmenter: opened.segmenter }),
      networks: { segmenter: opened.sha256 },
    });
    const sweeps: Sweep[] = [];
    for (const { prefix, photos: { samples } } of parts) {
      const found = await measure(samples, [method], {
        compute,
        folder: `${folder}/counts`,
        prefix,
        progress,
      });
      sweeps.push(found.results[0].sweep);
      for (const sentence of found.skipped) skipped.add(sentence);
    }
    measured.push({ ...one, sweeps });
  }
  return { measured, segmenters, skipped: [...skipped] };
}

/**
 * The networks that were taught by one lesson, on one part.
 *
 * @param options `at`: which of the parts; `clear`: those that are crack-free.
 */
function lessonRow(
  title: string,
  networks: readonly MeasuredNetwork[],
  { at, clear }: { readonly at: number; readonly clear: readonly number[] },
): OutcomeRow {
  const over = (metric: string, figure: (network: MeasuredNetwork) => number) =>
    figureOver(metric, networks.map(figure));
  return {
    title,
    figures: [
      { metric: "labelled patches", ours: networks[0].summary.cost.patches },
      over("ODS", ({ sweeps }) => sweeps[at].ods().value),
      over("F1 at 0.5", ({ sweeps }) => maskFigures(sweptImages(sweeps[at])).f1),
      ...(clear.length === 0 ? [] : [
        over(
          "crack-free",
          ({ sweeps }) => maskFigures(clear.flatMap((at) => sweptImages(sweeps[at]))).called,
        ),
      ]),
    ],
  };
}

/** A figure of one training, or the mean of several and their (sample) standard deviation. */
export function figureOver(metric: string, values: readonly number[]): Figure {
  const count = values.length;
  const ours = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { metric, ours };
  const squares = values.reduce((sum, value) => sum + (value - ours) ** 2, 0);
  return { metric, ours, spread: Math.sqrt(squares / (count - 1)) };
}
