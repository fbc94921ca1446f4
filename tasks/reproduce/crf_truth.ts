import { camCrfLabeller } from "../../core/label/cam_crf/cam_crf_label.ts";
import { openCompute } from "../../core/gpu/open_compute.ts";
import { openBackend } from "../../models/backend.ts";
import { startProgress } from "../cli/progress.ts";
import { chosenClassifiers, openClassifier, trainedClassifier } from "./classifiers.ts";
import { crfParameters, type CrfSearch, describeSearch, searchPhotos } from "./crf_search.ts";
import { labelSamples } from "./label_truth.ts";
import { classifierOf, type OutcomeClassifier } from "./outcome.ts";
import { type PaperSet, photosOf } from "./paper_set.ts";
import type { ClassifierPlan } from "./plans.ts";
import type { Run } from "./run.ts";
import { photosOfPart, type TrainingPart, type TrainingTruth, type TruthSamples } from "./training_truth.ts";

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
