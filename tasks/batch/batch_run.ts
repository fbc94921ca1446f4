import { join } from "node:path";
import { mapOrdered, Semaphore } from "../../core/concurrency.ts";
import { decodeFile } from "../../core/images/decode_file.ts";
import { describeError, UsageError } from "../cli/errors.ts";
import { type Progress, startProgress } from "../cli/progress.ts";
import { printable, writeErr } from "../cli/terminal.ts";
import { VERSION } from "../cli/version.ts";
import { type PhotoOrigin, readExifOrigin } from "../files/exif.ts";
import { lockFolder } from "../files/locks.ts";
import { countKinds, type LeftOut } from "../files/left_out.ts";
import type { Photo, PhotoList } from "../files/photo_list.ts";
import { findPhotos, type FoundPhotos } from "../files/photos.ts";
import { sha256 } from "../files/sha256.ts";
import { formatShard, inShard, type Shard } from "../files/shard.ts";
import type { BatchTask } from "./batch_task.ts";
import { isCurrent, reportMissing, reportVersions, requireSameSettings } from "./earlier_outputs.ts";
import { insidePhoto } from "./inside_photo.ts";
import { faultyOutputs } from "./faulty_outputs.ts";
import { Journal } from "./journal.ts";
import { type EarlierRun, openRecords, writeManifest } from "./manifest_files.ts";
import type { FailureRecord, ManifestSchema, PhotoRecord, TaskNouns } from "./manifests.ts";
import { removeShardFiles, runFile } from "./run_files.ts";
import { examineOutput, type FileRecord, recordedPath } from "./output_files.ts";
import type { Records, RecordSource, RecordStore } from "./record_store.ts";
import { WorkClock } from "./work_clock.ts";
import { writeReport } from "./write_report.ts";

/** Finds the photos that a run is over. */
export async function findRunPhotos(
  { paths, out, shard, choose = (path) => path, followLinks = false, wanted }: Omit<
    BatchOptions,
    "quiet" | "renew"
  >,
): Promise<FoundPhotos> {
  const { photos, leftOut } = await findPhotos(paths, { outputs: out, followLinks, wanted });
  const chosen = photos.choose(({ name, path }) =>
    shard === undefined || inShard(name, shard) ? choose(path) : undefined
  );
  return { photos: chosen, leftOut };
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
  /** Whether outputs of another version, or made otherwise, are made again; else a run refuses to mix them. */
  readonly renew?: boolean;
  /** Takes another file for a photo, or leaves it out, by the path that was found. */
  readonly choose?: (path: string) => string | undefined;
  /** Whether links among the photos are followed that lead out of the paths given. Default: they are left out. */
  readonly followLinks?: boolean;
  /** Which are taken where photos and their masks lie under the paths. Default: photos. */
  readonly wanted?: "photos" | "masks";
}

