import { readCard } from "../../training/read_card.ts";
import { statOrNull } from "../../../core/datasets/list_files.ts";
import { fullName } from "../../../core/datasets/sample.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { openBackend } from "../../../models/backend.ts";
import type { NetworkClassifier } from "../../../models/classifier/classifier.ts";
import { hashParameters } from "../../batch/network_record.ts";
import type { ClassifierCard } from "../../classifier/classifier_card.ts";
import { classifierTask } from "../../classifier/classifier_task.ts";
import { readClassifier } from "../../classifier/read_classifier.ts";
import type { ClassifierTrainingOptions } from "../../classifier/training_options.ts";
import { UsageError } from "../../cli/errors.ts";
import { writeErr } from "../../cli/terminal.ts";
import { runTraining } from "../../training/run_training.ts";
import type { OutcomeClassifier } from "../outcome.ts";
import { type PaperSet, photosOf } from "../paper_set.ts";
import type { ClassifierPlan, ClassifierSettings } from "../plans.ts";
import { type Run, trainingRunOptions } from "../run.ts";

/** A classifier that an experiment uses. */
export interface TrainedClassifier {
  readonly plan: ClassifierPlan;
  readonly path: string;
  readonly card: ClassifierCard;
}

/** A trained classifier on record. */
export interface HashedClassifier extends TrainedClassifier {
  readonly classifier: Pick<NetworkClassifier, "name">;
  /** SHA-256 of its parameters. */
  readonly sha256: string;
}

/** A trained classifier, ready to be asked. */
export interface OpenClassifier extends HashedClassifier {
  readonly classifier: NetworkClassifier;
}

/**
 * Trains a classifier on a set's training part; one that an earlier run trained the same way is taken as it is, and one whose training was
 * interrupted is trained on.
 *
 * @throws {UsageError} where one of its name is there that was trained in another way.
 */
export async function trainedClassifier(
  plan: ClassifierPlan,
  set: PaperSet,
  run: Run,
): Promise<TrainedClassifier> {
  const path = `${run.folder}/classifiers/${set.name}-${plan.id}.safetensors`;
  const { samples } = await photosOf(set, { split: "train" });
  const wanted = settingsFor(plan, samples.length);
  if (await statOrNull(path) === null) {
    if (!run.quiet) writeErr(`Training ${plan.title} on ${set.title}: ${path}\n`);
    await Deno.mkdir(`${run.folder}/classifiers`, { recursive: true });
    const options: ClassifierTrainingOptions = {
      ...plan.settings,
      folders: [],
      images: [],
      masks: [],
      labels: [],
      photos: [],
      datasets: [set.path],
      split: "train",
      splits: "paper",
      skip: 0,
      crackShare: 0.5,
      validation: 0,
      ...trainingRunOptions(run, path),
    };
    await runTraining(classifierTask(options), options);
  }
  const card = await readCard<ClassifierCard>(path);
  requirePlannedSettings(card, wanted, path);
  const photos = samples.map(fullName);
  if (card.data.photos.join("\n") !== photos.join("\n")) {
    throw new UsageError(
      `Cannot use ${path}: it was trained on ${card.data.photos.length} other photos than the ${photos.length} of ${set.title}'s ` +
        `training part; give another --out, or remove it.`,
    );
  }
  return { plan, path, card };
}

/** Opens a trained classifier. */
export async function openClassifier(trained: TrainedClassifier): Promise<OpenClassifier> {
  const classifier = await readClassifier(trained.path);
  classifier.startThreads();
  return { ...trained, classifier, sha256: await hashParameters(classifier.parameters) };
}

/** Looks at a trained classifier for its name and hash only. */
export async function hashClassifier(
  trained: TrainedClassifier,
  { backend }: Pick<Run, "backend">,
): Promise<HashedClassifier> {
  using compute = await openCompute();
  await openBackend({ compute, backend });
  using classifier = await readClassifier(trained.path);
  const { name } = classifier;
  return { ...trained, classifier: { name }, sha256: await hashParameters(classifier.parameters) };
}

function settingsFor({ settings, maxPatchesPerPhoto }: ClassifierPlan, photos: number): ClassifierSettings {
  if (settings.patches === undefined || maxPatchesPerPhoto === undefined) return settings;
  return { ...settings, patches: Math.min(settings.patches, maxPatchesPerPhoto * photos) };
}

function requirePlannedSettings(
  { settings }: ClassifierCard,
  planned: ClassifierSettings,
  path: string,
): void {
  // Cards know the weights that a training started from by their hash only.
  const { start, ...wanted } = planned;
  const differing = (Object.keys(wanted) as (keyof typeof wanted)[]).filter((key) =>
    wanted[key] !== undefined && JSON.stringify(settings[key]) !== JSON.stringify(wanted[key])
  );
  if ((start === undefined) !== (settings.start === null)) differing.push("arch");
  if (differing.length === 0) return;
  const [key] = differing;
  throw new UsageError(
    `Cannot use ${path}: it was trained with ${key} ${JSON.stringify(settings[key])} where ${
      JSON.stringify(wanted[key])
    } is wanted; give another --out, or remove it.`,
  );
}

/** The classifiers of a run: those of its scale, or of these the named ones. */
export function chosenClassifiers({ scale, classifiers }: Run): readonly ClassifierPlan[] {
  const ids = scale.classifiers.map(({ id }) => id);
  const unknown = classifiers.find((id) => !ids.includes(id));
  if (unknown !== undefined) {
    throw new UsageError(
      `Cannot use the classifier ${unknown}: at the scale ${scale.name} there are ${ids.join(", ")}.`,
    );
  }
  return classifiers.length === 0
    ? scale.classifiers
    : scale.classifiers.filter(({ id }) => classifiers.includes(id));
}

/** A classifier on record. */
export function classifierOf({ path, classifier, sha256, card }: HashedClassifier): OutcomeClassifier {
  const { data, patches, seconds } = card;
  return { path, name: classifier.name, sha256, trainedOn: { photos: data.photos.length, patches, seconds } };
}
