import { labelRow } from "../measure/label_rows.ts";
import { measureOnSet, testPhotos } from "../measure/segmenter_comparison.ts";
import type { Outcome, OutcomeRow } from "../outcome.ts";
import { type SetName, TABLES_3_TO_6 } from "../published.ts";
import { givenSet, isPublishedSetting, PAPERS_TRAINING_SET, type Run } from "../run.ts";
import { networksOfRun } from "../training/trained_networks.ts";

/**
 * Tables III to VI: networks trained on the masks of the training set's training part, on CRF labels and on our labels of it, on whole
 * photos of a set's test part. The paper trains on CRACK500 for all of them.
 *
 * @param name the set that the table is of.
 */
export function segmentationTable(name: SetName): (run: Run) => Promise<Outcome> {
  return async (run) => {
    const set = givenSet(name, run);
    // A part that is not there is reported before anything is trained.
    await testPhotos(set, run);
    const { trained, data: trainedOn, notes, classifiers } = await networksOfRun(run);
    const { results, segmenters, skipped, data, what } = await measureOnSet(trained, set, run);
    const published = isPublishedSetting(run) ? TABLES_3_TO_6[name] : undefined;
    const rows = results.map((result) => {
      const { plan, truth } = result.trained;
      return labelRow(`${plan.title}, ${truth.title}`, result, {
        published: published?.[truth.name][plan.id],
      });
    });
    return {
      tables: [{
        title: `Segmentation of ${what}`,
        rows,
        notes: [...notes, ...comparisonNotes(name, rows)],
      }],
      pictures: [],
      data: [data, trainedOn],
      classifiers,
      segmenters,
      skipped,
    };
  };
}

/** What sets published figures of a set, where rows have some, apart from ours: sentences. */
export function comparisonNotes(name: SetName, rows: readonly OutcomeRow[]): string[] {
  const compared = rows.some(({ figures }) => figures.some(({ published }) => published !== undefined));
  return compared && name !== PAPERS_TRAINING_SET
    ? [
      "The paper's figures are of all photos of the set, as it trains on none of them; ours of its test part.",
    ]
    : [];
}
