import { join } from "node:path";
import { mapOrdered, Semaphore } from "../../core/concurrency.ts";
import { compareNames } from "../../core/datasets/list_files.ts";
import type { Compute } from "../../core/gpu/compute.ts";
import { decodeImage } from "../../core/images/decode_image.ts";
import { describeError, UsageError } from "../cli/errors.ts";
import { type Progress, startProgress } from "../cli/progress.ts";
import { writeErr } from "../cli/terminal.ts";
import { VERSION } from "../cli/version.ts";
import { lockFolder } from "../files/locks.ts";
import { listPhotos, type Photo } from "../files/photos.ts";
import { sha256 } from "../files/sha256.ts";
import { formatShard, inShard, type Shard } from "../files/shard.ts";
import { writeWhole } from "../files/write_whole.ts";
import {
  type FailureRecord,
  mergeRecords,
  type PhotoRecord,
  readManifests,
  removeShardFiles,
  runFile,
  type RunManifest,
  type Runtime,
  type TaskNouns,
  writeManifest,
} from "./manifests.ts";

/** A task that makes files of each photo, with its network loaded. */
export interface BatchTask<Record extends PhotoRecord, Settings extends object, Output> {
  readonly compute: Compute;
  readonly runtime: Runtime;
  /** What the outputs depend on, apart from the photo; it stands in the manifest. */
  readonly settings: Settings;
  /** Pixels of the photos that are computed at a time; a larger photo is computed alone. Default 2²⁰. */
  readonly pixelsAtOnce?: number;
  /** How earlier outputs were made otherwise: what was used then, and what is now. */
  difference(before: Settings): { readonly was: string; readonly is: string } | undefined;
  /** Makes what is to be written of a photo. */
  process(image: ImageData, photo: Photo): Promise<Output>;
  /** Writes it, each file whole or not at all. */
  write(name: string, output: Output): Promise<void>;
  /** The record of a photo whose files are written. */
  record(facts: PhotoFacts, output: Output): Record;
  /** Whether the files of an earlier record, and all that are wanted now, are there. */
  isDone(record: Record): Promise<boolean>;
  /** When the files of a record were made, as ISO 8601 in UTC. */
  madeAt(record: Record): string;
  /** The report, piece by piece. */
  report(manifest: Pick<RunManifest<Record>, "photos" | "failures">): AsyncIterable<string>;
}

/** What a run knows of a photo whose files are written. */
export interface PhotoFacts {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly seconds: number;
  /** Now, as ISO 8601 in UTC. */
  readonly now: string;
}

/** What every record of a photo begins with. */
export function recordedPhoto(
  { name, path, sha256 }: PhotoFacts,
  { width, height, crackPixels, scales, warning }: Pick<
    PhotoRecord,
    "width" | "height" | "crackPixels" | "scales" | "warning"
  >,
): Omit<PhotoRecord, "seconds"> {
  return {
    ...{ name, path, sha256, width, height, crackPixels, crackShare: crackPixels / (width * height) },
    ...(scales === undefined ? {} : { scales }),
    ...(warning === undefined ? {} : { warning }),
  };
}

/** Which photos a run is over, and where to. */
export interface BatchOptions {
  /** Photos and folders of photos. */
  readonly paths: readonly string[];
  /** The folder of outputs. */
  readonly out: string;
  /** The part of the photos that it is over. */
  readonly shard?: Shard;
  /** No progress. */
  readonly quiet: boolean;
}

/** What came out. */
export interface BatchSummary<Record extends PhotoRecord> {
  readonly manifest: string;
  readonly report: string;
  /** The photos of this run, those that an earlier one had done included. */
  readonly photos: readonly Record[];
  /** How many of them an earlier run had done. */
  readonly skipped: number;
  readonly failures: readonly FailureRecord[];
}

/** Milliseconds of work that a killed run may have to do again. */
const SAVE_EVERY = 5000;

/**
 * Photos begun and not recorded: while one is written, one or two are computed and the next is decoded, so that neither a core nor
 * the device waits.
 */
const AT_ONCE = 4;

/**
 * Pixels computed at a time where the task does not say: small photos overlap, so that the device works while the network does, and
 * large ones come one by one.
 */
const PIXELS_AT_ONCE = 2 ** 20;

/** What became of a photo. */
type Outcome<Record> =
  | { readonly kind: "done" | "skipped"; readonly record: Record }
  | { readonly kind: "failed"; readonly failure: FailureRecord };

