import { join } from "node:path";
import type { Classifier } from "../../core/classifier.ts";
import type { Compute } from "../../core/compute.ts";
import { decodeImage } from "../../core/decode_image.ts";
import { labelImage } from "../../core/label_image.ts";
import type { Recipe } from "../../core/recipe.ts";
import { Allowance } from "../cli/allowance.ts";
import { describeError } from "../cli/errors.ts";
import { inOrder } from "../cli/in_order.ts";
import { lockFolder } from "../cli/lock_folder.ts";
import { compareNames, listPhotos, type Photo } from "../cli/photos.ts";
import { type Progress, startProgress } from "../cli/progress.ts";
import { formatShard, inShard, type Shard } from "../cli/shard.ts";
import { writeErr } from "../cli/terminal.ts";
import { UsageError } from "../cli/usage_error.ts";
import { VERSION } from "../cli/version.ts";
import { writeWhole } from "../cli/write_whole.ts";
import { reportChunks } from "../report/report.ts";
import {
  type ClassifierRecord,
  type FailureRecord,
  type Manifest,
  mergeRecords,
  type PhotoRecord,
  readManifests,
  removeShardFiles,
  requireSameSettings,
  runFile,
  writeManifest,
} from "./manifest.ts";
import { hasLabel, writeLabel } from "./outputs.ts";
import { reportEntries } from "./report_entries.ts";
import { StagePictures } from "./stage_pictures.ts";

/** What to label, how, and where to. */
export interface LabelPhotosOptions {
  /** Photos and folders of photos. */
  readonly paths: readonly string[];
  /** The folder of labels. */
  readonly out: string;
  readonly recipe: Recipe;
  /** Whether to write the intermediate maps, too. */
  readonly stages: boolean;
  /** The part of the photos to label. */
  readonly shard?: Shard;
  /** No progress. */
  readonly quiet: boolean;
  /** Heading of the report. */
  readonly title: string;
}

/** What photos are labelled with. */
export interface Instruments {
  readonly compute: Compute;
  readonly classifier: Classifier;
  readonly classifierRecord: ClassifierRecord;
  readonly runtime: Manifest["runtime"];
}

/** What came out. */
export interface LabelSummary {
  readonly manifest: string;
  readonly report: string;
  /** The photos of this run, those that an earlier one had labelled included. */
  readonly photos: readonly PhotoRecord[];
  /** How many of them an earlier run had labelled. */
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

/** Pixels computed at a time: small photos overlap, so that the device works while the network does, and large ones come one by one. */
const PIXELS_AT_ONCE = 2 ** 20;

/** What became of a photo. */
type Outcome =
  | { readonly kind: "labelled" | "skipped"; readonly record: PhotoRecord }
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

/** One run over the photos of a folder of labels that is locked for it. */
class LabelRun {
  readonly #options: LabelPhotosOptions;
  readonly #instruments: Instruments;
  /** All labels of the folder, this run's and earlier ones'. */
  readonly #records: Map<string, PhotoRecord>;
  readonly #failures: FailureRecord[] = [];
  readonly #manifestPath: string;
  #skipped = 0;
  #savedAt = performance.now();
  /** When the last photo was done. */
  #doneAt = performance.now();
  /** One photo is read and decoded at a time, and waits until it may be computed. */
  readonly #decoding = new Allowance(1);
  readonly #computing = new Allowance(PIXELS_AT_ONCE);
  #deviceLost = false;

