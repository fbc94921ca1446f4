import { openCompute } from "../../../core/gpu/open_compute.ts";
import { camCrfLabeller } from "../../../core/label/cam_crf/cam_crf_label.ts";
import { paperLabeller } from "../../../core/label/label_image.ts";
import type { LabellerFactory } from "../../../core/label/labeller.ts";
import { recipes } from "../../../core/label/recipe.ts";
import { openBackend } from "../../../models/backend.ts";
import { maskPath } from "../../batch/maps.ts";
import { startProgress } from "../../cli/progress.ts";
import { labelPhotos } from "../../label/label_photos.ts";
import { openSession } from "../../label/open_session.ts";
import { maskedSample, type NamedSample } from "../../training/named_sample.ts";
import type { OutcomeClassifier } from "../outcome.ts";
import { type PaperSet, photosOf } from "../paper_set.ts";
import type { ClassifierPlan } from "../plans.ts";
import type { Run } from "../run.ts";
import {
  chosenClassifiers,
  classifierOf,
  hashClassifier,
  type HashedClassifier,
  openClassifier,
  trainedClassifier,
} from "./classifiers.ts";
import { crfParameters, type CrfSearch, describeSearch, searchPhotos } from "./crf_search.ts";
import {
  nameIn,
  photosOfPart,
  type TrainingPart,
  type TrainingTruth,
  type TruthSamples,
} from "./training_truth.ts";

/**
 * Labels by the paper's recipe, of the first of the run's classifiers that is trained on each set: weak supervision. They are kept in
 * `labels/SET-SPLIT-CLASSIFIER/`, as `label` writes them, and those that a run made before it was broken off are taken as they are.
 */
export async function labelTruth(parts: readonly TrainingPart[], run: Run): Promise<TrainingTruth> {
  const [plan] = chosenClassifiers(run);
  const classifiers = new Map<string, HashedClassifier>();
  for (const { set } of parts) {
    if (classifiers.has(set.name)) continue;
    classifiers.set(set.name, await hashClassifier(await trainedClassifier(plan, set, run), run));
  }
  const extended = parts.some(({ extra }) => extra);
  let made: Promise<TruthSamples> | undefined;
  return {
    name: "labels",
    id: `wsv-${plan.id}${extended ? "-extended" : ""}`,
    title: "labels (WSV)",
    identity: parts.map((part) => ({
      ...photosOfPart(part),
      classifier: classifiers.get(part.set.name)!.sha256,
      recipe: recipes.paper,
    })),
    classifiers: [...classifiers.values()].map(classifierOf),
    notes: [],
    // Several networks are trained on the same labels.
    samples: () =>
      made ??= labelSamples(parts, {
        run,
        id: plan.id,
        classifierPath: ({ name }) => classifiers.get(name)!.path,
        labeller: () => paperLabeller,
      }),
  };
}

/** Options of {@linkcode labelSamples}. */
interface LabelSamplesOptions {
  readonly run: Run;
  /** Names the folders: `labels/SET-SPLIT-ID/`. */
  readonly id: string;
  /** The file of a set's classifier. */
  readonly classifierPath: (set: PaperSet) => string;
  /** What a set's photos are labelled by. */
  readonly labeller: (set: PaperSet) => LabellerFactory;
}

/**
 * Labels the photos of all parts, and takes the labels that have crack pixels enough to be trained on. Photos that an interrupted run had
 * labelled are skipped.
 */
async function labelSamples(
  parts: readonly TrainingPart[],
  { run: { folder, backend, quiet }, id, classifierPath, labeller }: LabelSamplesOptions,
): Promise<TruthSamples> {
  const labelled: NamedSample[] = [], skipped: string[] = [];
  for (const { set, samples, extra = false } of parts) {
    for (const [split, ofSplit] of Map.groupBy(samples, ({ split }) => split)) {
      using stack = new DisposableStack();
      const out = `${folder}/labels/${set.name}-${split}-${id}`;
      const paths = ofSplit.map(({ imagePath }) => imagePath);
      const { photos, failures } = await labelPhotos(
        { paths, out, quiet, labeller: labeller(set), stages: false, title: `${set.title} ${split}` },
        async () => {
          const session = await openSession({ classifier: classifierPath(set), backend, quiet });
          stack.use(session.compute);
          stack.use(session.classifier);
          return session;
        },
      );
      for (const { name, error } of failures) skipped.push(`${name}: ${error}`);
      const byPath = new Map(ofSplit.map((sample) => [sample.imagePath, sample]));
      for (const { name, path, usableForTraining } of photos) {
        if (!usableForTraining) continue;
        labelled.push(maskedSample({
          name: nameIn(set, byPath.get(path)!),
          path,
          mask: maskPath(out, name),
          soft: false,
          extra,
        }));
      }
    }
  }
  return { samples: labelled, skipped };
}

/** What labels of a set's photos are made with. */
interface Rival {
  readonly set: PaperSet;
  readonly classifier: OutcomeClassifier;
  readonly search: CrfSearch;
}

/**
 * Labels by Grad-CAM and a fully connected random field, after Dong et al. (the paper's [17]), of the same classifiers as ours, with the
 * parameters that are best on photos of each set's training part with their masks (section IV-D): weak supervision but for these masks.
 * They are kept in `labels/SET-SPLIT-CLASSIFIER-crf/`, and those that a run made before it was broken off are taken as they are.
 */
export async function crfTruth(parts: readonly TrainingPart[], run: Run): Promise<TrainingTruth> {
  const [plan] = chosenClassifiers(run);
  const rivals = new Map<string, Rival>();
  for (const { set } of parts) {
    if (!rivals.has(set.name)) rivals.set(set.name, await rivalOf(set, { plan, run }));
  }
  const of = ({ name }: PaperSet): Rival => rivals.get(name)!;
  let made: Promise<TruthSamples> | undefined;
  return {
    name: "crf",
    id: `wsv-crf-${plan.id}`,
    title: "CRF labels (WSV-CRF)",
    identity: parts.map((part) => ({
      ...photosOfPart(part),
      labels: "Grad-CAM, dense CRF",
      classifier: of(part.set).classifier.sha256,
      parameters: of(part.set).search.best.parameters,
    })),
    classifiers: [...rivals.values()].map(({ classifier }) => classifier),
    notes: [...rivals.values()].map(({ set, search }) =>
      `CRF labels [17] of ${set.title}: ${describeSearch(search)}`
    ),
    samples: () =>
      made ??= labelSamples(parts, {
        run,
        id: `${plan.id}-crf`,
        classifierPath: (set) => of(set).classifier.path,
        labeller: (set) => (compute, { classifier }) =>
          camCrfLabeller(compute, { classifier, parameters: of(set).search.best.parameters }),
      }),
  };
}

async function rivalOf(
  set: PaperSet,
  { plan, run }: { readonly plan: ClassifierPlan; readonly run: Run },
): Promise<Rival> {
  const { folder, backend, quiet, scale } = run;
  const trained = await trainedClassifier(plan, set, run);
  const { samples } = await photosOf(set, { split: "train" });
  const photos = searchPhotos(samples, scale.searchPhotos);
  using compute = await openCompute();
  await openBackend({ compute, backend });
  const opened = await openClassifier(trained);
  using _classifier = opened.classifier;
  using progress = startProgress({ total: photos.length, unit: "photo", quiet });
  const search = await crfParameters(opened, { set, folder, compute, photos, progress });
  return { set, classifier: classifierOf(opened), search };
}
