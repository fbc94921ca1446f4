import { join } from "node:path";
import { decodeImage } from "../../core/images/decode_image.ts";
import { mapOrdered, Semaphore } from "../../core/concurrency.ts";
import { describeError, UsageError } from "../cli/errors.ts";
import { lockFolder } from "../files/locks.ts";
import { compareNames, listPhotos, type Photo } from "../files/photos.ts";
import { type Progress, startProgress } from "../cli/progress.ts";
import { formatShard, inShard, type Shard } from "../files/shard.ts";
import { writeErr } from "../cli/terminal.ts";
import { VERSION } from "../cli/version.ts";
import { writeWhole } from "../files/write_whole.ts";
import { mergeRecords, readManifests, removeShardFiles, runFile, writeManifest } from "./manifests.ts";
import type { PhotoTask, TaskNouns } from "./batch_task.ts";
import type { FailureRecord, PhotoRecord, RunManifest } from "./records.ts";

/** Which photos a run takes on, and where to. */
export interface PhotoRunOptions {
  /** Photos and folders of photos. */
  readonly paths: readonly string[];
  /** The folder of outputs. */
  readonly out: string;
  /** The part of the photos to take on. */
  readonly shard?: Shard;
  /** No progress. */
  readonly quiet: boolean;
}

/** What came out. */
export interface RunSummary<Record extends PhotoRecord> {
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

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

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
class PhotoRun<Record extends PhotoRecord, Settings extends object, Output> {
  readonly #options: PhotoRunOptions;
  readonly #words: TaskNouns;
  readonly #task: PhotoTask<Record, Settings, Output>;
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
    options: PhotoRunOptions & { readonly words: TaskNouns },
    task: PhotoTask<Record, Settings, Output>,
    records: Map<string, Record>,
  ) {
    this.#options = options;
    this.#words = options.words;
    this.#task = task;
    this.#computing = new Semaphore(task.pixelsAtOnce ?? PIXELS_AT_ONCE);
    this.#records = records;
    this.#manifestPath = join(options.out, runFile("manifest", options.shard));
    task.compute.device.lost.then(() => this.#deviceLost = true);
  }

  async run(photos: readonly Photo[]): Promise<RunSummary<Record>> {
    const { out, shard, quiet } = this.#options;
    // First of all, so that the folder is known as Hairline's own from its first output on.
    await this.#save();
    try {
      using progress = startProgress({ total: photos.length, unit: "photo", quiet });
      for await (const outcome of mapOrdered(photos, (photo) => this.#takeOn(photo), { atOnce: AT_ONCE })) {
        const { name } = this.#record(outcome, progress);
        progress.advance({ detail: name, skipped: outcome.kind === "skipped" });
        if (performance.now() - this.#savedAt > SAVE_EVERY) await this.#save();
      }
    } catch (error) {
      // What ends the run may be a full disk, which refuses this, too: the first error is the one to tell.
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

  async #takeOn(photo: Photo): Promise<Outcome<Record>> {
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
        const { task, output } = this.#words;
        throw new UsageError(
          `Cannot ${task} it into ${this.#options.out}: ${name} is the name of the ${output} of ${before.path} there; ` +
            "choose another folder.",
        );
      }
      const image = await decodeImage(bytes);
      using _computing = await this.#computing.take(image.width * image.height);
      decoding[Symbol.dispose]();
      output = await this.#task.process(image);
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
    if (outcome.kind === "skipped") this.#skipped++;
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
      task: this.#words.task,
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
  task: Pick<PhotoTask<Record, Settings, unknown>, "difference">,
  { out, words }: { readonly out: string; readonly words: TaskNouns },
): void {
  const difference = manifest.photos.length === 0 ? undefined : task.difference(manifest);
  if (difference === undefined) return;
  const { was, is } = difference;
  throw new UsageError(
    `Cannot add to the ${words.outputs} in ${out}: they were made with ${was}, not ${is}; choose another folder, or the ` +
      "same settings.",
  );
}

/**
 * Runs a task over photos, into a folder that is kept for it. A photo whose files are there, from the same bytes and settings, is passed
 * over, so that a run that was broken off goes on where it ended. A photo that fails is noted, and the others go on.
 *
 * @param options `open`: opens the device and the network, once it is clear that there is work for them.
 * @throws {UsageError} if there is nothing to do, another run is at work, or the folder holds other things.
 */
export async function runOverPhotos<Record extends PhotoRecord, Settings extends object, Output>(
  options: PhotoRunOptions,
  { words, open }: {
    readonly words: TaskNouns;
    readonly open: () => Promise<PhotoTask<Record, Settings, Output>>;
  },
): Promise<RunSummary<Record>> {
  const { paths, out, shard, quiet } = options;
  const { photos, ignored } = await listPhotos(paths, { outputs: out });
  using _lock = await lockFolder(out, shard);
  const manifests = await readManifests<RunManifest<Record> & Settings>(out, words);
  if (!quiet) {
    for (const path of ignored) writeErr(`Passing over ${path}: it is no JPEG, PNG or TIFF file.\n`);
  }
  const task = await open();
  for (const manifest of manifests) requireSameSettings(manifest, task, { out, words });
  const records = mergeRecords(manifests, (record) => task.madeAt(record));
  const run = new PhotoRun({ ...options, words }, task, records);
  const summary = await run.run(
    shard === undefined ? photos : photos.filter(({ name }) => inShard(name, shard)),
  );
  if (shard === undefined) await removeShardFiles(out);
  return summary;
}
