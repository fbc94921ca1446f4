import { curvePanels } from "./curve_panels.ts";
import { labelRow } from "./label_rows.ts";
import { dataOf, joinOutcomes, type Outcome } from "./outcome.ts";
import type { PhotoSet } from "./photo_set.ts";
import type { Run } from "./run.ts";
import { measureSegmenters, testPhotos } from "./segmenter_comparison.ts";
import { networksOfRun, type TrainedNetworks } from "./trained_networks.ts";
import { trainedOnSuffix, trainingSetTitle } from "./training_set.ts";

/** Figure 7: precision over recall, on each set, of networks trained with each truth on the training set. */
export async function figure7(run: Run): Promise<Outcome> {
  const { data, ...networks } = await networksOfRun(run);
  const outcomes: Outcome[] = [];
  for (const set of run.sets) outcomes.push(await ofSet(set, networks, run));
  const joined = joinOutcomes(outcomes);
  return { ...joined, data: [...joined.data, data] };
}

async function ofSet(
  set: PhotoSet,
  { trained, notes, classifiers }: TrainedNetworks,
  run: Run,
): Promise<Outcome> {
  const { split = "test" } = run;
  const photos = await testPhotos(set, run);
  const { results, segmenters, skipped } = await measureSegmenters(trained, photos.samples, {
    prefix: `${set.name}-${split}`,
    run,
  });
  const what = `${set.title} ${split}, ${photos.samples.length} of ${photos.all} photos, trained on ${
    trainingSetTitle(run)
  }`;
  const panels = Map.groupBy(results, ({ trained }) => trained.plan.title);
  return {
    tables: [{
      title: `Precision and recall: ${what}`,
      rows: results.map((result) => labelRow(result.method.title, result)),
      notes,
    }],
    pictures: [{
      file: `figure-7-${set.name}${trainedOnSuffix(run)}.svg`,
      content: curvePanels(
        `Figure 7: precision over recall, ${what}`,
        [...panels].map(([title, ofNetwork]) => ({
          title,
          curves: ofNetwork.map(({ trained, sweep }) => ({
            truth: trained.truth.name,
            points: sweep.curve(),
            threshold: sweep.ods().threshold,
          })),
        })),
      ),
    }],
    data: [dataOf(set, split, photos)],
    classifiers,
    segmenters,
    skipped,
  };
}
