import { basename, dirname, join } from "node:path";
import { statOrNull } from "../../../core/datasets/list_files.ts";
import { fullName, readMasked, type Sample } from "../../../core/datasets/sample.ts";
import type { Compute } from "../../../core/gpu/compute.ts";
import { uploadImage } from "../../../core/images/upload_image.ts";
import { sweep } from "../../../core/metrics/sweep.ts";
import { Sweep } from "../../../core/metrics/sweep_result.ts";
import type { SweptImage } from "../../../core/metrics/swept_image.ts";
import { ignoredPixels } from "../../../core/sampling/decoded_photo.ts";
import { describeError, UsageError } from "../../cli/errors.ts";
import type { Progress } from "../../cli/progress.ts";
import { inShard, type Shard } from "../../files/shard.ts";
import { writeWhole } from "../../files/write_whole.ts";
import type { Method } from "./method.ts";

/** Options of {@linkcode measure}. */
export interface MeasureOptions {
  readonly compute: Compute;
  /** Where counts are kept: `FOLDER/PREFIX-METHOD.json`. */
  readonly folder: string;
  /** Names the photos, such as `crack500-train`. */
  readonly prefix: string;
  readonly progress: Progress;
  /** Only this part of the photos, by their names, into files of its own: `FOLDER/PREFIX-METHOD-2-of-8.json`. */
  readonly shard?: Shard;
}

/** How well a method did. */
export interface Measurement {
  readonly method: Method;
  readonly sweep: Sweep;
  /** Seconds a photo, without reading it and without counting; over all sessions. */
  readonly secondsPerPhoto: number;
}

/** What {@linkcode measure} found. */
export interface Measurements {
  readonly results: readonly Measurement[];
  /** Photos that could not be measured, each with the reason. */
  readonly skipped: readonly string[];
}

/** Milliseconds of work that a killed run may lose. */
const SAVE_EVERY = 20_000;

/**
 * Compares what methods say of photos with the truth. Counts are saved on the way: an interrupted run goes on with the photo where
 * it stopped, and one that is done answers from its counts. What parts have counted, on whatever machine, a run over all photos takes up; its figures are those
 * that it would have found alone, to the last bit.
 */
export async function measure(
  samples: readonly Sample[],
  methods: readonly Method[],
  { compute, folder, prefix, progress, shard }: MeasureOptions,
): Promise<Measurements> {
  const photos = samples.map(fullName);
  const path = ({ id }: Method) =>
    `${folder}/${prefix}-${id}${shard === undefined ? "" : `-${shard.index}-of-${shard.count}`}.json`;
  const kept: Counts[] = [], parts: string[] = [];
  for (const method of methods) {
    const counts = await readCounts(path(method), { identity: method.identity, photos });
    if (shard === undefined) parts.push(...await takeUpParts(path(method), counts));
    kept.push(counts);
  }
  const skipped: string[] = [];
  let savedAt = performance.now();
  const save = async () => {
    for (const [i, method] of methods.entries()) await writeCounts(path(method), kept[i]);
    savedAt = performance.now();
  };
  try {
    for (const [at, sample] of samples.entries()) {
      const name = photos[at];
      if (shard !== undefined && !inShard(name, shard)) continue;
      const wanted = kept.filter(({ images }) => !images.has(name));
      if (wanted.length > 0) {
        try {
          await measurePhoto(sample, { compute, name, methods, kept });
        } catch (error) {
          if (error instanceof Deno.errors.NotCapable) throw error;
          const sentence = `${name}: ${describeError(error)}`;
          skipped.push(sentence);
          progress.note(sentence);
        }
        if (performance.now() - savedAt > SAVE_EVERY) await save();
      }
      progress.advance({ detail: name, skipped: wanted.length === 0 });
    }
  } finally {
    await save();
  }
  for (const part of parts) await Deno.remove(part);
  const results = methods.map((method, i) => ({
    method,
    sweep: sweepOf(kept[i]),
    secondsPerPhoto: kept[i].seconds / Math.max(1, kept[i].images.size),
  }));
  return { results, skipped };
}

