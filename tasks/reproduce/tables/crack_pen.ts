import { fullName, readMasked, type Sample } from "../../../core/datasets/sample.ts";
import type { Compute, Plane } from "../../../core/gpu/compute.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { distanceTransform } from "../../../core/kernels/distance_transform.ts";
import { thin } from "../../../core/kernels/thin.ts";
import { type GraphBranch, type Point, skeletonGraph } from "../../../core/measure/skeleton_graph.ts";
import { sweep } from "../../../core/metrics/sweep.ts";
import { Sweep } from "../../../core/metrics/sweep_result.ts";
import { ignoredPixels } from "../../../core/sampling/decoded_photo.ts";
import { describeError } from "../../cli/errors.ts";
import { startProgress } from "../../cli/progress.ts";
import { figuresOf } from "../../evaluate/figures.ts";
import { CrackPen } from "../../studio/page/crack_pen.ts";
import { type MeasuredPart, measuredPhotos } from "../measure/measured_parts.ts";
import { onEachSet, type Outcome } from "../outcome.ts";
import { dataOf } from "../paper_set.ts";
import type { Run } from "../run.ts";

/** Photos, unless a run says how many. */
const PHOTOS = 30;

/** Pixels that are forgiven in the second row: as far as outlines by two people lie apart. */
const FORGIVEN = 2;

const NOTES = [
  "Clicks are at both ends of each branch of the truth's skeleton, and at thirds of one that ends where it begins.",
  "A stroke is what the pen draws between two clicks; its milliseconds are those of the processor alone.",
];

/** What the pen drew in photos, against their truth. */
interface Drawn {
  readonly exact: Sweep;
  readonly forgiving: Sweep;
  /** Milliseconds of each stroke. */
  readonly strokes: readonly number[];
  readonly skipped: readonly string[];
}

/** How well the studio's pen draws cracks for someone who clicks where they end and meet; on the test part by default. */
export async function crackPen(run: Run): Promise<Outcome> {
  const parts = await measuredPhotos({ ...run, crackFree: [], photos: run.photos ?? PHOTOS });
  using compute = await openCompute();
  return await onEachSet(parts, (part) => ofPart(part, { compute, run }));
}

async function ofPart(
  { set, split, photos }: MeasuredPart,
  { compute, run }: { readonly compute: Compute; readonly run: Run },
): Promise<Outcome> {
  const { exact, forgiving, strokes, skipped } = await draw(photos.samples, compute, run);
  const row = (title: string, sweep: Sweep) => {
    const { ods } = figuresOf(sweep);
    return {
      title,
      figures: [
        { metric: "ODS", ours: ods.macro },
        { metric: "mean-pr", ours: ods.meanPr },
        { metric: "strokes", ours: strokes.length },
        { metric: "ms/stroke", ours: strokes.reduce((sum, time) => sum + time, 0) / strokes.length },
        { metric: "longest, ms", ours: Math.max(...strokes) },
      ],
    };
  };
  return {
    tables: [{
      title: `The crack pen on ${set.title} ${split}, ${photos.samples.length} of ${photos.all} photos`,
      rows: [row("to the pixel", exact), row(`${FORGIVEN} pixels forgiven`, forgiving)],
      notes: NOTES,
    }],
    pictures: [],
    data: [dataOf(set, split, photos)],
    classifiers: [],
    skipped,
  };
}

async function draw(samples: readonly Sample[], compute: Compute, { quiet }: Run): Promise<Drawn> {
  const exact = new Sweep(), forgiving = new Sweep([], { tolerance: FORGIVEN });
  const strokes: number[] = [], skipped: string[] = [];
  using progress = startProgress({ total: samples.length, unit: "photo", quiet });
  for (const sample of samples) {
    const name = fullName(sample);
    try {
      const { image, mask: { width, height, data, weight } } = await readMasked(sample);
      using truth = compute.upload({ width, height, channels: 1, data });
      using ignored = weight && compute.upload({ width, height, channels: 1, data: ignoredPixels(weight) });
      const pen = new CrackPen({ width, height, data: Uint8ClampedArray.from(image.data) });
      pen.prepare();
      const drawn = new Uint8Array(width * height);
      for (const clicks of await clicksOn(truth)) {
        for (const [i, to] of clicks.slice(1).entries()) {
          const start = performance.now();
          const pixels = pen.trace(clicks[i], to);
          strokes.push(performance.now() - start);
          for (const pixel of pixels) drawn[pixel] = 1;
        }
      }
      using prediction = compute.upload({ width, height, channels: 1, data: drawn });
      exact.add(await sweep(prediction, truth, { name, ignored }));
      forgiving.add(await sweep(prediction, truth, { name, ignored, tolerance: FORGIVEN }));
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      skipped.push(`${name}: ${describeError(error)}`);
      progress.note(skipped.at(-1)!);
    }
    progress.advance({ detail: name });
  }
  return { exact, forgiving, strokes, skipped };
}

/** Where a person who knows the truth would click, for each branch of it in turn. */
async function clicksOn(truth: Plane): Promise<Point[][]> {
  const { compute, width, height } = truth;
  using distancePlane = distanceTransform(truth);
  using skeletonPlane = await thin(truth);
  const [distances, skeleton] = await compute.read([distancePlane, skeletonPlane]);
  const { branches } = skeletonGraph({ width, height, skeleton, distances }, { prune: true });
  return branches.map((branch) => clicksAlong(branch, width));
}

function clicksAlong({ nodes, pixels }: GraphBranch, width: number): Point[] {
  const place = (pixel: number) => ({ x: pixel % width, y: Math.floor(pixel / width) });
  const [from, to] = nodes ?? [place(pixels[0]), place(pixels[0])];
  // A piece that is a single pixel of skeleton has none between its ends.
  if (from.x !== to.x || from.y !== to.y || pixels.length === 0) return [from, to];
  // Halfway round, both ways would be as short as each other.
  return [from, ...[1 / 3, 2 / 3].map((share) => place(pixels[Math.floor(share * pixels.length)])), to];
}
