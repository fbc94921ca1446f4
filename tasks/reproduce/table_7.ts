import { openCompute } from "../../core/gpu/open_compute.ts";
import { type Recipe, recipes } from "../../core/label/recipe.ts";
import { openBackend } from "../../models/backend.ts";
import { startProgress } from "../cli/progress.ts";
import { upperBounds } from "./upper_bounds.ts";
import { chosenClassifiers, openClassifier, trainedClassifier } from "./classifiers.ts";
import { labelRow } from "./label_rows.ts";
import { measure } from "./measure.ts";
import { labelMethod, type Method } from "./method.ts";
import { classifierOf, dataOf, joinOutcomes, type Outcome } from "./outcome.ts";
import type { PaperSet } from "./paper_set.ts";
import { TABLE_7 } from "./published.ts";
import { CachedClassifier } from "./cached_classifier.ts";
import { photosOfRun, type Run } from "./run.ts";

/** A recipe with one change. */
type Change = readonly [id: string, title: string, change: Partial<Recipe>];

/** The paper's. */
const ABLATIONS: readonly Change[] = [
  ["no-bilateral", "without the bilateral filters (6, 10)", { bilateralRadius: 0 }],
  ["no-morphology", "without erosion and closing (5, 11)", { erosionIterations: 0, closingIterations: 0 }],
  ["two-class", "two-class Otsu (8)", { thresholdClasses: 2 }],
  ["paper", "the paper's recipe", {}],
];

/** What else tells what a stage is worth. */
const FURTHER: readonly Change[] = [
  ["no-erosion", "without erosion (5)", { erosionIterations: 0 }],
  ["no-closing", "without closing (11)", { closingIterations: 0 }],
  ["no-cam", "without the class activation map (4)", { cam: "none" }],
  ["patches-64", "patches of 64 every 32 (2)", { patchSize: 64, patchStride: 32 }],
  ["patches-64-no-cam", "both", { patchSize: 64, patchStride: 32, cam: "none" }],
];

/** Table VII: what the stages of the method are worth; and what would be left to win. On the training part unless told otherwise. */
export async function table7(run: Run): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const set of run.sets) outcomes.push(await ofSet(set, run));
  return joinOutcomes(outcomes);
}

async function ofSet(set: PaperSet, run: Run): Promise<Outcome> {
  const { split = "train" } = run;
  const photos = await photosOfRun(set, split, run);
  const [plan] = chosenClassifiers(run);
  const trained = await trainedClassifier(plan, set, run);
  using compute = await openCompute();
  await openBackend({ compute, backend: run.backend });
  const opened = await openClassifier(trained);
  using _classifier = opened.classifier;
  const classifier = new CachedClassifier(opened.classifier);
  const { sha256 } = opened;
  const changed = ([id, title, change]: Change): Method =>
    labelMethod({
      id: `7-${id}`,
      title,
      sha256,
      classifier,
      recipe: { ...recipes.paper, name: id, ...change },
    });
  const groups = [
    ABLATIONS.map(changed),
    FURTHER.map(changed),
    upperBounds(recipes.paper, { sha256, classifier }),
  ];
  using progress = startProgress({ total: photos.samples.length, unit: "photo", quiet: run.quiet });
  const { results, skipped } = await measure(photos.samples, groups.flat(), {
    compute,
    folder: `${run.folder}/counts`,
    prefix: `${set.name}-${split}-${plan.id}`,
    progress,
  });
  const ofPaper = set.name === "crack500" && split === "train";
  const what = `${set.title} ${split}, ${photos.samples.length} of ${photos.all} photos, ${plan.title}`;
  const titles = ["Ablations", "Further changes", "What would be left to win"];
  let next = 0;
  const tables = groups.map((methods, i) => ({
    title: `${titles[i]}: ${what}`,
    rows: results.slice(next, next += methods.length).map((measurement) => {
      const { id, title } = measurement.method;
      return labelRow(title, measurement, { published: ofPaper ? TABLE_7[id.replace("7-", "")] : undefined });
    }),
    notes: i < 2 ? [] : [
      "These look at the truth: a localisation that made no mistake would leave the thresholding's, and the other way round.",
    ],
  }));
  return {
    tables,
    pictures: [],
    data: [dataOf(set, split, photos)],
    classifiers: [classifierOf(opened)],
    skipped,
  };
}
