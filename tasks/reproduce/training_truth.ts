import type { DatasetSample } from "../../core/datasets/types.ts";
import { recipes } from "../../core/recipe.ts";
import { fullName } from "../data/examine.ts";
import { labelPhotos } from "../label/label_photos.ts";
import { openInstruments } from "../label/open_instruments.ts";
import { maskPath } from "../photo_run/maps.ts";
import { fileEntry, type MaskedEntry, sampleEntry } from "../segmenter/masked_entry.ts";
import { chosenClassifiers } from "./chosen_classifiers.ts";
import { hashClassifier, type HashedClassifier, trainedClassifier } from "./classifiers.ts";
import { classifierOf, type OutcomeClassifier } from "./outcome.ts";
import type { PhotoSet } from "./photo_set.ts";
import type { Run } from "./run.ts";

/** Photos of a set that a network is trained on. */
export interface TrainingPart {
  readonly set: PhotoSet;
  readonly samples: readonly DatasetSample[];
  /** Whether nobody drew masks for them: only their labels are of use. */
  readonly extra?: boolean;
}

/** What tells a network in training where crack is. */
export interface TrainingTruth {
  /** Names files: `fsv` for masks, `wsv-…` for labels. */
  readonly id: string;
  readonly title: string;
  /** Everything that decides it, to be compared with what an earlier run trained on. */
  readonly identity: unknown;
  /** Classifiers that it rests on. */
  readonly classifiers: readonly OutcomeClassifier[];
  /** Gets it ready: labels that are not there yet are made. */
  entries(): Promise<TruthEntries>;
}

/** Photos with what a network is told of them. */
export interface TruthEntries {
  readonly entries: readonly MaskedEntry[];
  /** Photos that could not be used, each with the reason. */
  readonly skipped: readonly string[];
}

/** The masks that people drew: full supervision. */
export function maskTruth(parts: readonly TrainingPart[]): TrainingTruth {
  return {
    id: "fsv",
    title: "masks (FSV)",
    identity: parts.map(photosOfPart),
    classifiers: [],
    entries: () =>
      Promise.resolve({
        entries: parts.flatMap(({ set, samples }) =>
          samples.map((sample) => ({ ...sampleEntry(sample), name: nameIn(set, sample) }))
        ),
        skipped: [],
      }),
  };
}

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
  let made: Promise<TruthEntries> | undefined;
  return {
    id: `wsv-${plan.id}${extended ? "-extended" : ""}`,
    title: "labels (WSV)",
    identity: parts.map((part) => ({
      ...photosOfPart(part),
      classifier: classifiers.get(part.set.name)!.sha256,
      recipe: recipes.paper,
    })),
    classifiers: [...classifiers.values()].map(classifierOf),
    // Several networks are trained on the same labels.
    entries: () =>
      made ??= labelParts(parts, { run, pathOf: ({ name }) => classifiers.get(name)!.path, id: plan.id }),
  };
}

async function labelParts(
  parts: readonly TrainingPart[],
  { run, pathOf, id }: {
    readonly run: Run;
    /** The file of a set's classifier. */
    readonly pathOf: (set: PhotoSet) => string;
    /** Of the classifier. */
    readonly id: string;
  },
): Promise<TruthEntries> {
  const entries: MaskedEntry[] = [], skipped: string[] = [];
  for (const { set, samples, extra = false } of parts) {
    for (const [split, ofSplit] of Map.groupBy(samples, ({ split }) => split)) {
      const folder = `${run.folder}/labels/${set.name}-${split}-${id}`;
      const { photos, failures } = await labelFolder(ofSplit, {
        folder,
        classifier: pathOf(set),
        title: `${set.title} ${split}`,
        run,
      });
      for (const { name, error } of failures) skipped.push(`${name}: ${error}`);
      const byPath = new Map(ofSplit.map((sample) => [sample.imagePath, sample]));
      for (const { name, path, usableForTraining } of photos) {
        if (!usableForTraining) continue;
        entries.push(fileEntry({
          name: nameIn(set, byPath.get(path)!),
          path,
          mask: maskPath(folder, name),
          soft: false,
          extra,
        }));
      }
    }
  }
  return { entries, skipped };
}

async function labelFolder(
  samples: readonly DatasetSample[],
  { folder, classifier, title, run: { backend, quiet } }: {
    readonly folder: string;
    readonly classifier: string;
    readonly title: string;
    readonly run: Run;
  },
): ReturnType<typeof labelPhotos> {
  using stack = new DisposableStack();
  const paths = samples.map(({ imagePath }) => imagePath);
  const options = { paths, out: folder, recipe: recipes.paper, stages: false, quiet, title };
  return await labelPhotos(options, async () => {
    const instruments = await openInstruments({ classifier, backend, quiet });
    stack.use(instruments.compute);
    stack.use(instruments.classifier);
    return instruments;
  });
}

function photosOfPart({ set, samples }: TrainingPart): { readonly photos: readonly string[] } {
  return { photos: samples.map((sample) => nameIn(set, sample)) };
}

function nameIn({ name }: PhotoSet, sample: DatasetSample): string {
  return `${name}/${fullName(sample)}`;
}
