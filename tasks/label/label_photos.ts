import { join } from "node:path";
import type { Classifier } from "../../core/classifier.ts";
import type { Compute } from "../../core/compute.ts";
import { decodeImage } from "../../core/decode_image.ts";
import { labelImage } from "../../core/label_image.ts";
import type { Recipe } from "../../core/recipe.ts";
import { describeError } from "../cli/errors.ts";
import { lockFolder } from "../cli/lock_folder.ts";
import { compareNames, listPhotos, type Photo } from "../cli/photos.ts";
import { startProgress } from "../cli/progress.ts";
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
      for (const photo of photos) {
        const outcome = await this.#takeOn(photo);
        if (outcome === "failed") progress.note(`${photo.path}: ${this.#failures.at(-1)?.error}`);
        progress.advance({ detail: photo.name, skipped: outcome === "skipped" });
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

  async #takeOn(photo: Photo): Promise<"labelled" | "skipped" | "failed"> {
    const { out, recipe, stages } = this.#options;
    const { compute, classifier } = this.#instruments;
    const start = performance.now();
    const pictures = new StagePictures();
    let bytes, label, hash;
    try {
      bytes = await Deno.readFile(photo.path);
      hash = await sha256(bytes);
      const before = this.#records.get(photo.name);
      if (before?.sha256 === hash && await this.#isDone(before)) {
        // The photo may have moved since: its new place is where the report finds it.
        this.#records.set(photo.name, { ...before, path: photo.path });
        this.#skipped++;
        return "skipped";
      }
      if (before !== undefined && before.sha256 !== hash && await isTaken(before, photo)) {
        throw new UsageError(
          `Cannot label it into ${out}: ${photo.name} is the name of the label of ${before.path} there; choose another folder.`,
        );
      }
      label = await labelImage(compute, await decodeImage(bytes), {
        classifier,
        recipe,
        stages: stages && ((rows) => pictures.add(rows)),
      });
    } catch (error) {
      if (this.#deviceLost || error instanceof Deno.errors.NotCapable) throw error;
      this.#failures.push({ name: photo.name, path: photo.path, error: describeError(error) });
      return "failed";
    }
    const seconds = (performance.now() - start) / 1000;
    await writeLabel(out, photo.name, { label, stages: pictures.all });
    this.#records.set(photo.name, {
      name: photo.name,
      path: photo.path,
      sha256: hash,
      width: label.width,
      height: label.height,
      crackPixels: label.crackPixels,
      crackShare: label.crackPixels / label.mask.length,
      usableForTraining: label.usableForTraining,
      stages: pictures.all.map(({ key }) => key),
      seconds,
      labelledAt: new Date().toISOString(),
    });
    return "labelled";
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
