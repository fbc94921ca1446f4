import type { Compute } from "../../core/gpu/compute.ts";
import type { Label, Labeller } from "../../core/label/labeller.ts";
import type { OnProgress } from "../../core/photo_progress.ts";
import { describeReview, describeRun, reviewCommand } from "../batch/batch_command.ts";
import { type BatchOptions, type BatchSummary, runOverPhotos } from "../batch/batch_run.ts";
import { type BatchTask, type PhotoFacts, recordedPhoto, type ReportedPhotos } from "../batch/batch_task.ts";
import type { Runtime, TaskNouns } from "../batch/manifests.ts";
import { mapPaths, writeMaps } from "../batch/maps.ts";
import type { NetworkRecord } from "../batch/network_record.ts";
import type { FileRecord } from "../batch/output_files.ts";
import {
  describeAdapter,
  describeDevices,
  openDevices,
  type OpenDevicesOptions,
} from "../batch/open_devices.ts";
import { type PlannedPhoto, type PlanOptions, planOverPhotos } from "../batch/plan_photos.ts";
import { reportEntries } from "../batch/report_entries.ts";
import { writeErr } from "../cli/terminal.ts";
import { VERSION } from "../cli/version.ts";
import type { Photo } from "../files/photo_list.ts";
import { type Report, reportChunks } from "../report/report.ts";
import {
  LABEL_MANIFEST,
  type LabelSettings,
  madeAt,
  type PhotoRecord,
  settingsDifference,
  settingsOf,
} from "./manifest.ts";
import { LabelNetworks, type NetworkRecords, type NetworkSources } from "./networks.ts";
import type { OpenLabeller } from "./open_labeller.ts";
import { stagePath, writeStages } from "./stage_files.ts";
import { type StageImage, StageImages } from "./stage_images.ts";

/** What to label, and where to. */
export interface LabelPhotosOptions extends BatchOptions {
  /** Whether to write the intermediate maps, too. */
  readonly stages: boolean;
  /** Heading of the report. */
  readonly title: string;
}

/** What photos are labelled with. */
export interface Session {
  readonly compute: Compute;
  readonly runtime: Runtime;
  readonly labeller: Labeller;
  /** The networks that it asks. */
  readonly networks: NetworkRecords;
}

/** Options of {@linkcode openSession}. */
export interface OpenSessionOptions extends OpenDevicesOptions, NetworkSources {
  /** Makes the method of labelling. */
  readonly labeller: OpenLabeller;
  /** Say nothing of what was chosen. */
  readonly quiet?: boolean;
}

/**
 * Opens the device, the backend and the networks that the method asks for, and says on standard error which they are.
 *
 * @returns the session, which frees the networks, too, when it is disposed of.
 * @throws {UsageError} if a network was named that the method does not ask for.
 */
export async function openSession(options: OpenSessionOptions): Promise<Session & Disposable> {
  const { compute, runtime } = await openDevices(options);
  const networks = new LabelNetworks(options);
  const labeller = await options.labeller(compute, networks);
  networks.requireAsked(labeller);
  const threads = await networks.startThreads(compute);
  if (!options.quiet) writeErr(describeDevices(runtime, ...threads));
  return {
    ...{ compute, runtime, labeller },
    networks: await networks.records(),
    [Symbol.dispose]: () => {
      networks[Symbol.dispose]();
      compute.dispose();
    },
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

  constructor(options: LabelPhotosOptions, { compute, runtime, labeller, networks }: Session) {
    this.compute = compute;
    this.runtime = runtime;
    this.#options = options;
    this.#labeller = labeller;
    this.settings = settingsOf(labeller, networks);
  }

  get title(): string {
    return this.#options.title;
  }

  difference(before: LabelSettings): { was: string; is: string } | undefined {
    return settingsDifference(before, this.settings);
  }

  async process(image: ImageData, _: Photo, onProgress: OnProgress): Promise<LabelOutput> {
    const images = new StageImages();
    const label = await this.#labeller.label(image, {
      stages: this.#options.stages && ((rows) => images.add(rows)),
      onProgress,
    });
    return { label, stages: images.all };
  }

  async write(name: string, { label, stages }: LabelOutput): Promise<FileRecord[]> {
    const { out } = this.#options;
    return [...await writeMaps(out, name, label), ...await writeStages(out, name, stages)];
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

  filesOf({ name, stages }: PhotoRecord): string[] | undefined {
    const { out } = this.#options;
    if (this.#options.stages && stages.length === 0 && this.#labeller.stages.length > 0) return undefined;
    return [...mapPaths(out, name), ...stages.map((key) => stagePath(out, name, key))];
  }

  report({ photos, failures, onFailure, part }: ReportedPhotos<PhotoRecord>): AsyncIterable<string> {
    const { out, title } = this.#options;
    const { runtime, settings: { classifier, segmenter } } = this;
    const { title: recipe, settings: parameters, minCrackPixels, stages: kinds } = this.#labeller;
    return reportChunks({
      title,
      part,
      date: new Date(),
      version: VERSION,
      recipe,
      parameters,
      networks: [
        ...(classifier ? [["Classifier", describeNetwork(classifier)] as const] : []),
        ...(segmenter ? [["Segmentation network", describeNetwork(segmenter)] as const] : []),
      ],
      adapter: describeAdapter(runtime),
      backend: runtime.backend,
      review: reviewCommand(out),
      totals: labelTotals({ photos, failures }),
      minCrackPixels,
      entries: reportEntries({ photos, failures, part }, {
        folder: out,
        onFailure,
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
 * @param open opens the device and makes the labeller, once it is clear that there is work for them; it is given what earlier labels in the
 * folder depend on, where there are some.
 * @throws {UsageError} if there is nothing to label, another run is at work, or the folder holds other things.
 */
export function labelPhotos(
  options: LabelPhotosOptions,
  open: (before: LabelSettings | undefined) => Promise<Session>,
): Promise<LabelSummary> {
  return runOverPhotos<PhotoRecord, LabelSettings, LabelOutput>(options, {
    nouns: NOUNS,
    schema: LABEL_MANIFEST,
    madeAt,
    open: async (runs) => new LabelTask(options, await open(runs.find(({ count }) => count > 0)?.manifest)),
  });
}

/** Says what {@linkcode labelPhotos} would do. */
export function planLabels(options: PlanOptions): AsyncGenerator<PlannedPhoto> {
  return planOverPhotos(options, { nouns: NOUNS, schema: LABEL_MANIFEST, madeAt });
}

function describeNetwork({ name, source }: NetworkRecord): string {
  return `${name}, ${source}`;
}

/** What a report says of all labels together. */
function labelTotals(
  { photos, failures }: Pick<ReportedPhotos<PhotoRecord>, "photos" | "failures">,
): Report["totals"] {
  let usable = 0, seconds = 0;
  for (const photo of photos) {
    usable += Number(photo.usableForTraining);
    seconds += photo.seconds;
  }
  return { labelled: photos.length, usable, failed: failures.length, seconds };
}

/** The last lines of a run: what came out and where to look. */
export function describeSummary(summary: LabelSummary, seconds: number): string {
  let usable = 0;
  for (const { usableForTraining } of summary.photos) usable += Number(usableForTraining);
  const finding = `${usable} of ${summary.photos.length} have enough crack to train on`;
  return describeRun(summary, { done: "Labelled", finding, seconds }) + describeReview(summary);
}
