import { join } from "node:path";
import { mapOrdered, Semaphore } from "../../core/concurrency.ts";
import type { Schema } from "../../core/arguments.ts";
import { compareNames, statOrNull } from "../../core/datasets/list_files.ts";
import { decodeFile } from "../../core/images/decode_file.ts";
import { describeError, UsageError } from "../cli/errors.ts";
import { type Progress, startProgress } from "../cli/progress.ts";
import { printable, writeErr } from "../cli/terminal.ts";
import { VERSION } from "../cli/version.ts";
import { type PhotoOrigin, readExifOrigin } from "../files/exif.ts";
import { lockFolder } from "../files/locks.ts";
import { countKinds, type LeftOut } from "../files/left_out.ts";
import { nameKey } from "../files/output_names.ts";
import { listPhotos, type Photo } from "../files/photos.ts";
import { sha256 } from "../files/sha256.ts";
import { formatShard, inShard, type Shard } from "../files/shard.ts";
import { writeWhole } from "../files/write_whole.ts";
import type { BatchTask } from "./batch_task.ts";
import { isCurrent, reportVersions, requireSameSettings } from "./earlier_outputs.ts";
import { insidePhoto } from "./inside_photo.ts";
import { Journal } from "./journal.ts";
import {
  type FailureRecord,
  mergeRecords,
  type PhotoRecord,
  readManifests,
  removeShardFiles,
  runFile,
  type RunManifest,
  type TaskNouns,
  writeManifest,
} from "./manifests.ts";
import { examineOutput, type FileRecord, recordedPath } from "./output_files.ts";
import { WorkClock } from "./work_clock.ts";