  constructor(options: LabelPhotosOptions, instruments: Instruments, records: Map<string, PhotoRecord>) {
    this.#options = options;
    this.#instruments = instruments;
    this.#records = records;
    this.#manifestPath = join(options.out, runFile("manifest", options.shard));
    instruments.compute.device.lost.then(() => this.#deviceLost = true);
  }

  async run(photos: readonly Photo[]): Promise<LabelSummary> {
    const { out, shard, quiet } = this.#options;
    // First of all, so that the folder is known as Hairline's own from its first output on.
    await this.#save();
    try {
      using progress = startProgress({ total: photos.length, unit: "photo", quiet });
      for await (const outcome of inOrder(photos, (photo) => this.#takeOn(photo), { atOnce: AT_ONCE })) {
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
    await this.#writeReport(report, done);
    return {
      manifest: this.#manifestPath,
      report,
      photos: done,
      skipped: this.#skipped,
      failures: this.#failures,
    };
  }

  async #takeOn(photo: Photo): Promise<Outcome> {
    const { out, recipe, stages } = this.#options;
    const { compute, classifier } = this.#instruments;
    using decoding = await this.#decoding.take(1);
    const start = performance.now();
    const pictures = new StagePictures();
    let label, hash;
    try {
      const bytes = await Deno.readFile(photo.path);
      hash = await sha256(bytes);
      const before = this.#records.get(photo.name);
      if (before?.sha256 === hash && await this.#isDone(before)) {
        // The photo may have moved since: its new place is where the report finds it.
        return { kind: "skipped", record: { ...before, path: photo.path } };
      }
      if (before !== undefined && before.sha256 !== hash && await isTaken(before, photo)) {
        throw new UsageError(
          `Cannot label it into ${out}: ${photo.name} is the name of the label of ${before.path} there; choose another folder.`,
        );
      }
      const image = await decodeImage(bytes);
      using _computing = await this.#computing.take(image.width * image.height);
      decoding[Symbol.dispose]();
      label = await labelImage(compute, image, {
        classifier,
        recipe,
        stages: stages && ((rows) => pictures.add(rows)),
      });
    } catch (error) {
      // The loss of the device may become known a moment after the first failure that it causes.
      await Promise.race([compute.device.lost, new Promise((resolve) => setTimeout(resolve, 20))]);
      // Throws what there is to say of the loss: other errors are its echoes.
      if (this.#deviceLost) await compute.read([]);
      if (this.#deviceLost || error instanceof Deno.errors.NotCapable) throw error;
      const { name, path } = photo;
      return { kind: "failed", failure: { name, path, error: describeError(error) } };
    }
    await writeLabel(out, photo.name, { label, stages: pictures.all });
    const { width, height, crackPixels, usableForTraining } = label;
    const record = {
      name: photo.name,
      path: photo.path,
      sha256: hash,
      width,
      height,
      crackPixels,
      crackShare: crackPixels / (width * height),
      usableForTraining,
      stages: pictures.all.map(({ key }) => key),
      seconds: this.#secondsSince(start),
      labelledAt: new Date().toISOString(),
    };
    return { kind: "labelled", record };
  }

  /** The time that a photo took, without what it shared with the one before: so photos sum up to the time of the run. */
  #secondsSince(start: number): number {
    const before = Math.max(start, this.#doneAt);
    this.#doneAt = performance.now();
    return (this.#doneAt - before) / 1000;
  }

  #record(outcome: Outcome, progress: Progress): PhotoRecord | FailureRecord {
    if (outcome.kind === "failed") {
      this.#failures.push(outcome.failure);
      progress.note(`${outcome.failure.path}: ${outcome.failure.error}`);
      return outcome.failure;
    }
    this.#records.set(outcome.record.name, outcome.record);
    if (outcome.kind === "skipped") this.#skipped++;
    return outcome.record;
  }

  #isDone(record: PhotoRecord): Promise<boolean> {
    const { out, stages } = this.#options;
    if (stages && record.stages.length === 0) return Promise.resolve(false);
    return hasLabel(out, record.name, record.stages);
  }

  #failed(name: string): boolean {
    return this.#failures.some((failure) => failure.name === name);
  }

  async #save(): Promise<void> {
    const { recipe, shard } = this.#options;
    const { classifierRecord, runtime } = this.#instruments;
    const photos = [...this.#records.values()]
      .filter(({ name }) => shard === undefined || inShard(name, shard))
      .sort((a, b) => compareNames(a.name, b.name));
    await writeManifest(this.#manifestPath, {
      program: "hairline",
      version: VERSION,
      task: "label",
      recipe,
      seeds: {},
      classifier: classifierRecord,
      runtime,
      ...(shard === undefined ? {} : { shard: formatShard(shard) }),
      photos,
      failures: this.#failures,
    });
    this.#savedAt = performance.now();
  }

  async #writeReport(path: string, photos: readonly PhotoRecord[]): Promise<void> {
    const { out, recipe, title } = this.#options;
    const { classifierRecord, runtime } = this.#instruments;
    const { name: recipeName, ...parameters } = recipe;
    await writeWhole(
      path,
      reportChunks({
        title,
        date: new Date(),
        version: VERSION,
        recipe: recipeName,
        parameters,
        classifier: `${classifierRecord.name}, ${classifierRecord.source}`,
        adapter: `${runtime.adapter}${runtime.software ? " (software)" : ""}`,
        backend: runtime.backend,
        totals: {
          labelled: photos.length,
          usable: photos.filter(({ usableForTraining }) => usableForTraining).length,
          failed: this.#failures.length,
          seconds: photos.reduce((sum, { seconds }) => sum + seconds, 0),
        },
        leastCrackPixels: recipe.minCrackPixels,
        entries: reportEntries(out, [...photos, ...this.#failures]),
      }),
    );
  }
}

/**
 * Labels photos into a folder: `confidence/NAME.png`, `masks/NAME.png`, `stages/NAME/KEY.png`, `manifest.json` and
 * `report.html`. A photo whose labels are there, from the same bytes, recipe and classifier, is passed over, so that a
 * run that was broken off goes on where it ended. A photo that fails is noted, and the others go on.
 *
 * @param open opens the device and the classifier, once it is clear that there is work for them.
 * @throws {UsageError} if there is nothing to label, another run is at work, or the folder holds other things.
 */
export async function labelPhotos(
  options: LabelPhotosOptions,
  open: () => Promise<Instruments>,
): Promise<LabelSummary> {
  const { paths, out, shard, quiet } = options;
  const { photos, ignored } = await listPhotos(paths, { outputs: out });
  using _lock = await lockFolder(out, shard);
  const manifests = await readManifests(out);
  if (!quiet) {
    for (const path of ignored) writeErr(`Passing over ${path}: it is no JPEG, PNG or TIFF file.\n`);
  }
  const instruments = await open();
  const settings = { recipe: options.recipe, classifier: instruments.classifierRecord };
  for (const manifest of manifests) requireSameSettings(out, manifest, settings);
  const run = new LabelRun(options, instruments, mergeRecords(manifests));
  const summary = await run.run(
    shard === undefined ? photos : photos.filter(({ name }) => inShard(name, shard)),
  );
  if (shard === undefined) await removeShardFiles(out);
  return summary;
}
