import { pageChunks } from "./page.ts";
import type { FailedEntry, PhotoEntry, ReportPage } from "./types.ts";

/** All that a report of predictions shows, apart from the photos. */
export interface PredictionReport
  extends Pick<ReportPage, "title" | "date" | "version" | "failed" | "seconds" | "adapter" | "backend"> {
  /** The network and where it came from. */
  readonly segmenter: string;
  /** What it was run with, by name. */
  readonly parameters: object;
  readonly predicted: number;
  /** Photos with any crack. */
  readonly withCrack: number;
  /** The photos, in the order of their names; given lazily, few of them are in memory at a time. */
  readonly entries: AsyncIterable<PhotoEntry | FailedEntry>;
}

/** Renders the report of a run of `predict` as one HTML page, piece by piece: see {@linkcode pageChunks}. */
export async function* predictionChunks(report: PredictionReport): AsyncGenerator<string> {
  const { segmenter, predicted, withCrack, entries, ...common } = report;
  const page: ReportPage = {
    ...common,
    figures: [[predicted, `${predicted === 1 ? "photo" : "photos"} predicted`], [withCrack, "with crack"]],
    done: predicted,
    about: "How these predictions were made",
    made: [["Network", segmenter]],
    parametersTitle: "Parameters",
    states: [["crack", "crack"], ["none", "no crack"]],
  };
  yield* pageChunks(
    page,
    (async function* () {
      for await (const entry of entries) {
        if ("error" in entry) yield entry;
        else if (entry.crackPixels > 0) yield { ...entry, state: "crack" };
        else yield { ...entry, state: "none", remark: "No crack found." };
      }
    })(),
  );
}
