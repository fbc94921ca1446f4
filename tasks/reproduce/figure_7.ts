import { curvePanels } from "./curve_panels.ts";
import { labelRow } from "./label_rows.ts";
import { dataOf, joinOutcomes, type Outcome } from "./outcome.ts";
import type { PhotoSet } from "./photo_set.ts";
import type { Run } from "./run.ts";
import {
  describeLabels,
  measureSegmenters,
  testPhotos,
  trainingPhotos,
  trainOnBoth,
} from "./segmenter_comparison.ts";

/** Figure 7: precision over recall of networks trained on masks and on labels. */
export async function figure7(run: Run): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const set of run.sets) outcomes.push(await ofSet(set, run));
  return joinOutcomes(outcomes);
}

async function ofSet(set: PhotoSet, run: Run): Promise<Outcome> {
  const { split = "test" } = run;
  const photos = await testPhotos(set, run);
  const training = await trainingPhotos(set, run);
  const { trained, labels } = await trainOnBoth(set.name, [{ set, samples: training.samples }], run);
  const { results, segmenters, skipped } = await measureSegmenters(trained, photos.samples, {
    prefix: `${set.name}-${split}`,
    run,
  });
  const what = `${set.title} ${split}, ${photos.samples.length} of ${photos.all} photos`;
  const panels = Map.groupBy(results, ({ trained }) => trained.plan.title);
  return {
    tables: [{
      title: `Precision and recall: ${what}`,
      rows: results.map((result) => labelRow(result.method.title, result)),
      notes: [describeLabels(trained, labels, training.samples.length)],
    }],
    pictures: [{
      file: `figure-7-${set.name}.svg`,
      content: curvePanels(
        `Figure 7: precision over recall, ${what}`,
        [...panels].map(([title, ofNetwork]) => ({
          title,
          curves: ofNetwork.map(({ trained, sweep }) => ({
            name: trained.truth === labels ? "wsv" : "fsv",
            points: sweep.curve(),
            threshold: sweep.ods().threshold,
          })),
        })),
      ),
    }],
    data: [dataOf(set, split, photos), dataOf(set, "train", training)],
    classifiers: labels.classifiers,
    segmenters,
    skipped,
  };
}
