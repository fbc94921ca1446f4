import {
  isLabelledAsWhole,
  type PatchLabels,
  POSSIBLE,
  possibleCrack,
} from "../../core/datasets/patch_labels.ts";
import type { Compute } from "../../core/gpu/compute.ts";
import { encodePng } from "../../core/images/encode_png.ts";
import { uploadImage } from "../../core/images/upload_image.ts";
import { grayscale } from "../../core/kernels/grayscale.ts";
import type { Classifier } from "../../core/label/classifier.ts";
import {
  type ConfinedLabel,
  confinedLabel,
  type ConfinedSettings,
} from "../../core/label/confined/confined_label.ts";
import { localiseImage } from "../../core/label/hairline/dense_localisation.ts";
import { predictAtScales, type ScaleSettings } from "../../core/predict/predict_scales.ts";
import type { Segmenting } from "../../core/predict/segmenting.ts";
import type { GridOptions } from "../../core/sampling/training_grid.ts";
import { anyObject, listOf, TEXT } from "../../core/arguments.ts";
import { runOverPhotos } from "../batch/batch_run.ts";
import { type BatchTask, type PhotoFacts, recordedPhoto, type ReportedPhotos } from "../batch/batch_task.ts";
import {
  manifestSchema,
  type PhotoRecord as CommonRecord,
  type Runtime,
  type TaskNouns,
} from "../batch/manifests.ts";
import { confidencePath, mapPaths, writeMaps } from "../batch/maps.ts";
import { NETWORK_RECORD, networkDifference, type NetworkRecord } from "../batch/network_record.ts";
import { describeAdapter } from "../batch/open_devices.ts";
import { type FileRecord, writeOutput } from "../batch/output_files.ts";
import { reportEntries } from "../batch/report_entries.ts";
import { VERSION } from "../cli/version.ts";
import type { Photo } from "../files/photo_list.ts";
import { reportChunks } from "../report/report.ts";
import type { NamedSample } from "../training/named_sample.ts";
import { pseudoLabelled, type TaughtPhoto, weightPath } from "./taught_photo.ts";

/** What photos are labelled with in a round. */
export interface RoundSession {
  readonly compute: Compute;
  /** The networks whose mean says where crack is. */
  readonly segmenters: readonly (Segmenting & Disposable)[];
  readonly segmenterRecords: readonly NetworkRecord[];
  readonly classifier: Classifier;
  readonly classifierRecord: NetworkRecord;
  readonly runtime: Runtime;
}

/** Options of {@linkcode labelRound}. */
export interface LabelRoundOptions {
  /** Photos with what is known of them. */
  readonly photos: readonly NamedSample<PatchLabels>[];
  /** The patches that masks were cut into. */
  readonly grid: GridOptions;
  readonly label: ConfinedSettings;
  readonly scales: ScaleSettings;
  /** The folder of the labels. */
  readonly out: string;
  /** Heading of the report. */
  readonly title: string;
  readonly quiet: boolean;
}

/** The photos of a round. */
export interface LabelledRound {
  readonly photos: readonly TaughtPhoto[];
  /** Whether any pixel was called crack. */
  readonly hasCrack: boolean;
  /** How many could not be labelled, and are left out. */
  readonly failures: number;
}

/** What a pseudo label depends on, apart from its photo. */
interface RoundLabelSettings {
  readonly grid: GridOptions;
  readonly label: ConfinedSettings;
  readonly scales: ScaleSettings;
  readonly segmenters: readonly NetworkRecord[];
  readonly classifier: NetworkRecord;
}

interface PhotoRecord extends CommonRecord {
  /** When, in UTC. */
  readonly labelledAt: string;
}

interface SizedLabel extends ConfinedLabel {
  readonly width: number;
  readonly height: number;
}

/** Side of the patches that the classifier is taken to score, and of the squares that it is shown of large photos, in pixels. */
const WINDOW = 32, TILE = 1024;

/** Where an earlier run asked fewer networks. */
const NO_NETWORK: NetworkRecord = { name: "none", source: "none", sha256: "" };

const MANIFEST = manifestSchema<PhotoRecord, RoundLabelSettings>(
  {
    grid: anyObject(),
    label: anyObject(),
    scales: anyObject(),
    segmenters: listOf(NETWORK_RECORD, "a list of networks"),
    classifier: NETWORK_RECORD,
  },
  { labelledAt: TEXT },
);

function madeAt({ labelledAt }: PhotoRecord): string {
  return labelledAt;
}

const NOUNS: TaskNouns = { task: "teach", output: "pseudo label", outputs: "pseudo labels" };

/**
 * Labels the photos that show a crack by a network, within the patches that are labelled crack, into a folder: `masks/`, `confidence/` and
 * `weights/`, `manifest.json` and `report.html`; see {@linkcode runOverPhotos}. Photos without such a patch need none.
 *
 * @returns all photos, those labelled with their pseudo labels in the place of what was known.
 */
export async function labelRound(
  options: LabelRoundOptions,
  open: () => Promise<RoundSession>,
): Promise<LabelledRound> {
  const { photos, out, quiet } = options;
  const paths = photos.filter(({ truth }) => truth !== "no_crack").map(({ sample }) => sample.imagePath);
  const { photos: labelled, failures } = await runOverPhotos(
    { paths, out, quiet },
    { nouns: NOUNS, schema: MANIFEST, madeAt, open: async () => new RoundLabelTask(options, await open()) },
  );
  const names = new Map<string, string>();
  let hasCrack = false;
  for (const { path, name, crackPixels } of labelled) {
    names.set(path, name);
    hasCrack ||= crackPixels > 0;
  }
  const taught = photos.flatMap((photo): TaughtPhoto[] => {
    if (photo.truth === "no_crack") return [photo];
    const name = names.get(photo.sample.imagePath);
    return name === undefined ? [] : [pseudoLabelled(photo, { folder: out, name })];
  });
  return { photos: taught, hasCrack, failures: failures.length };
}

