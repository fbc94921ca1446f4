import { anyObject } from "../../../core/arguments.ts";
import { readRecord } from "../../files/read_record.ts";
import { readCard } from "../../training/read_card.ts";
import { statOrNull } from "../../../core/datasets/list_files.ts";
import { loadSegmenterCheckpoint } from "../../../models/segmenter/checkpoint.ts";
import type { Segmenter } from "../../../models/segmenter/segmenter.ts";
import { UsageError } from "../../cli/errors.ts";
import { writeErr } from "../../cli/terminal.ts";
import { namingFile } from "../../files/naming_file.ts";
import { writeWhole } from "../../files/write_whole.ts";
import type { SegmenterCard } from "../../segmenter/segmenter_card.ts";
import { segmenterTask } from "../../segmenter/segmenter_task.ts";
import type { SegmenterTrainingOptions } from "../../segmenter/training_options.ts";
import { runTraining } from "../../training/run_training.ts";
import type { OutcomeSegmenter } from "../outcome.ts";
import type { SegmenterPlan } from "../segmentation_plans.ts";
import type { PublishedSegmenter } from "../published.ts";
import { type Run, trainingRunOptions } from "../run.ts";
import type { TrainingTruth } from "./training_truth.ts";

/** A segmentation network that an experiment uses. */
export interface TrainedSegmenter {
  readonly plan: SegmenterPlan;
  readonly truth: TrainingTruth;
  /** Unique in the run: the name of its file, without folder and ending. */
  readonly id: string;
  readonly path: string;
  readonly card: SegmenterCard;
  /** Photos that could not be used, each with the reason. */
  readonly skipped: readonly string[];
}

/** A trained segmentation network, ready to predict. */
export interface OpenSegmenter extends TrainedSegmenter, Disposable {
  readonly segmenter: Segmenter;
  /** SHA-256 of its values. */
  readonly sha256: string;
}

/**
 * Trains a segmentation network; one that an earlier run trained the same way is taken as it is, and one whose training was interrupted is
 * trained on.
 *
 * @param options `name`: what it is trained on, such as `crack500`, for the name of its file.
 * @throws {UsageError} where one of its name is there that was trained in another way.
 */
export async function trainedSegmenter(
  plan: SegmenterPlan,
  truth: TrainingTruth,
  { name, run }: { readonly name: string; readonly run: Run },
): Promise<TrainedSegmenter> {
  const id = `${name}-${plan.id}-${truth.id}`;
  const path = `${run.folder}/segmenters/${id}.safetensors`;
  await requirePlanned(path, { settings: plan.settings, photos: truth.identity });
  const skipped: string[] = [];
  if (await statOrNull(path) === null) {
    const ready = await truth.samples();
    skipped.push(...ready.skipped);
    if (ready.samples.length === 0) {
      throw new UsageError(
        `Cannot train ${plan.title} on ${truth.title}: none of the photos has crack pixels enough to be usable for training; name other truths with --truth.`,
      );
    }
    if (!run.quiet) writeErr(`Training ${plan.title} on ${truth.title}: ${path}\n`);
    const options: SegmenterTrainingOptions = {
      ...plan.settings,
      samples: ready.samples,
      images: [],
      masks: [],
      datasets: [],
      labels: [],
      extraLabels: [],
      photos: [],
      soft: false,
      ...trainingRunOptions(run, path),
    };
    await runTraining(segmenterTask(options), options);
  }
  const card = await readCard<SegmenterCard>(path);
  return { plan, truth, id, path, card, skipped };
}

/** Loads a trained network. */
export async function openSegmenter(trained: TrainedSegmenter): Promise<OpenSegmenter> {
  const { segmenter, sha256 } = await loadTrained(trained.path);
  return { ...trained, segmenter, sha256, [Symbol.dispose]: () => segmenter.dispose() };
}

/** The network in a checkpoint, and the SHA-256 of its values. */
export async function loadTrained(path: string): Promise<Pick<OpenSegmenter, "segmenter" | "sha256">> {
  const bytes = await Deno.readFile(path);
  return await namingFile(path, () => loadSegmenterCheckpoint(bytes));
}

/** Notes beside a network, before its training begins, what it is trained on and how; or finds it noted the same way. */
export async function requirePlanned(
  path: string,
  planned: Readonly<Record<"settings" | "photos", unknown>>,
): Promise<void> {
  const file = `${path}.plan.json`;
  if (await statOrNull(file) === null) {
    if (await statOrNull(path) !== null) {
      throw new UsageError(
        `Cannot use ${path}: ${file}, which says what it was trained on, is gone; give another --out, or remove it.`,
      );
    }
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await writeWhole(file, `${JSON.stringify(planned, null, 2)}\n`);
    return;
  }
  const before = await readRecord(
    file,
    anyObject<Readonly<Record<string, unknown>>>(),
    "remove it and its network",
  );
  const same = (key: "settings" | "photos") => JSON.stringify(before[key]) === JSON.stringify(planned[key]);
  if (!same("settings")) {
    throw new UsageError(
      `Cannot use ${path}: it was trained with other settings, which are in ${file}; give another --out, or remove both.`,
    );
  }
  if (!same("photos")) {
    throw new UsageError(
      `Cannot use ${path}: it was trained on other photos or labels, which are in ${file}; give another --out, or remove both.`,
    );
  }
}

/** The segmentation networks of a run: the named ones, or else the defaults of its scale. */
export function chosenSegmenters(
  { scale: { name, segmentation: { networks, defaults } }, networks: named = [] }: Run,
  { unlessNamed = defaults }: { readonly unlessNamed?: readonly PublishedSegmenter[] } = {},
): readonly SegmenterPlan[] {
  const ids = networks.map(({ id }) => id);
  const unknown = named.find((id) => !ids.some((known) => known === id));
  if (unknown !== undefined) {
    throw new UsageError(
      `Cannot use the network ${unknown}: at the scale ${name} there are ${ids.join(", ")}.`,
    );
  }
  const wanted: readonly string[] = named.length === 0 ? unlessNamed : named;
  return networks.filter(({ id }) => wanted.includes(id));
}

/** A segmentation network on record. */
export function segmenterOf({ path, truth, segmenter, sha256, card }: OpenSegmenter): OutcomeSegmenter {
  const { data, crops, seconds } = card;
  const trainedOn = { truth: truth.title, photos: data.photos.length, crops, seconds };
  return { path, name: segmenter.name, sha256, trainedOn };
}
