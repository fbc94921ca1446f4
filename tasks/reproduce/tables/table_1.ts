import { openCompute } from "../../../core/gpu/open_compute.ts";
import { openBackend } from "../../../models/backend.ts";
import { openPatchPhotos } from "../../classifier/photos.ts";
import { evaluateSizes, type SizeFigures } from "../../classifier/size_figures.ts";
import { startProgress } from "../../cli/progress.ts";
import { cardNames } from "../../training/decoded_photos.ts";
import { cachedResult } from "../cached_result.ts";
import { onEachSet, type Outcome, type OutcomeClassifier, type OutcomeRow } from "../outcome.ts";
import type { PaperSet } from "../paper_set.ts";
import { TABLE_1 } from "../published.ts";
import type { Run } from "../run.ts";
import {
  chosenClassifiers,
  classifierOf,
  type OpenClassifier,
  openClassifier,
  trainedClassifier,
} from "../training/classifiers.ts";

/** The paper's patches of 128 every 64 pixels, and those that labels are made of. */
const GRIDS = [{ size: 128, stride: 64 }, { size: 32, stride: 16 }] as const;

/** Table I: how well classifiers tell patches with crack from patches without, on the test part. */
export async function table1(run: Run): Promise<Outcome> {
  return await onEachSet(run.sets, (set) => ofSet(set, run));
}

async function ofSet(set: PaperSet, run: Run): Promise<Outcome> {
  const { split = "test" } = run;
  const classifiers: OutcomeClassifier[] = [], skipped: string[] = [];
  const rows: OutcomeRow[][] = GRIDS.map(() => []);
  const trained = [];
  for (const plan of chosenClassifiers(run)) trained.push(await trainedClassifier(plan, set, run));
  using compute = await openCompute();
  await openBackend({ compute, backend: run.backend });
  const photos = await openPatchPhotos(
    { folders: [], images: [], masks: [], datasets: [set.path], split, splits: "paper" },
    { limit: run.photos, onPhoto: (_, failure) => void (failure !== undefined && skipped.push(failure)) },
  );
  using progress = startProgress({
    total: photos.count * GRIDS.length * trained.length,
    unit: "photo",
    quiet: run.quiet,
  });
  const measure = async ({ classifier }: OpenClassifier): Promise<SizeFigures[]> => {
    const figures = [];
    for (const { size, stride } of GRIDS) {
      const onPhoto = () => progress.advance();
      figures.push(...await evaluateSizes(classifier, photos, { compute, sizes: [size], stride, onPhoto }));
    }
    return figures;
  };
  for (const one of trained) {
    const opened = await openClassifier(one);
    using _classifier = opened.classifier;
    classifiers.push(classifierOf(opened));
    const path = `${run.folder}/counts/${set.name}-${split}-${one.plan.id}-patches.json`;
    const identity = { classifier: opened.sha256, photos: cardNames(photos), grids: GRIDS };
    const figures = await cachedResult(path, identity, () => measure(opened));
    const published = set.name === "crack500" && split === "test"
      ? TABLE_1[one.plan.published ?? ""]
      : undefined;
    for (const [i, { f1, precision, recall }] of figures.entries()) {
      const beside = i === 0 ? published : undefined;
      rows[i].push({
        title: one.plan.title,
        figures: [
          { metric: "F1", ours: f1, published: beside?.F1 },
          { metric: "PR", ours: precision, published: beside?.PR },
          { metric: "RE", ours: recall, published: beside?.RE },
        ],
      });
    }
  }
  return {
    tables: GRIDS.map(({ size, stride }, i) => ({
      title: `Patches of ${size} every ${stride} pixels of ${set.title} ${split}, ${photos.count} photos`,
      rows: rows[i],
      notes: [],
    })),
    pictures: [],
    data: [{
      set: set.title,
      path: set.path,
      split,
      photos: photos.count,
      all: photos.count + photos.failures,
      names: cardNames(photos),
    }],
    classifiers,
    skipped,
  };
}