/** What is taken of the photos that were found. */
export function chosenPhotos(
  photos: readonly Photo[],
  { choose = (path) => path }: Pick<BatchOptions, "choose">,
): readonly Photo[] {
  return photos.flatMap((photo) => {
    const path = choose(photo.path);
    return path === undefined ? [] : [{ ...photo, path }];
  });
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
  /** The photos of this run, those that an earlier one had done included. */
  readonly photos: readonly Record[];
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
  /** The name of an earlier record by its {@linkcode nameKey}. */
  readonly #earlierNames: ReadonlyMap<string, string>;
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
    records: Map<string, Record>,
  ) {
    this.#options = options;
    this.#nouns = options.nouns;
    this.#leftOut = options.leftOut;
    this.#task = task;
    this.#computing = new Semaphore(task.pixelsAtOnce ?? PIXELS_AT_ONCE);
    this.#records = records;
    this.#earlierNames = new Map([...records.keys()].map((name) => [nameKey(name), name]));
    this.#manifestPath = join(options.out, runFile("manifest", options.shard));
    task.compute.device.lost.then(() => this.#deviceLost = true);
  }

  async run(photos: readonly Photo[]): Promise<BatchSummary<Record>> {
    const { out, shard, quiet } = this.#options;
    // First of all, so that the folder is known as Hairline's own from its first output on.
    await this.#save();
    using journal = await Journal.open(this.#manifestPath);
    try {
      using progress = startProgress({ total: photos.length, unit: "photo", quiet });
      for await (
        const outcome of mapOrdered(photos, (photo) => this.#processPhoto(photo, progress), {
          atOnce: AT_ONCE,
        })
      ) {
        const { name } = this.#record(outcome, progress);
        if (outcome.kind === "done") await journal.append(outcome.record);
        progress.advance({ detail: name, skipped: outcome.kind === "skipped" });
      }
    } catch (error) {
      // What ends the run may be a full disk, which refuses this, too: the first error is the one to report.
      await this.#save().catch(() => {});
      throw error;
    }
    await this.#requireOutputs(photos);
    await this.#save();
    const report = join(out, runFile("report", shard));
    if (!quiet) writeErr("Writing the report.\n");
    for (let complete = false; !complete;) {
      // What cannot be shown has failed, and the page is written again, so that it, the manifest and the exit code agree.
      complete = true;
      const onFailure = (failure: FailureRecord) => {
        complete = false;
        this.#fail(failure);
      };
      const [done, failures] = [this.#done(photos), [...this.#failures]];
      await writeWhole(report, this.#task.report({ photos: done, failures, onFailure }));
    }
    await this.#save();
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
      const before = this.#earlier(name);
      if (before?.name === name && before.sha256 === hash) {
        const files = await this.#intactFiles(before);
        // The photo may have moved since: its new place is where the report finds it.
        if (files !== undefined) return { kind: "skipped", record: { ...before, path, files } };
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
    return { kind: "done", record: { ...this.#task.record(facts, output), version: VERSION, files } };
  }

  /** The record of a photo's name, or of one that is the same file on some file systems. */
  #earlier(name: string): Record | undefined {
    return this.#records.get(name) ?? this.#records.get(this.#earlierNames.get(nameKey(name)) ?? name);
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

  /** Makes sure of the outputs of a run at its end: each is there, in its length, and no two photos share one. */
  async #requireOutputs(photos: readonly Photo[]): Promise<void> {
    const owners = new Map<string, string>();
    for (const { name, path, files = [] } of this.#done(photos)) {
      for (const file of files) {
        const info = await statOrNull(join(this.#options.out, file.path));
        // Of a system without such numbers names are all there is to tell; files that something has linked since are meant to be one.
        const id = info?.ino && info.nlink === 1 ? `${info.dev} ${info.ino}` : nameKey(file.path);
        const owner = owners.get(id);
        owners.set(id, path);
        const fault = info?.size !== file.bytes
          ? "it was changed while the run was at work"
          : owner !== undefined && owner !== path
          ? `${owner} has the same file`
          : undefined;
        if (fault === undefined) continue;
        this.#fail({ name, path, error: `Cannot keep ${file.path}: ${fault}; run the command again.` });
        break;
      }
    }
  }

  /** The records of the photos that did not fail. */
  #done(photos: readonly Photo[]): Record[] {
    const failed = new Set(this.#failures.map(({ name }) => name));
    return photos.flatMap(({ name }) => failed.has(name) ? [] : this.#records.get(name) ?? []);
  }

  #record(outcome: Outcome<Record>, progress: Progress): PhotoRecord | FailureRecord {
    if (outcome.kind === "failed") {
      this.#fail(outcome.failure, progress);
      return outcome.failure;
    }
    const { name, path, warning, notes = [] } = outcome.record;
    // A record under another spelling of the name was of the same file.
    this.#records.delete(this.#earlier(name)?.name ?? name);
    this.#records.set(name, outcome.record);
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
      ...(this.#leftOut.length === 0 ? {} : { leftOut: this.#leftOut }),
    });
  }
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
  { nouns, schema, open }: {
    readonly nouns: TaskNouns;
    /** What manifests of the task are like. */
    readonly schema: Schema<RunManifest<Record> & Settings>;
    readonly open: (
      before: readonly (RunManifest<Record> & Settings)[],
    ) => Promise<BatchTask<Record, Settings, Output>>;
  },
): Promise<BatchSummary<Record>> {
  const { paths, out, shard, quiet, renew = false, followLinks = false, wanted } = options;
  const { photos: listed, leftOut } = await listPhotos(paths, { outputs: out, followLinks, wanted });
  const photos = chosenPhotos(listed, options);
  using _lock = await lockFolder(out, shard);
  const manifests = await readManifests(out, nouns, schema);
  if (!quiet) {
    for (const { text, first } of countKinds(leftOut)) {
      writeErr(`Leaving out ${text}, such as ${first.path}${first.remedy ? `: ${first.remedy}` : ""}.\n`);
    }
  }
  const task = await open(manifests);
  if (!renew) { for (const manifest of manifests) requireSameSettings(manifest, task, { out, nouns }); }
  const kept = renew ? manifests.filter((manifest) => isCurrent(manifest, task)) : manifests;
  const records = mergeRecords(kept, (record) => task.madeAt(record));
  reportVersions(records.values(), { out, nouns });
  const run = new BatchRun({ ...options, nouns, leftOut }, task, records);
  const summary = await run.run(
    shard === undefined ? photos : photos.filter(({ name }) => inShard(name, shard)),
  );
  if (shard === undefined) await removeShardFiles(out);
  return summary;
}
