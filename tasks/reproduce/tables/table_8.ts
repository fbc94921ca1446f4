import { labelRow } from "../measure/label_rows.ts";
import { measureOnSet, testPhotos } from "../measure/segmenter_comparison.ts";
import { joinOutcomes, type Outcome } from "../outcome.ts";
import { dataOf, type PaperSet } from "../paper_set.ts";
import { TABLE_8 } from "../published.ts";
import { isPublishedSetting, type Run, trainingSet } from "../run.ts";
import { labelTruth } from "../training/label_truths.ts";
import { chosenSegmenters, type TrainedSegmenter, trainedSegmenter } from "../training/segmenters.ts";
import { trainingPhotos } from "../training/trained_networks.ts";
import type { TrainingPart, TrainingTruth } from "../training/training_truth.ts";
import { comparisonNotes } from "./tables_3_to_6.ts";

/** Trained on labels of a training part alone, and of the test part, too. */
interface SemiSupervised {
  readonly trained: readonly TrainedSegmenter[];
  readonly both: TrainingTruth;
}

/**
 * Table VIII: what it is worth to train on labels of further photos, too, for which nobody has to draw masks: networks trained on our
 * labels of the training set's training part, against such trained on labels of its test part as well, each measured on every set.
 *
 * The text (section V-D) can be read in two ways, as the rows of the table are sets: that the further labels are those of each row's set, or
 * always CRACK500's. It says "we use the CRACK500 test-set and run our pseudo-labelling approach on it", and of the gain on CFD and AEL that
 * "the added data has benefited the results": so there is one such network, and the rows are what it is tested on.
 */
export async function table8(run: Run): Promise<Outcome> {
  const set = trainingSet(run);
  const training = await trainingPhotos(set, run);
  // However many, and of whatever part, are measured: they decide what is trained on.
  const further = await testPhotos(set, { scale: run.scale });
  const part: TrainingPart = { set, samples: training.samples };
  const alone = await labelTruth([part], run);
  const both = await labelTruth([part, { set, samples: further.samples, extra: true }], run);
  const trained: TrainedSegmenter[] = [];
  for (const plan of chosenSegmenters(run, { unlessNamed: run.scale.segmentation.defaultsForTable8 })) {
    for (const truth of [alone, both]) {
      trained.push(await trainedSegmenter(plan, truth, { name: set.name, run }));
    }
  }
  const outcomes: Outcome[] = [{
    tables: [],
    pictures: [],
    data: [
      dataOf(set, "train", training),
      { ...dataOf(set, "test", further), split: "test (labels in training)" },
    ],
    classifiers: both.classifiers,
    skipped: [],
  }];
  const notes = [
    `Trained on our labels of ${training.samples.length} photos of ${set.title}'s training part, and of ${further.samples.length} of ` +
    "its test part, too; only those with crack pixels enough are used. No mask was seen in training. The paper shows OED.",
  ];
  for (const measured of run.sets) outcomes.push(await ofSet(measured, { trained, both }, { run, notes }));
  return joinOutcomes(outcomes);
}

async function ofSet(
  set: PaperSet,
  { trained, both }: SemiSupervised,
  { run, notes }: { readonly run: Run; readonly notes: readonly string[] },
): Promise<Outcome> {
  const { results, segmenters, skipped, data, what } = await measureOnSet(trained, set, run);
  const published = isPublishedSetting(run) ? TABLE_8[set.name] : undefined;
  const rows = results.map((result) => {
    const { plan, truth } = result.trained;
    const [words, row] = truth === both ? ["train + test", published?.both] : ["train", published?.train];
    return labelRow(`${plan.title}, ${words}`, result, { published: plan.id === "oed" ? row : undefined });
  });
  return {
    tables: [{
      title: `Labels of test photos in training: ${what}`,
      rows,
      notes: [...notes, ...comparisonNotes(set.name, rows)],
    }],
    pictures: [],
    data: [data],
    classifiers: [],
    segmenters,
    skipped,
  };
}