class RoundLabelTask implements BatchTask<PhotoRecord, RoundLabelSettings, SizedLabel> {
  readonly compute: Compute;
  readonly runtime: Runtime;
  readonly settings: RoundLabelSettings;
  readonly #options: LabelRoundOptions;
  readonly #session: RoundSession;
  readonly #samples: ReadonlyMap<string, NamedSample<PatchLabels>>;

  constructor(options: LabelRoundOptions, session: RoundSession) {
    this.compute = session.compute;
    this.runtime = session.runtime;
    this.#options = options;
    this.#session = session;
    this.#samples = new Map(options.photos.map((photo) => [photo.sample.imagePath, photo]));
    const { grid, label, scales } = options;
    this.settings = {
      grid,
      label,
      scales,
      segmenters: session.segmenterRecords,
      classifier: session.classifierRecord,
    };
  }

  get title(): string {
    return this.#options.title;
  }

  difference(before: RoundLabelSettings): { was: string; is: string } | undefined {
    const { settings } = this;
    for (const key of ["grid", "label", "scales"] as const) {
      const [was, is] = [before, settings].map((of) => JSON.stringify(of[key]));
      if (was !== is) return { was: `${key} ${was}`, is };
    }
    for (const [i, segmenter] of settings.segmenters.entries()) {
      const difference = networkDifference("network", before.segmenters[i] ?? NO_NETWORK, segmenter);
      if (difference !== undefined) return difference;
    }
    return networkDifference("classifier", before.classifier, settings.classifier);
  }

  async process(image: ImageData, { path }: Photo): Promise<SizedLabel> {
    const { compute, classifier } = this.#session;
    const { label: settings } = this.#options;
    const { width, height } = image;
    const patches = await this.#samples.get(path)!.sample.truth();
    const photo = { width, height, possible: possibleCrack(patches), settings };
    if (!photo.possible.includes(POSSIBLE.crack)) {
      // Nothing that a network could say would count.
      return { ...confinedLabel({ ...photo, confidence: new Float32Array(width * height) }), width, height };
    }
    const confidence = await this.#confidence(image);
    const grey = await greyValues(image, compute);
    const localisation = isLabelledAsWhole(patches)
      ? await localiseImage(compute, image, { classifier, window: WINDOW, tile: TILE })
      : undefined;
    return { ...confinedLabel({ ...photo, confidence, grey, localisation }), width, height };
  }

  /** The mean of what the networks say. */
  async #confidence(image: ImageData): Promise<Float32Array> {
    const { compute, segmenters } = this.#session;
    const { scales } = this.#options;
    const mean = new Float32Array(image.width * image.height);
    for (const segmenter of segmenters) {
      const { confidence } = await predictAtScales(compute, image, { segmenter, ...scales });
      for (const [i, value] of confidence.entries()) mean[i] += value / segmenters.length;
    }
    return mean;
  }

  async write(name: string, label: SizedLabel): Promise<FileRecord[]> {
    const { out } = this.#options;
    const { width, height, weight: data } = label;
    const weights = await encodePng({ width, height, channels: 1, data });
    return [
      ...await writeMaps(out, name, label),
      await writeOutput(out, weightPath(out, name), weights),
    ];
  }

  record(facts: PhotoFacts, label: SizedLabel): PhotoRecord {
    return { ...recordedPhoto(facts, label), seconds: facts.seconds, labelledAt: facts.now };
  }

  filesOf({ name }: PhotoRecord): string[] {
    const { out } = this.#options;
    return [...mapPaths(out, name), weightPath(out, name)];
  }

  report({ photos, failures, onFailure, part }: ReportedPhotos<PhotoRecord>): AsyncIterable<string> {
    const { out, title } = this.#options;
    const { runtime, settings: { classifier, segmenters, ...parameters } } = this;
    return reportChunks({
      title,
      part,
      date: new Date(),
      version: VERSION,
      recipe: "confined by patches",
      parameters,
      networks: [
        ...segmenters.map((network) => ["Network", describeNetwork(network)] as const),
        ["Classifier", describeNetwork(classifier)],
      ],
      adapter: describeAdapter(runtime),
      backend: runtime.backend,
      totals: {
        labelled: photos.length,
        usable: Iterator.from(photos).filter(({ crackPixels }) => crackPixels > 0).toArray().length,
        failed: failures.length,
        seconds: Iterator.from(photos).reduce((sum, { seconds }) => sum + seconds, 0),
      },
      minCrackPixels: 1,
      entries: reportEntries({ photos, failures, part }, {
        folder: out,
        onFailure,
        stages: ({ name }: PhotoRecord) => [
          {
            key: "confidence",
            title: "Confidence",
            note: "What the network and the grey levels say, within the patches that are labelled crack.",
            path: confidencePath(out, name),
          },
          {
            key: "weights",
            title: "Weight",
            note: "What each pixel counts in the training that follows: dark where little is known.",
            path: weightPath(out, name),
          },
        ],
        complete: (entry, { crackPixels }) => ({ ...entry, usable: crackPixels > 0 }),
      }),
    });
  }
}

function describeNetwork({ name, source }: NetworkRecord): string {
  return `${name}, ${source}`;
}

/** The grey values of a photo, 0..255, row-major. */
async function greyValues(image: ImageData, compute: Compute): Promise<Float32Array> {
  using photo = uploadImage(compute, image);
  using grey = grayscale(photo);
  return await grey.read();
}