async function measurePhoto(
  sample: Sample,
  { compute, name, methods, kept }: {
    compute: Compute;
    name: string;
    methods: readonly Method[];
    kept: readonly Counts[];
  },
): Promise<void> {
  const { image, mask } = await readMasked(sample);
  using plane = uploadImage(compute, image);
  using truth = compute.upload({ width: mask.width, height: mask.height, channels: 1, data: mask.data });
  const { width, height, weight } = mask;
  using ignored = weight && compute.upload({ width, height, channels: 1, data: ignoredPixels(weight) });
  const photo = { image, plane, truth };
  for (const [i, method] of methods.entries()) {
    const counts = kept[i];
    if (counts.images.has(name)) continue;
    const start = performance.now();
    using prediction = await method.predict(photo);
    counts.seconds += (performance.now() - start) / 1000;
    const [image] = (await sweep(prediction, truth, { name, ignored })).toJSON().images;
    counts.images.set(name, image);
  }
}

/** What decides counts. */
interface Subject {
  /** Of the method. */
  readonly identity: unknown;
  /** Names of all photos that are to be counted. */
  readonly photos: readonly string[];
}

/** Counts of one method, as far as they have come. */
interface Counts extends Subject {
  /** By name. */
  readonly images: Map<string, SweptImage>;
  /** Time that the method took for them. */
  seconds: number;
}

/**
 * The counts of an earlier run, or none yet.
 *
 * @throws {UsageError} where they are of something else.
 */
export async function readCounts(path: string, { identity, photos }: Subject): Promise<Counts> {
  if (await statOrNull(path) === null) {
    return { identity, photos, images: new Map(), seconds: 0 };
  }
  const kept = parse(await Deno.readTextFile(path), path);
  if (JSON.stringify([kept.identity, kept.photos]) !== JSON.stringify([identity, photos])) {
    throw new UsageError(
      `Cannot go on with ${path}: it holds counts of ${kept.photos.length} photos by another method, or of other photos; ` +
        `give another --out, or remove it.`,
    );
  }
  const { images } = Sweep.fromJSON(kept.sweep).toJSON();
  return {
    identity,
    photos,
    images: new Map(images.map((image) => [image.name, image])),
    seconds: kept.seconds,
  };
}

/** What was counted, in the order of the photos: sums of quotients are the same to the last bit then, whoever counted what. */
function sweepOf({ photos, images }: Counts): Sweep {
  return new Sweep(photos.flatMap((name) => images.get(name) ?? []));
}

/**
 * Adds what parts have counted beside the file of all counts.
 *
 * @returns their files.
 * @throws {UsageError} where they are of something else.
 */
async function takeUpParts(path: string, counts: Counts): Promise<string[]> {
  const folder = dirname(path), stem = `${basename(path).replace(/\.json$/, "")}-`;
  if (await statOrNull(folder) === null) return [];
  const parts: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (name.startsWith(stem) && /^\d+-of-\d+\.json$/.test(name.slice(stem.length))) {
      parts.push(join(folder, name));
    }
  }
  for (const part of parts) {
    const { images, seconds } = await readCounts(part, counts);
    const before = counts.images.size;
    for (const [name, image] of images) if (!counts.images.has(name)) counts.images.set(name, image);
    // Of a part that a killed run had taken up already, nothing is new, its time included.
    if (images.size > 0) counts.seconds += seconds * (counts.images.size - before) / images.size;
  }
  return parts;
}

/** Writes counts, whole or not at all. */
async function writeCounts(path: string, counts: Counts): Promise<void> {
  const { identity, photos, seconds } = counts;
  await writeWhole(path, `${JSON.stringify({ identity, photos, seconds, sweep: sweepOf(counts) })}\n`);
}

function parse(text: string, path: string): Subject & { seconds: number; sweep: unknown } {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(
      `Cannot go on with ${path}: it is not JSON; remove it, and its photos are counted again.`,
    );
  }
}
