import { recipes } from "../../core/recipe.ts";
import { openCompute } from "../../core/compute.ts";
import { openBackend } from "../../models/backend.ts";
import { startProgress } from "../cli/progress.ts";
import { chosenClassifiers } from "./chosen_classifiers.ts";
import { openClassifier, trainedClassifier } from "./classifiers.ts";
import { labelRow } from "./label_rows.ts";
import { measure } from "./measure.ts";
import { labelMethod } from "./method.ts";
import { classifierOf, dataOf, joinOutcomes, type Outcome, type OutcomeRow } from "./outcome.ts";
import type { PhotoSet } from "./photo_set.ts";
import { AUTHORS_LABELS, TABLE_2 } from "./published.ts";
import { photosOfRun, type Run } from "./run.ts";

/** Table II: how good labels are and how fast they are made, by classifier and recipe; on the training part unless told otherwise. */
export async function table2(run: Run): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const set of run.sets) outcomes.push(await ofSet(set, run));
  return joinOutcomes(outcomes);
}

async function ofSet(set: PhotoSet, run: Run): Promise<Outcome> {
  const { split = "train" } = run;
  const photos = await photosOfRun(set, split, run);
  const trained = [];
  for (const plan of chosenClassifiers(run)) trained.push(await trainedClassifier(plan, set, run));
  using compute = await openCompute();
  await openBackend({ compute, backend: run.backend });
  const rows: OutcomeRow[] = [], classifiers = [], skipped = new Set<string>();
  using progress = startProgress({
    total: photos.samples.length * trained.length,
    unit: "photo",
    quiet: run.quiet,
  });
  for (const one of trained) {
    const { plan } = one;
    const opened = await openClassifier(one);
    using classifier = opened.classifier;
    classifiers.push(classifierOf(opened));
    const methods = [recipes.paper, recipes.reference].map((recipe) =>
      labelMethod({ id: recipe.name, title: recipe.name, sha256: opened.sha256, classifier, recipe })
    );
    const prefix = `${set.name}-${split}-${plan.id}`;
    const found = await measure(photos.samples, methods, {
      compute,
      folder: `${run.folder}/counts`,
      prefix,
      progress,
    });
    for (const sentence of found.skipped) skipped.add(sentence);
    for (const measurement of found.results) {
      const { title } = measurement.method;
      rows.push(
        labelRow(`${plan.title}, recipe ${title}`, measurement, {
          published: set.name === "crack500" && split === "train" ? TABLE_2[plan.published ?? ""] : undefined,
          meanPr: split === "test" && plan.published === "resnet50" ? AUTHORS_LABELS[set.name] : undefined,
          timed: true,
        }),
      );
    }
  }
  return {
    tables: [{
      title: `Labels of ${set.title} ${split}, ${photos.samples.length} of ${photos.all} photos`,
      rows,
      notes: [
        "Images a second: one photo after the other, stages 1 to 12, without reading and writing files. The paper's machine was an Intel i9-7960X with a Titan XP.",
        "mean-pr: F1 of mean precision and mean recall; beside it what the authors report for their code with a ResNet-50 trained on each set's own training part.",
      ],
    }],
    pictures: [],
    data: [dataOf(set, split, photos)],
    classifiers,
    skipped: [...skipped],
  };
}
