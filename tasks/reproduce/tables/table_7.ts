import type { Plane } from "../../../core/gpu/compute.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { discDilation } from "../../../core/kernels/disc_dilation.ts";
import { joinMaps, labelImage, thresholdCracks } from "../../../core/label/label_image.ts";
import { type Recipe, recipes } from "../../../core/label/recipe.ts";
import { openBackend } from "../../../models/backend.ts";
import { startProgress } from "../../cli/progress.ts";
import { CachedClassifier } from "../measure/cached_classifier.ts";
import { labelRow } from "../measure/label_rows.ts";
import { measure } from "../measure/measure.ts";
import { labelMethod, type MeasuredPhoto, type Method } from "../measure/method.ts";
import { onEachSet, type Outcome } from "../outcome.ts";
import { dataOf, type PaperSet } from "../paper_set.ts";
import { TABLE_7 } from "../published.ts";
import { photosOfRun, type Run } from "../run.ts";
import {
  chosenClassifiers,
  classifierOf,
  openClassifier,
  trainedClassifier,
} from "../training/classifiers.ts";

/** A recipe with one change. */
type Change = readonly [id: string, title: string, change: Partial<Recipe>];

/** The paper's. */
const ABLATIONS: readonly Change[] = [
  ["no-bilateral", "without the bilateral filters (6, 10)", { bilateralRadius: 0 }],
  ["no-morphology", "without erosion and closing (5, 11)", { erosionIterations: 0, closingIterations: 0 }],
  ["two-class", "two-class Otsu (8)", { thresholdClasses: 2 }],
  ["paper", "the paper's recipe", {}],
];

/** Further changes that show what a stage is worth. */
const FURTHER: readonly Change[] = [
  ["no-erosion", "without erosion (5)", { erosionIterations: 0 }],
  ["no-closing", "without closing (11)", { closingIterations: 0 }],
  ["no-cam", "without the class activation map (4)", { cam: "none" }],
  ["patches-64", "patches of 64 every 32 (2)", { patchSize: 64, patchStride: 32 }],
  ["patches-64-no-cam", "both", { patchSize: 64, patchStride: 32, cam: "none" }],
];

/** Table VII: what the stages of the method are worth; and what would be left to win. On the training part by default. */
export async function table7(run: Run): Promise<Outcome> {
  return await onEachSet(run.sets, (set) => ofSet(set, run));
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

/** Pixels around the true crack that a perfect localisation still calls crack: about what four erosions leave of a patch of 32. */
const MARGIN = 12;

/** What a method would reach whose localisation, or whose thresholding, made no mistake: both look at the truth. */
export function upperBounds(
  recipe: Recipe,
  { sha256, classifier }: { readonly sha256: string; readonly classifier: CachedClassifier },
): Method[] {
  return [
    {
      id: "no-localisation",
      title: "thresholding alone (localised everywhere)",
      identity: { localisation: "everywhere", recipe },
      predict: (photo) => {
        const { width, height, compute } = photo.plane;
        const data = new Float32Array(width * height).fill(1);
        using everywhere = compute.upload({ width, height, channels: 1, data });
        return thresholdWithin(everywhere, photo, recipe);
      },
    },
    {
      id: "perfect-localisation",
      title: `thresholding within ${MARGIN} px of the truth`,
      identity: { localisation: `truth widened by ${MARGIN}`, recipe },
      predict: (photo) => {
        using located = discDilation(photo.truth, MARGIN);
        return thresholdWithin(located, photo, recipe);
      },
    },
    {
      id: "perfect-thresholding",
      title: "localisation, the truth for a threshold",
      identity: { threshold: "truth", classifier: sha256, recipe },
      predict: async (photo) => {
        using located = await localise(photo, classifier, recipe);
        return joinMaps(located, photo.truth, recipe);
      },
    },
  ];
}

function thresholdWithin(located: Plane, { plane }: MeasuredPhoto, recipe: Recipe): Plane {
  using dark = thresholdCracks(plane, recipe);
  return joinMaps(located, dark, recipe);
}

/** Stage 5 of a label. */
async function localise(
  photo: MeasuredPhoto,
  classifier: CachedClassifier,
  recipe: Recipe,
): Promise<Plane> {
  const { compute } = photo.plane;
  const { stages } = await labelImage(compute, photo.image, {
    classifier: classifier.for(photo, recipe),
    recipe,
    stages: true,
  });
  const { width, height, data } = stages.find(({ key }) => key === "localisation")!;
  return compute.upload({ width, height, channels: 1, data });
}
