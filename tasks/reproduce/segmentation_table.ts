import { UsageError } from "../cli/usage_error.ts";
import { labelRow } from "./label_rows.ts";
import { dataOf, type Outcome } from "./outcome.ts";
import { SET_TITLES, type SetName, TABLES_3_TO_6 } from "./published.ts";
import type { Run } from "./run.ts";
import {
  describeLabels,
  measureSegmenters,
  testPhotos,
  trainingPhotos,
  trainOnBoth,
} from "./segmenter_comparison.ts";

/**
 * Tables III to VI: networks trained on the masks of a set's training part, and on our labels of it, on whole photos of its test part.
 *
 * @param name the set that the table is of.
 */
export function segmentationTable(name: SetName): (run: Run) => Promise<Outcome> {
  return async (run) => {
    const set = run.sets.find((set) => set.name === name);
    if (set === undefined) {
      throw new UsageError(
        `Cannot run the table of ${
          SET_TITLES[name]
        } without its photos: give --${name} and its folder, or run the table of another set.`,
      );
    }
    const { split = "test" } = run;
    const photos = await testPhotos(set, run);
    const training = await trainingPhotos(set, run);
    const { trained, labels } = await trainOnBoth(name, [{ set, samples: training.samples }], run);
    const { results, segmenters, skipped } = await measureSegmenters(trained, photos.samples, {
      prefix: `${name}-${split}`,
      run,
    });
    return {
      tables: [{
        title: `Segmentation of ${set.title} ${split}, ${photos.samples.length} of ${photos.all} photos`,
        rows: results.map((result) => {
          const { plan, truth } = result.trained;
          const published = TABLES_3_TO_6[name][truth === labels ? "wsv" : "fsv"][plan.id];
          return labelRow(`${plan.title}, ${truth.title}`, result, {
            published: split === "test" ? published : undefined,
          });
        }),
        notes: [
          `FSV: trained on the masks of ${training.samples.length} photos of the training part.`,
          describeLabels(trained, labels, training.samples.length),
          "The paper's rows on CRF labels are left out: nothing was trained on such labels here.",
        ],
      }],
      pictures: [],
      data: [dataOf(set, split, photos), dataOf(set, "train", training)],
      classifiers: labels.classifiers,
      segmenters,
      skipped,
    };
  };
}
