import { fullName, type Sample } from "../../../core/datasets/sample.ts";
import type { Compute } from "../../../core/gpu/compute.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { labelImage } from "../../../core/label/label_image.ts";
import { recipes } from "../../../core/label/recipe.ts";
import type { StageKey } from "../../../core/label/stages.ts";
import { openBackend } from "../../../models/backend.ts";
import { confidenceBytes, mapBytes, maskBytes } from "../../batch/map_bytes.ts";
import { describeError } from "../../cli/errors.ts";
import { startProgress } from "../../cli/progress.ts";
import { onEachSet, type Outcome } from "../outcome.ts";
import { dataOf, type PaperSet, photosOf } from "../paper_set.ts";
import type { Run } from "../run.ts";
import {
  chosenClassifiers,
  classifierOf,
  type OpenClassifier,
  openClassifier,
  trainedClassifier,
} from "../training/classifiers.ts";
import { type PictureCell, pictureGrid } from "./picture_grid.ts";

/** Photos in a picture. */
const SHOWN = 4;

/** What a figure shows of a photo's label. */
interface StageFigure {
  readonly name: string;
  readonly title: string;
  readonly stages: readonly [key: StageKey, title: string][];
  /** Whether the label's mask and the truth follow. */
  readonly result: boolean;
}

const FIGURE_2: StageFigure = {
  name: "figure-2",
  title: "Figure 2: localisation",
  stages: [
    ["patch-map", "patch classification (3)"],
    ["activation-map", "class activations (4)"],
    ["localisation", "localisation map (5)"],
  ],
  result: false,
};

const FIGURE_4: StageFigure = {
  name: "figure-4",
  title: "Figure 4: localisation and threshold become a label",
  stages: [
    ["localisation", "localisation map (5)"],
    ["threshold", "threshold in patches (8)"],
    ["product", "product (9)"],
    ["confidence", "confidence (11)"],
  ],
  result: true,
};

/** Figure 2: how cracks are localised, as pictures of test photos. */
export const figure2 = (run: Run): Promise<Outcome> => draw(FIGURE_2, run);

/** Figure 4: how a label comes about, as pictures of test photos. */
export const figure4 = (run: Run): Promise<Outcome> => draw(FIGURE_4, run);

async function draw(figure: StageFigure, run: Run): Promise<Outcome> {
  return await onEachSet(run.sets, (set) => drawSet(figure, set, run));
}

async function drawSet(figure: StageFigure, set: PaperSet, run: Run): Promise<Outcome> {
  const { split = "test", photos: limit = SHOWN } = run;
  const photos = await photosOf(set, { split, limit });
  const [plan] = chosenClassifiers(run);
  const trained = await trainedClassifier(plan, set, run);
  using compute = await openCompute();
  await openBackend({ compute, backend: run.backend });
  const opened = await openClassifier(trained);
  using _classifier = opened.classifier;
  using progress = startProgress({ total: photos.samples.length, unit: "photo", quiet: run.quiet });
  const rows = [], skipped: string[] = [];
  for (const sample of photos.samples) {
    const title = fullName(sample);
    try {
      rows.push({ title, cells: await cellsOf(sample, figure, { compute, opened }) });
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      skipped.push(`${title}: ${describeError(error)}`);
      progress.note(skipped.at(-1)!);
    }
    progress.advance({ detail: title });
  }
  const columns = [
    "photo",
    ...figure.stages.map(([, title]) => title),
    ...(figure.result ? ["mask (12)", "truth"] : []),
  ];
  return {
    tables: [],
    pictures: [{
      file: `${figure.name}-${set.name}.svg`,
      content: await pictureGrid(`${figure.title}, ${set.title} ${split}, ${plan.title}`, columns, rows),
    }],
    data: [dataOf(set, split, photos)],
    classifiers: [classifierOf(opened)],
    skipped,
  };
}

async function cellsOf(
  sample: Sample,
  { stages: wanted, result }: StageFigure,
  { compute, opened: { classifier } }: {
    compute: Compute;
    opened: OpenClassifier;
  },
): Promise<PictureCell[]> {
  const { image, truth } = await sample.read();
  const { width, height } = image;
  const label = await labelImage(compute, image, { classifier, recipe: recipes.paper, stages: true });
  const cells: PictureCell[] = [{ width, height, data: image.data as PictureCell["data"] }];
  for (const [key] of wanted) {
    const { data, range } = label.stages.find((stage) => stage.key === key)!;
    cells.push({ width, height, data: key === "confidence" ? confidenceBytes(data) : mapBytes(data, range) });
  }
  if (result) {
    const drawn = typeof truth === "boolean" ? new Uint8Array(width * height) : truth.data;
    cells.push({ width, height, data: maskBytes(label.mask) }, { width, height, data: maskBytes(drawn) });
  }
  return cells;
}
