import { formatCount, pageChunks } from "./page.ts";
import type { LabelledEntry, PageEntry, Report, ReportPage } from "./types.ts";

/** What a photo says of itself, and what can be filtered by. */
const STATES = [["usable", "enough crack"], ["sparse", "too little crack"], ["none", "no crack"]] as const;

function pageOf(report: Report): ReportPage {
  const { title, date, version, recipe, classifier, parameters, adapter, backend, totals } = report;
  const { labelled, usable, failed, seconds } = totals;
  return {
    title,
    date,
    version,
    figures: [
      [labelled, `${labelled === 1 ? "photo" : "photos"} labelled`],
      [usable, "with enough crack to train on"],
    ],
    done: labelled,
    failed,
    seconds,
    about: "How these labels were made",
    made: [["Recipe", recipe], ["Classifier", classifier]],
    adapter,
    backend,
    parametersTitle: "Parameters of the recipe",
    parameters,
    states: STATES,
  };
}

function withState(entry: LabelledEntry, leastCrackPixels: number): PageEntry {
  const unused = (reason: string) => `${reason}: not used for training.`;
  if (entry.usable) return { ...entry, state: "usable" };
  if (entry.crackPixels === 0) return { ...entry, state: "none", remark: unused("No crack found") };
  return {
    ...entry,
    state: "sparse",
    remark: unused(`Fewer than ${formatCount(leastCrackPixels)} crack pixels`),
  };
}

/** Renders the report of a run of `label` as one HTML page, piece by piece: see {@linkcode pageChunks}. */
export async function* reportChunks(report: Report): AsyncGenerator<string> {
  yield* pageChunks(
    pageOf(report),
    (async function* () {
      for await (const entry of report.entries) {
        yield "error" in entry ? entry : withState(entry, report.leastCrackPixels);
      }
    })(),
  );
}
