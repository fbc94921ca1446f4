import { describeRun } from "../batch/summary.ts";
import type { LabelSummary } from "./label_photos.ts";

/** The last lines of a run: what came out and where to look. */
export function describeSummary(summary: LabelSummary, seconds: number): string {
  const usable = summary.photos.filter(({ usableForTraining }) => usableForTraining).length;
  const finding = `${usable} of ${summary.photos.length} have enough crack to train on`;
  return describeRun(summary, { done: "Labelled", finding, seconds });
}
