import { chosenSegmenters } from "./chosen_segmenters.ts";
import { labelRow } from "./label_rows.ts";
import { dataOf, joinOutcomes, type Outcome } from "./outcome.ts";
import type { PhotoSet } from "./photo_set.ts";
import { TABLE_8 } from "./published.ts";
import type { Run } from "./run.ts";
import { measureSegmenters, testPhotos, trainingPhotos } from "./segmenter_comparison.ts";
import { type TrainedSegmenter, trainedSegmenter } from "./segmenters.ts";
import { labelTruth, type TrainingPart } from "./training_truth.ts";

/** Table VIII: what it is worth to train on labels of the test photos, too, whose masks nobody has to draw. */
export async function table8(run: Run): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const set of run.sets) outcomes.push(await ofSet(set, run));
  return joinOutcomes(outcomes);
}

async function ofSet(set: PhotoSet, run: Run): Promise<Outcome> {
  const { split = "test", scale } = run;
  const plans = chosenSegmenters(run, { unlessNamed: scale.segmentation.usualOfTable8 });
  const photos = await testPhotos(set, run);
  const training = await trainingPhotos(set, run);
  const part: TrainingPart = { set, samples: training.samples };
  const alone = await labelTruth([part], run);
  const both = await labelTruth([part, { set, samples: photos.samples, extra: true }], run);
  const trained: TrainedSegmenter[] = [];
  for (const plan of plans) {
    for (const truth of [alone, both]) {
      trained.push(await trainedSegmenter(plan, truth, { name: set.name, run }));
    }
  }
  const { results, segmenters, skipped } = await measureSegmenters(trained, photos.samples, {
    prefix: `${set.name}-${split}`,
    run,
  });
  return {
    tables: [{
      title:
        `Labels of test photos in training: ${set.title} ${split}, ${photos.samples.length} of ${photos.all} photos`,
      rows: results.map((result) => {
        const { plan, truth } = result.trained;
        const published = TABLE_8[set.name][truth === both ? "both" : "train"];
        return labelRow(`${plan.title}, ${truth === both ? `train + ${split}` : "train"}`, result, {
          published: plan.id === "oed" && split === "test" ? published : undefined,
        });
      }),
      notes: [
        `Labels of ${training.samples.length} photos of the training part, and of the ${photos.samples.length} that are measured; ` +
        "only those with crack pixels enough are trained on. No mask was seen in training. The paper shows OED.",
      ],
    }],
    pictures: [],
    data: [dataOf(set, split, photos), dataOf(set, "train", training)],
    classifiers: both.classifiers,
    segmenters,
    skipped,
  };
}
