import { formatDuration } from "../cli/progress.ts";
import type { BatchSummary } from "./batch_run.ts";
import type { PhotoRecord } from "./manifests.ts";

function photos(count: number): string {
  return `${count} photo${count === 1 ? "" : "s"}`;
}

/**
 * The last lines of a run: what came out and where to look.
 *
 * @param words `done`: what was done, such as `Labelled`; `finding`: what was found in how many.
 */
export function describeRun(
  summary: BatchSummary<PhotoRecord>,
  { done, finding, seconds }: { readonly done: string; readonly finding: string; readonly seconds: number },
): string {
  const { skipped, failures, report, manifest } = summary;
  const parts = [
    `${done} ${photos(summary.photos.length - skipped)} in ${formatDuration(seconds)}`,
    ...(skipped > 0 ? [`${skipped} ${skipped === 1 ? "was" : "were"} done before`] : []),
    ...(failures.length > 0 ? [`${failures.length} failed`] : []),
    finding,
  ];
  return `${parts.join("; ")}.\nReport:   ${report}\nManifest: ${manifest}\n`;
}
