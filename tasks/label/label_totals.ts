import type { RunManifest } from "../batch/records.ts";
import type { Report } from "../report/types.ts";
import type { PhotoRecord } from "./manifest.ts";

/** What a report says of all labels together. */
export function labelTotals(
  { photos, failures }: Pick<RunManifest<PhotoRecord>, "photos" | "failures">,
): Report["totals"] {
  return {
    labelled: photos.length,
    usable: photos.filter(({ usableForTraining }) => usableForTraining).length,
    failed: failures.length,
    seconds: photos.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}
