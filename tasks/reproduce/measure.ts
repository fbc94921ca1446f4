import type { Compute } from "../../core/gpu/compute.ts";
import type { DatasetSample } from "../../core/datasets/types.ts";
import { sweep } from "../../core/metrics/sweep.ts";
import type { Sweep } from "../../core/metrics/sweep_result.ts";
import { uploadImage } from "../../core/images/upload_image.ts";
import { describeError } from "../cli/errors.ts";
import type { Progress } from "../cli/progress.ts";
import { fullName } from "../data/examine.ts";
import { type Counts, readCounts, writeCounts } from "./counts.ts";
import type { Method } from "./method.ts";
import { readMasked } from "./read_masked.ts";

/** Options of {@linkcode measure}. */
export interface MeasureOptions {
  readonly compute: Compute;
  /** Where counts are kept: `FOLDER/PREFIX-METHOD.json`. */
  readonly folder: string;
  /** Names the photos, such as `crack500-train`. */
  readonly prefix: string;
  readonly progress: Progress;
}

/** How well a method did. */
export interface Measurement {
  readonly method: Method;
  readonly sweep: Sweep;
  /** Seconds a photo, without reading it and without counting; over all sittings. */
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
 * Compares what methods say of photos with the truth. Counts are saved on the way: a run that was broken off goes on with the photo where
 * it stopped, and one that is done answers from its counts.
 */
export async function measure(
  samples: readonly DatasetSample[],
  methods: readonly Method[],
  { compute, folder, prefix, progress }: MeasureOptions,
): Promise<Measurements> {
  const photos = samples.map(fullName);
  const path = ({ id }: Method) => `${folder}/${prefix}-${id}.json`;
  const kept: Counts[] = await Promise.all(
    methods.map((method) => readCounts(path(method), { identity: method.identity, photos })),
  );
  const skipped: string[] = [];
  let savedAt = performance.now();
  const save = async () => {
    for (const [i, method] of methods.entries()) await writeCounts(path(method), kept[i]);
    savedAt = performance.now();
  };
  try {
    for (const [at, sample] of samples.entries()) {
      const name = photos[at];
      const wanted = methods.filter((_, i) => !kept[i].done.has(name));
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
  const results = methods.map((method, i) => ({
    method,
    sweep: kept[i].sweep,
    secondsPerPhoto: kept[i].seconds / Math.max(1, kept[i].sweep.size),
  }));
  return { results, skipped };
}

async function measurePhoto(
  sample: DatasetSample,
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
  const photo = { image, plane, truth };
  for (const [i, method] of methods.entries()) {
    const counts = kept[i];
    if (counts.done.has(name)) continue;
    const start = performance.now();
    using prediction = await method.predict(photo);
    counts.seconds += (performance.now() - start) / 1000;
    counts.sweep.add(await sweep(prediction, truth, { name }));
    counts.done.add(name);
  }
}