/** What came out. */
export interface BatchSummary<Record extends PhotoRecord> {
  readonly manifest: string;
  readonly report: string;
  /** The photos of this run, those that an earlier one had done included; each is read when its turn comes, as long as the manifest stays as it is. */
  readonly photos: Records<Record>;
  /** How many of them an earlier run had done. */
  readonly skipped: number;
  readonly failures: readonly FailureRecord[];
  /** Files that the run did not work on. */
  readonly leftOut: readonly LeftOut[];
}

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
  | {
    readonly kind: "done" | "skipped";
    readonly record: Record;
    /** Whether it is another than what the folder's records say. */
    readonly isNew: boolean;
  }
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
  readonly #store: RecordStore<Record>;
  readonly #failures: FailureRecord[] = [];
  readonly #leftOut: readonly LeftOut[];
  readonly #manifestPath: string;
  /** Files that an earlier run wrote and that are otherwise now. */
  readonly #altered: string[] = [];
  /** Notes that were printed already: a camera's photos all have the same. */
  readonly #noted = new Set<string>();
  #skipped = 0;
  readonly #clock = new WorkClock();
  /** One photo is read and decoded at a time, and waits until it may be computed. */
  readonly #decoding = new Semaphore(1);
  readonly #computing: Semaphore;
  #deviceLost = false;

  constructor(
    options: BatchOptions & { readonly nouns: TaskNouns; readonly leftOut: readonly LeftOut[] },
    task: BatchTask<Record, Settings, Output>,
    store: RecordStore<Record>,
  ) {
    this.#options = options;
    this.#nouns = options.nouns;
    this.#leftOut = options.leftOut;
    this.#task = task;
    this.#computing = new Semaphore(task.pixelsAtOnce ?? PIXELS_AT_ONCE);
    this.#store = store;
    this.#manifestPath = join(options.out, runFile("manifest", options.shard));
    task.compute.device.lost.then(() => this.#deviceLost = true);
  }

  async run(photos: PhotoList): Promise<BatchSummary<Record>> {
    const { out, shard, quiet } = this.#options;
    // First of all, so that the folder is known as Hairline's own from its first output on.
    await this.#save();
    using journal = await Journal.open(this.#manifestPath);
    const finished: RecordSource = { path: journal.path, version: VERSION };
    try {
      using progress = startProgress({ total: photos.length, unit: "photo", quiet });
      for await (
        const outcome of mapOrdered(photos, (photo) => this.#processPhoto(photo, progress), {
          atOnce: AT_ONCE,
        })
      ) {
        if (outcome.kind !== "failed" && outcome.isNew) {
          this.#store.put(outcome.record, finished, await journal.append(outcome.record));
        }
        const { name } = this.#tell(outcome, progress);
        progress.advance({ detail: name, skipped: outcome.kind === "skipped" });
      }
    } catch (error) {
      // What ends the run may be a full disk, which refuses this, too: the first error is the one to report.
      await this.#save().catch(() => {});
      throw error;
    }
    for await (const failure of faultyOutputs(out, this.#done(photos))) this.#fail(failure);
    await this.#save();
    const report = join(out, runFile("report", shard));
    if (!quiet) writeErr("Writing the report.\n");
    let failed = -1;
    while (failed < this.#failures.length) {
      // What cannot be shown has failed, and the page is written again, so that it, the manifest and the exit code agree.
      if (failed >= 0) await this.#save();
      failed = this.#failures.length;
      const [done, failures] = [this.#done(photos), [...this.#failures]];
      const onFailure = (failure: FailureRecord) => this.#fail(failure);
      await writeReport(report, this.#task, { photos: done, failures, onFailure });
    }
    await journal.remove();
    return {
      manifest: this.#manifestPath,
      report,
      photos: this.#done(photos),
      skipped: this.#skipped,
      failures: this.#failures,
      leftOut: this.#leftOut,
    };
  }

  async #processPhoto(photo: Photo, progress: Progress): Promise<Outcome<Record>> {
    const { compute } = this.#task;
    const { name, path } = photo;
    using decoding = await this.#decoding.take(1);
    let endWork = this.#clock.start();
    let seconds = 0;
    let output, hash;
    let notes: readonly string[] = [];
    let exif: PhotoOrigin | undefined;
    try {
      const bytes = await Deno.readFile(path);
      hash = await sha256(bytes);
      const before = this.#store.find(name);
      if (before?.name === name && before.sha256 === hash) {
        const files = await this.#intactFiles(before);
        // The photo may have moved since: its new place is where the report finds it.
        if (files !== undefined) {
          const isNew = before.path !== path || JSON.stringify(before.files) !== JSON.stringify(files);
          return { kind: "skipped", record: { ...before, path, files }, isNew };
        }
      } else if (before !== undefined && await isTaken(before, photo)) {
        const { task, output } = this.#nouns;
        throw new UsageError(
          `Cannot ${task} it into ${this.#options.out}: ${before.name} is the name of the ${output} of ${before.path} there; ` +
            "choose another folder.",
        );
      }
      const found: string[] = [];
      const image = await decodeFile(bytes, {
        samples: this.#task.samples,
        onNote: (note) => found.push(note),
      });
      notes = found;
      exif = await readExifOrigin(bytes);
      seconds = endWork();
      using _computing = await this.#computing.take(image.width * image.height);
      decoding[Symbol.dispose]();
      endWork = this.#clock.start();
      output = await this.#task.process(image, photo, insidePhoto(name, progress));
    } catch (error) {
      // The loss of the device may become known a moment after the first failure that it causes.
      await Promise.race([compute.device.lost, new Promise((resolve) => setTimeout(resolve, 20))]);
      // Throws what there is to say of the loss: other errors are its echoes.
      if (this.#deviceLost) await compute.read([]);
      if (this.#deviceLost || error instanceof Deno.errors.NotCapable) throw error;
      return { kind: "failed", failure: { name, path, error: describeError(error) } };
    } finally {
      if (output === undefined) endWork();
    }
    const files = await this.#task.write(name, output);
    seconds += endWork();
    const facts = { name, path, sha256: hash, notes, exif, seconds, now: new Date().toISOString() };
    const record = { ...this.#task.record(facts, output), version: VERSION, files };
    return { kind: "done", record, isNew: true };
  }

  /** What is known of the files of an earlier record; undefined where not all that are wanted are there, as they were written. */
  async #intactFiles(record: Record): Promise<readonly FileRecord[] | undefined> {
    const { out } = this.#options;
    const wanted = this.#task.filesOf(record);
    if (wanted === undefined) return undefined;
    const written = new Map(record.files?.map((file) => [file.path, file]));
    const files: FileRecord[] = [];
    for (const path of wanted) {
      const state = await examineOutput(out, path, written.get(recordedPath(out, path)));
      if (state.kind !== "intact") {
        if (state.kind === "altered") this.#altered.push(path);
        return undefined;
      }
      files.push(state.record);
    }
    return files;
  }

  /** The records of the photos that did not fail. */
  #done(photos: PhotoList): Records<Record> {
    const failed = new Set(this.#failures.map(({ name }) => name));
    return this.#store.of(Iterator.from(photos).map(({ name }) => name).filter((name) => !failed.has(name)));
  }

  /** Says what became of a photo. */
  #tell(outcome: Outcome<Record>, progress: Progress): PhotoRecord | FailureRecord {
    if (outcome.kind === "failed") {
      this.#fail(outcome.failure, progress);
      return outcome.failure;
    }
    const { path, warning, notes = [] } = outcome.record;
    for (const altered of this.#altered.splice(0)) {
      progress.note(`${altered} has changed since it was written: it was made again.`);
    }
    if (outcome.kind === "skipped") {
      this.#skipped++;
      return outcome.record;
    }
    if (warning !== undefined) progress.note(`${path}: ${warning}`);
    for (const note of notes) {
      if (!this.#noted.has(note)) progress.note(`${path}: ${note}`);
      this.#noted.add(note);
    }
    return outcome.record;
  }

  #fail(
    failure: FailureRecord,
    progress: Pick<Progress, "note"> = { note: (line) => writeErr(`${printable(line)}\n`) },
  ): void {
    this.#failures.push(failure);
    progress.note(`${failure.path}: ${failure.error}`);
  }

  async #save(): Promise<void> {
    const { shard } = this.#options;
    const { settings, runtime } = this.#task;
    const source = { path: this.#manifestPath, version: VERSION };
    await this.#store.moveTo(source, (photos, onPlace) =>
      writeManifest(this.#manifestPath, {
        program: "hairline",
        version: VERSION,
        task: this.#nouns.task,
        ...settings,
        runtime,
        ...(shard === undefined ? {} : { shard: formatShard(shard) }),
        photos,
        failures: this.#failures,
        ...(this.#leftOut.length === 0 ? {} : { leftOut: this.#leftOut }),
      }, onPlace));
  }
}

/**
 * Runs a task over photos, into a folder that is kept for it. A photo whose files are there, from the same bytes and settings, is
 * skipped, so that an interrupted run goes on where it ended. A photo that fails is noted, and the others go on.
 *
 * @param options `open`: opens the device and the network, once it is clear that there is work for them; it is given what earlier runs have left,
 * of which shards have several.
 * @throws {UsageError} if there is nothing to do, another run is at work, or the folder holds other things.
 */
export async function runOverPhotos<Record extends PhotoRecord, Settings extends object, Output>(
  options: BatchOptions,
  { nouns, schema, madeAt, open }: {
    readonly nouns: TaskNouns;
    /** What manifests of the task are like. */
    readonly schema: ManifestSchema<Record, Settings>;
    /** When the files of a record were made, as ISO 8601 in UTC. */
    readonly madeAt: (record: Record) => string;
    readonly open: (before: readonly EarlierRun<Settings>[]) => Promise<BatchTask<Record, Settings, Output>>;
  },
): Promise<BatchSummary<Record>> {
  const { out, shard, quiet, renew = false } = options;
  const { photos, leftOut } = await findRunPhotos(options);
  using _lock = await lockFolder(out, shard);
  const { runs, store } = await openRecords(out, { nouns, schema, madeAt, shard });
  // It opens files when it is asked for what is in them, after the run, too.
  using _files = store;
  if (!quiet) {
    for (const { text, first } of countKinds(leftOut)) {
      writeErr(`Leaving out ${text}, such as ${first.path}${first.remedy ? `: ${first.remedy}` : ""}.\n`);
    }
    if (shard === undefined) reportMissing(photos, runs, store);
  }
  const task = await open(runs);
  for (const run of runs) {
    if (!renew) requireSameSettings(run, task, { out, nouns });
    else if (!isCurrent(run, task)) run.sources.forEach((source) => store.forget(source));
  }
  reportVersions(store, runs, { out, nouns });
  const run = new BatchRun({ ...options, nouns, leftOut }, task, store);
  const summary = await run.run(photos);
  if (shard === undefined) await removeShardFiles(out);
  return summary;
}
