import { openCompute } from "../../../core/gpu/open_compute.ts";
import { recipes } from "../../../core/label/recipe.ts";
import { openBackend } from "../../../models/backend.ts";
import { maskPath } from "../../batch/maps.ts";
import { startProgress } from "../../cli/progress.ts";
import { labelPhotos, openSession } from "../../label/label_photos.ts";
import { openCamCrf, type OpenLabeller, openPaper } from "../../label/open_labeller.ts";
import { maskedSample, type NamedSample } from "../../training/named_sample.ts";
import type { OutcomeClassifier } from "../outcome.ts";
import { type PaperSet, photosOf } from "../paper_set.ts";
import type { ClassifierPlan } from "../plans.ts";
import type { Run } from "../run.ts";
import {
  chosenClassifiers,
  classifierOf,
  hashClassifier,
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

/** How photos of a set are labelled. */
interface SetLabels {
  readonly classifier: OutcomeClassifier;
  readonly labeller: OpenLabeller;
  /** Everything that decides the labels, to be compared with an earlier run's. */
  readonly identity: Readonly<Record<string, unknown>>;
  /** How the labels came about: sentences. */
  readonly notes: readonly string[];
}

/** Labels as a truth. */
interface LabelsOptions extends Pick<TrainingTruth, "name" | "id" | "title"> {
  readonly run: Run;
  /** Ends names of folders: `labels/SET-SPLIT-ID/`. */
  readonly folderId: string;
  readonly labelsOf: (set: PaperSet) => Promise<SetLabels>;
}

/**
 * Labels by the paper's recipe, of the first of the run's classifiers that is trained on each set: weak supervision. They are kept in
 * `labels/SET-SPLIT-CLASSIFIER/`, as `label` writes them, and those that an interrupted run made are taken as they are.
 */
export async function labelTruth(parts: readonly TrainingPart[], run: Run): Promise<TrainingTruth> {
  const [plan] = chosenClassifiers(run);
  const extended = parts.some(({ extra }) => extra);
  return await truthOfLabels(parts, {
    run,
    name: "labels",
    id: `wsv-${plan.id}${extended ? "-extended" : ""}`,
    folderId: plan.id,
    title: "labels (WSV)",
    labelsOf: async (set) => {
      const classifier = await hashClassifier(await trainedClassifier(plan, set, run), run);
      return {
        classifier: classifierOf(classifier),
        labeller: openPaper(recipes.paper),
        identity: { classifier: classifier.sha256, recipe: recipes.paper },
        notes: [],
      };
    },
  });
}

/**
 * Labels by Grad-CAM and a fully connected random field, after Dong et al. (the paper's [17]), of the same classifiers as ours, with the
 * parameters that are best on photos of each set's training part with their masks (section IV-D): weak supervision but for these masks.
 * They are kept in `labels/SET-SPLIT-CLASSIFIER-crf/`, and those that an interrupted run made are taken as they are.
 */
export async function crfTruth(parts: readonly TrainingPart[], run: Run): Promise<TrainingTruth> {
  const [plan] = chosenClassifiers(run);
  return await truthOfLabels(parts, {
    run,
    name: "crf",
    id: `wsv-crf-${plan.id}`,
    folderId: `${plan.id}-crf`,
    title: "CRF labels (WSV-CRF)",
    labelsOf: async (set) => {
      const { classifier, search } = await searchOn(set, { plan, run });
      const { parameters } = search.best;
      return {
        classifier,
        labeller: openCamCrf(parameters),
        identity: { labels: "Grad-CAM, dense CRF", classifier: classifier.sha256, parameters },
        notes: [`CRF labels [17] of ${set.title}: ${describeSearch(search)}`],
      };
    },
  });
}

/** The classifier of a set, and the parameters of the random field that suit it. */
async function searchOn(
  set: PaperSet,
  { plan, run }: { readonly plan: ClassifierPlan; readonly run: Run },
): Promise<{ readonly classifier: OutcomeClassifier; readonly search: CrfSearch }> {
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
  return { classifier: classifierOf(opened), search };
}

async function truthOfLabels(
  parts: readonly TrainingPart[],
  { run, name, id, folderId, title, labelsOf }: LabelsOptions,
): Promise<TrainingTruth> {
  const labels = new Map<string, SetLabels>();
  for (const { set } of parts) if (!labels.has(set.name)) labels.set(set.name, await labelsOf(set));
  let made: Promise<TruthSamples> | undefined;
  return {
    name,
    id,
    title,
    identity: parts.map((part) => ({ ...photosOfPart(part), ...labels.get(part.set.name)!.identity })),
    classifiers: [...labels.values()].map(({ classifier }) => classifier),
    notes: [...labels.values()].flatMap(({ notes }) => notes),
    // Several networks are trained on the same labels.
    samples: () => made ??= labelSamples(parts, { run, id: folderId, labels }),
  };
}

/**
 * Labels the photos of all parts, and takes the labels that have crack pixels enough to be trained on. Photos that an interrupted run had
 * labelled are skipped.
 */
async function labelSamples(
  parts: readonly TrainingPart[],
  { run: { folder, backend, quiet }, id, labels }: {
    readonly run: Run;
    readonly id: string;
    readonly labels: ReadonlyMap<string, SetLabels>;
  },
): Promise<TruthSamples> {
  const labelled: NamedSample[] = [], skipped: string[] = [];
  for (const { set, samples, extra = false } of parts) {
    const { classifier, labeller } = labels.get(set.name)!;
    for (const [split, ofSplit] of Map.groupBy(samples, ({ split }) => split)) {
      using stack = new DisposableStack();
      const out = `${folder}/labels/${set.name}-${split}-${id}`;
      const paths = ofSplit.map(({ imagePath }) => imagePath);
      const { photos, failures } = await labelPhotos(
        { paths, out, quiet, stages: false, title: `${set.title} ${split}` },
        async () => stack.use(await openSession({ labeller, classifier: classifier.path, backend, quiet })),
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
