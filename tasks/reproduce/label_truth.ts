import { recipes } from "../../core/label/recipe.ts";
import { labelPhotos } from "../label/label_photos.ts";
import { chosenClassifiers } from "./chosen_classifiers.ts";
import { hashClassifier, type HashedClassifier, trainedClassifier } from "./classifiers.ts";
import { labelEntries } from "./label_entries.ts";
import { classifierOf } from "./outcome.ts";
import type { Run } from "./run.ts";
import { photosOfPart, type TrainingPart, type TrainingTruth, type TruthEntries } from "./training_truth.ts";

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
    entries: () =>
      made ??= labelEntries(parts, {
        run,
        id: plan.id,
        classifierPath: ({ name }) => classifiers.get(name)!.path,
        label: (folder, open) => labelPhotos({ ...folder, recipe: recipes.paper, stages: false }, open),
      }),
  };
}
