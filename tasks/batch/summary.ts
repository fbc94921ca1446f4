import type { Compute } from "../../core/gpu/compute.ts";
import { formatDuration } from "../cli/progress.ts";
import type { RunSummary } from "./batch_run.ts";
import type { PhotoRecord } from "./records.ts";

function photos(count: number): string {
  return `${count} photo${count === 1 ? "" : "s"}`;
}

/**
 * The last lines of a run: what came out and where to look.
 *
 * @param words `done`: what was done, such as `Labelled`; `finding`: what was found in how many.
 */
export function describeRun(
  summary: RunSummary<PhotoRecord>,
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

/** A table of the time that each kernel took, slowest first, and what was spent elsewhere. */
export function describeTimings(compute: Compute, seconds: number): string {
  if (!compute.profiles) {
    return `Cannot tell the time of each kernel: ${compute.description} has no timestamps.\n`;
  }
  const timings = compute.timings();
  const total = timings.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const row = (kernel: string, dispatches: string, milliseconds: number) =>
    `${kernel.padEnd(28)}${dispatches.padStart(12)}${milliseconds.toFixed(1).padStart(14)}\n`;
  return `${"Kernel".padEnd(28)}${"Dispatches".padStart(12)}${"Milliseconds".padStart(14)}\n` +
    timings.map((timing) => row(timing.kernel, String(timing.dispatches), timing.milliseconds)).join("") +
    row("Network, files and the rest", "", Math.max(0, seconds * 1000 - total));
}