/** Whether an earlier record under the name of a photo speaks of another photo, which is still there. */
async function isTaken(record: PhotoRecord, photo: Photo): Promise<boolean> {
  try {
    return await Deno.realPath(record.path) !== await Deno.realPath(photo.path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}

/** One run over the photos of a folder of outputs that is locked for it. */
class BatchRun<Record extends PhotoRecord, Settings extends object, Output> {
  readonly #options: BatchOptions;
  readonly #nouns: TaskNouns;
  readonly #task: BatchTask<Record, Settings, Output>;
  /** All records of the folder, this run's and earlier ones'. */
  readonly #records: Map<string, Record>;
  readonly #failures: FailureRecord[] = [];
  readonly #manifestPath: string;
  #skipped = 0;
  #savedAt = performance.now();
  /** When the last photo was done. */
  #doneAt = performance.now();
  /** One photo is read and decoded at a time, and waits until it may be computed. */
  readonly #decoding = new Semaphore(1);
  readonly #computing: Semaphore;
  #deviceLost = false;

  constructor(
    options: BatchOptions & { readonly nouns: TaskNouns },
    task: BatchTask<Record, Settings, Output>,
    records: Map<string, Record>,
  ) {
    this.#options = options;
    this.#nouns = options.nouns;
    this.#task = task;
    this.#computing = new Semaphore(task.pixelsAtOnce ?? PIXELS_AT_ONCE);
    this.#records = records;
    this.#manifestPath = join(options.out, runFile("manifest", options.shard));
    task.compute.device.lost.then(() => this.#deviceLost = true);
  }

  async run(photos: readonly Photo[]): Promise<BatchSummary<Record>> {
    const { out, shard, quiet } = this.#options;
    // First of all, so that the folder is known as Hairline's own from its first output on.
    await this.#save();
    try {
      using progress = startProgress({ total: photos.length, unit: "photo", quiet });
      for await (
        const outcome of mapOrdered(photos, (photo) => this.#processPhoto(photo), { atOnce: AT_ONCE })
      ) {
        const { name } = this.#record(outcome, progress);
        progress.advance({ detail: name, skipped: outcome.kind === "skipped" });
        if (performance.now() - this.#savedAt > SAVE_EVERY) await this.#save();
      }
    } catch (error) {
      // What ends the run may be a full disk, which refuses this, too: the first error is the one to report.
      await this.#save().catch(() => {});
      throw error;
    }
    await this.#save();
    const done = photos.flatMap(({ name }) => this.#failed(name) ? [] : this.#records.get(name) ?? []);
    const report = join(out, runFile("report", shard));
    if (!quiet) writeErr("Writing the report.\n");
    await writeWhole(report, this.#task.report({ photos: done, failures: this.#failures }));
    return {
      manifest: this.#manifestPath,
      report,
      photos: done,
      skipped: this.#skipped,
      failures: this.#failures,
    };
  }

  async #processPhoto(photo: Photo): Promise<Outcome<Record>> {
    const { compute } = this.#task;
    const { name, path } = photo;
    using decoding = await this.#decoding.take(1);
    const start = performance.now();
    let output, hash;
    try {
      const bytes = await Deno.readFile(path);
      hash = await sha256(bytes);
      const before = this.#records.get(name);
      if (before?.sha256 === hash && await this.#task.isDone(before)) {
        // The photo may have moved since: its new place is where the report finds it.
        return { kind: "skipped", record: { ...before, path } };
      }
      if (before !== undefined && before.sha256 !== hash && await isTaken(before, photo)) {
        const { task, output } = this.#nouns;
        throw new UsageError(
          `Cannot ${task} it into ${this.#options.out}: ${name} is the name of the ${output} of ${before.path} there; ` +
            "choose another folder.",
        );
      }
      const image = await decodeImage(bytes);
      using _computing = await this.#computing.take(image.width * image.height);
      decoding[Symbol.dispose]();
      output = await this.#task.process(image, photo);
    } catch (error) {
      // The loss of the device may become known a moment after the first failure that it causes.
      await Promise.race([compute.device.lost, new Promise((resolve) => setTimeout(resolve, 20))]);
      // Throws what there is to say of the loss: other errors are its echoes.
      if (this.#deviceLost) await compute.read([]);
      if (this.#deviceLost || error instanceof Deno.errors.NotCapable) throw error;
      return { kind: "failed", failure: { name, path, error: describeError(error) } };
    }
    await this.#task.write(name, output);
    const facts = {
      name,
      path,
      sha256: hash,
      seconds: this.#secondsSince(start),
      now: new Date().toISOString(),
    };
    return { kind: "done", record: this.#task.record(facts, output) };
  }

  /** The time that a photo took, without what it shared with the one before: so photos sum up to the time of the run. */
  #secondsSince(start: number): number {
    const before = Math.max(start, this.#doneAt);
    this.#doneAt = performance.now();
    return (this.#doneAt - before) / 1000;
  }

  #record(outcome: Outcome<Record>, progress: Progress): PhotoRecord | FailureRecord {
    if (outcome.kind === "failed") {
      this.#failures.push(outcome.failure);
      progress.note(`${outcome.failure.path}: ${outcome.failure.error}`);
      return outcome.failure;
    }
    this.#records.set(outcome.record.name, outcome.record);
    const { path, warning } = outcome.record;
    if (outcome.kind === "skipped") this.#skipped++;
    else if (warning !== undefined) progress.note(`${path}: ${warning}`);
    return outcome.record;
  }

  #failed(name: string): boolean {
    return this.#failures.some((failure) => failure.name === name);
  }

  async #save(): Promise<void> {
    const { shard } = this.#options;
    const { settings, runtime } = this.#task;
    const photos = [...this.#records.values()]
      .filter(({ name }) => shard === undefined || inShard(name, shard))
      .sort((a, b) => compareNames(a.name, b.name));
    await writeManifest(this.#manifestPath, {
      program: "hairline",
      version: VERSION,
      task: this.#nouns.task,
      ...settings,
      runtime,
      ...(shard === undefined ? {} : { shard: formatShard(shard) }),
      photos,
      failures: this.#failures,
    });
    this.#savedAt = performance.now();
  }
}

/**
 * Refuses to mix outputs that were made in different ways.
 *
 * @throws {UsageError} that names the first difference.
 */
function requireSameSettings<Record extends PhotoRecord, Settings extends object>(
  manifest: RunManifest<Record> & Settings,
  task: Pick<BatchTask<Record, Settings, unknown>, "difference">,
  { out, nouns }: { readonly out: string; readonly nouns: TaskNouns },
): void {
  const difference = manifest.photos.length === 0 ? undefined : task.difference(manifest);
  if (difference === undefined) return;
  const { was, is } = difference;
  throw new UsageError(
    `Cannot add to the ${nouns.outputs} in ${out}: they were made with ${was}, not ${is}; choose another folder, or the ` +
      "same settings.",
  );
}

/**
 * Runs a task over photos, into a folder that is kept for it. A photo whose files are there, from the same bytes and settings, is
 * skipped, so that an interrupted run goes on where it ended. A photo that fails is noted, and the others go on.
 *
 * @param options `open`: opens the device and the network, once it is clear that there is work for them; it is given the manifests of earlier
 * runs, which shards have several of.
 * @throws {UsageError} if there is nothing to do, another run is at work, or the folder holds other things.
 */
export async function runOverPhotos<Record extends PhotoRecord, Settings extends object, Output>(
  options: BatchOptions,
  { nouns, open }: {
    readonly nouns: TaskNouns;
    readonly open: (
      before: readonly (RunManifest<Record> & Settings)[],
    ) => Promise<BatchTask<Record, Settings, Output>>;
  },
): Promise<BatchSummary<Record>> {
  const { paths, out, shard, quiet } = options;
  const { photos, ignored } = await listPhotos(paths, { outputs: out });
  using _lock = await lockFolder(out, shard);
  const manifests = await readManifests<RunManifest<Record> & Settings>(out, nouns);
  if (!quiet) {
    for (const path of ignored) writeErr(`Passing over ${path}: it is no JPEG, PNG or TIFF file.\n`);
  }
  const task = await open(manifests);
  for (const manifest of manifests) requireSameSettings(manifest, task, { out, nouns });
  const records = mergeRecords(manifests, (record) => task.madeAt(record));
  const run = new BatchRun({ ...options, nouns }, task, records);
  const summary = await run.run(
    shard === undefined ? photos : photos.filter(({ name }) => inShard(name, shard)),
  );
  if (shard === undefined) await removeShardFiles(out);
  return summary;
}
