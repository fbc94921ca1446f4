import type { Compute } from "../../core/gpu/compute.ts";
import type { Classifier } from "../../core/label/classifier.ts";
import type { Label, Labeller, LabellerFactory } from "../../core/label/labeller.ts";
import { describeRun } from "../batch/batch_command.ts";
import {
  type BatchOptions,
  type BatchSummary,
  type BatchTask,
  type PhotoFacts,
  recordedPhoto,
  runOverPhotos,
} from "../batch/batch_run.ts";
import type { RunManifest, Runtime, TaskNouns } from "../batch/manifests.ts";
import { hasMaps, writeMaps } from "../batch/maps.ts";
import { type NetworkRecord, networkRecord } from "../batch/network_record.ts";
import {
  describeAdapter,
  describeDevices,
  openDevices,
  type OpenDevicesOptions,
} from "../batch/open_devices.ts";
import { reportEntries } from "../batch/report_entries.ts";
import { readClassifier } from "../classifier/read_classifier.ts";
import { writeErr } from "../cli/terminal.ts";
import { VERSION } from "../cli/version.ts";
import { type Report, reportChunks } from "../report/report.ts";
import { type LabelSettings, type PhotoRecord, settingsDifference, settingsOf } from "./manifest.ts";
import { type StageImage, StageImages, stagePath, writeStages } from "./stage_files.ts";

/** What to label, how, and where to. */
export interface LabelPhotosOptions extends BatchOptions {
  /** Makes the method of labelling. */
  readonly labeller: LabellerFactory;
  /** Whether to write the intermediate maps, too. */
  readonly stages: boolean;
  /** Heading of the report. */
  readonly title: string;
}

/** What photos are labelled with. */
export interface Session {
  readonly compute: Compute;
  readonly classifier: Classifier;
  readonly classifierRecord: NetworkRecord;
  readonly runtime: Runtime;
}

/** Options of {@linkcode openSession}. */
export interface OpenSessionOptions extends OpenDevicesOptions {
  /** The file of a classifier. Default: the one that ships with Hairline. */
  readonly classifier?: string;
  /** Say nothing of what was chosen. */
  readonly quiet?: boolean;
}

/** Opens the device, the backend and the classifier, and says on standard error which they are. */
export async function openSession(options: OpenSessionOptions): Promise<Session> {
  const { compute, runtime } = await openDevices(options);
  const classifier = await readClassifier(options.classifier);
  const threads = classifier.startThreads();
  if (!options.quiet) writeErr(describeDevices(runtime, { network: classifier.name, threads }));
  return {
    compute,
    classifier,
    classifierRecord: await networkRecord(classifier, options.classifier ?? "shipped"),
    runtime,
  };
}

/** What came out. */
export type LabelSummary = BatchSummary<PhotoRecord>;

/** A label and its intermediate maps, as images. */
interface LabelOutput {
  readonly label: Label;
  readonly stages: readonly StageImage[];
}

const NOUNS: TaskNouns = {
  task: "label",
  // CRF labels of `reproduce` had a word of their own before labels of all methods came from one task.
  formerTasks: ["label-crf"],
  output: "label",
  outputs: "labels",
};

/** The label of each photo, with its files. */
class LabelTask implements BatchTask<PhotoRecord, LabelSettings, LabelOutput> {
  readonly compute: Compute;
  readonly runtime: Runtime;
  readonly settings: LabelSettings;
  readonly #options: LabelPhotosOptions;
  readonly #labeller: Labeller;

  constructor(
    options: LabelPhotosOptions,
    { compute, runtime, classifier, classifierRecord }: Session,
  ) {
    this.compute = compute;
    this.runtime = runtime;
    this.#options = options;
    this.#labeller = options.labeller(compute, { classifier });
    this.settings = settingsOf(this.#labeller, classifierRecord);
  }

  difference(before: LabelSettings): { was: string; is: string } | undefined {
    return settingsDifference(before, this.settings);
  }

  async process(image: ImageData): Promise<LabelOutput> {
    const images = new StageImages();
    const label = await this.#labeller.label(image, {
      stages: this.#options.stages && ((rows) => images.add(rows)),
    });
    return { label, stages: images.all };
  }

  async write(name: string, { label, stages }: LabelOutput): Promise<void> {
    await writeMaps(this.#options.out, name, label);
    await writeStages(this.#options.out, name, stages);
  }

  record(facts: PhotoFacts, { label, stages }: LabelOutput): PhotoRecord {
    return {
      ...recordedPhoto(facts, label),
      usableForTraining: label.usableForTraining,
      stages: stages.map(({ key }) => key),
      seconds: facts.seconds,
      labelledAt: facts.now,
    };
  }

  async isDone({ name, stages }: PhotoRecord): Promise<boolean> {
    const { out } = this.#options;
    if (this.#options.stages && stages.length === 0 && this.#labeller.stages.length > 0) return false;
    return await hasMaps(out, name, stages.map((key) => stagePath(out, name, key)));
  }

  madeAt({ labelledAt }: PhotoRecord): string {
    return labelledAt;
  }

  report({ photos, failures }: Pick<RunManifest<PhotoRecord>, "photos" | "failures">): AsyncIterable<string> {
    const { out, title } = this.#options;
    const { runtime, settings: { classifier } } = this;
    const { title: recipe, settings: parameters, minCrackPixels, stages: kinds } = this.#labeller;
    return reportChunks({
      title,
      date: new Date(),
      version: VERSION,
      recipe,
      parameters,
      classifier: `${classifier.name}, ${classifier.source}`,
      adapter: describeAdapter(runtime),
      backend: runtime.backend,
      totals: labelTotals({ photos, failures }),
      minCrackPixels,
      entries: reportEntries([...photos, ...failures], {
        folder: out,
        stages: ({ name, stages }: PhotoRecord) =>
          kinds.filter(({ key }) => stages.includes(key)).map(({ key, title, note }) => ({
            key,
            title,
            note,
            path: stagePath(out, name, key),
          })),
        complete: (entry, { usableForTraining }) => ({ ...entry, usable: usableForTraining }),
      }),
    });
  }
}

/**
 * Labels photos into a folder: `confidence/NAME.png`, `masks/NAME.png`, `stages/NAME/KEY.png`, `manifest.json` and
 * `report.html`; see {@linkcode runOverPhotos}.
 *
 * @param open opens the device and the classifier, once it is clear that there is work for them.
 * @throws {UsageError} if there is nothing to label, another run is at work, or the folder holds other things.
 */
export function labelPhotos(
  options: LabelPhotosOptions,
  open: () => Promise<Session>,
): Promise<LabelSummary> {
  return runOverPhotos(options, { nouns: NOUNS, open: async () => new LabelTask(options, await open()) });
}

/** What a report says of all labels together. */
function labelTotals(
  { photos, failures }: Pick<RunManifest<PhotoRecord>, "photos" | "failures">,
): Report["totals"] {
  return {
    labelled: photos.length,
    usable: photos.filter(({ usableForTraining }) => usableForTraining).length,
    failed: failures.length,
    seconds: photos.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** The last lines of a run: what came out and where to look. */
export function describeSummary(summary: LabelSummary, seconds: number): string {
  const usable = summary.photos.filter(({ usableForTraining }) => usableForTraining).length;
  const finding = `${usable} of ${summary.photos.length} have enough crack to train on`;
  return describeRun(summary, { done: "Labelled", finding, seconds });
}
