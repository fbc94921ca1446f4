import { curvePanels } from "./curve_panels.ts";
import { labelRow } from "./label_rows.ts";
import { joinOutcomes, type Outcome } from "./outcome.ts";
import type { PhotoSet } from "./photo_set.ts";
import type { Run } from "./run.ts";
import { measureOnSet } from "./segmenter_comparison.ts";
import { networksOfRun, type TrainedNetworks } from "./trained_networks.ts";
import { trainedOnSuffix } from "./training_set.ts";

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
  const { results, segmenters, skipped, data, what } = await measureOnSet(trained, set, run);
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
    data: [data],
    classifiers,
    segmenters,
    skipped,
  };
}
