/** Runs over photos whose records are kept as they are when the run ends: others are read from a manifest that the next run writes anew. */
import * as labels from "../../tasks/label/label_photos.ts";
import type { PhotoRecord as LabelRecord } from "../../tasks/label/manifest.ts";
import * as predictions from "../../tasks/predict/predict_photos.ts";
import type { PhotoRecord as PredictRecord } from "../../tasks/predict/manifest.ts";

type Listed<Summary, Record> = Omit<Summary, "photos"> & { readonly photos: readonly Record[] };

/** What came out, with its records as a list; as `--json` prints it, too. */
export type LabelSummary = Listed<labels.LabelSummary, LabelRecord>;
export type PredictSummary = Listed<predictions.PredictSummary, PredictRecord>;

export async function labelPhotos(...given: Parameters<typeof labels.labelPhotos>): Promise<LabelSummary> {
  const summary = await labels.labelPhotos(...given);
  return { ...summary, photos: [...summary.photos] };
}

export async function predictPhotos(
  ...given: Parameters<typeof predictions.predictPhotos>
): Promise<PredictSummary> {
  const summary = await predictions.predictPhotos(...given);
  return { ...summary, photos: [...summary.photos] };
}
