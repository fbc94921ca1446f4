import { pageChunks, type PageEntry, type PhotoEntry, type ReportPage } from "./page.ts";
import { type FailedEntry, formatCount } from "./page_parts.ts";
import type { ReportPart } from "./report_index.ts";

/** A photo that was labelled. */
export interface LabelledEntry extends PhotoEntry {
  /** Whether there is enough crack for the photo to be trained on. */
  readonly usable: boolean;
}

/** A photo of a report of labels. */
export type ReportEntry = LabelledEntry | FailedEntry;

/** All that a report of labels shows. */
export interface Report {
  readonly title: string;
  readonly date: Date;
  readonly version: string;
  readonly recipe: string;
  /** Every parameter of the recipe; objects within are shown as `outer.inner`. */
  readonly parameters: object;
  /** The networks that were asked: what each is to the method, and which. */
  readonly networks: readonly (readonly [kind: string, network: string])[];
  /** The adapter that the kernels ran on and the backend of the network. */
  readonly adapter: string;
  readonly backend: string;
  /** The command that opens the labels for review. */
  readonly review?: string;
  readonly totals: {
    readonly labelled: number;
    /** Labelled photos with enough crack to train on. */
    readonly usable: number;
    readonly failed: number;
    /** Sum of the labelling times. */
    readonly seconds: number;
  };
  /** Which part this is of a report on several pages. */
  readonly part?: ReportPart;
  /** Crack pixels below which a photo is not used for training. */
  readonly minCrackPixels: number;
  /** The photos, in the order of their names; given lazily, few of them are in memory at a time. */
  readonly entries: Iterable<ReportEntry> | AsyncIterable<ReportEntry>;
}

/** What a photo says of itself, and what can be filtered by. */
const STATES = [["usable", "enough crack"], ["sparse", "too little crack"], ["none", "no crack"]] as const;

function pageOf(report: Report): ReportPage {
  const { title, date, version, recipe, networks, parameters, adapter, backend, review, totals, part } =
    report;
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
    made: [["Recipe", recipe], ...networks],
    adapter,
    backend,
    review,
    part,
    parametersTitle: "Parameters of the recipe",
    parameters,
    states: STATES,
  };
}

function withState(entry: LabelledEntry, minCrackPixels: number): PageEntry {
  const unused = (reason: string) => `${reason}: not used for training.`;
  if (entry.usable) return { ...entry, state: "usable" };
  if (entry.crackPixels === 0) return { ...entry, state: "none", remark: unused("No crack found") };
  return {
    ...entry,
    state: "sparse",
    remark: unused(`Fewer than ${formatCount(minCrackPixels)} crack pixels`),
  };
}

/** Renders the report of a run of `label` as one HTML page, piece by piece: see {@linkcode pageChunks}. */
export async function* reportChunks(report: Report): AsyncGenerator<string> {
  yield* pageChunks(
    pageOf(report),
    (async function* () {
      for await (const entry of report.entries) {
        yield "error" in entry ? entry : withState(entry, report.minCrackPixels);
      }
    })(),
  );
}

/** All that a report of predictions shows, apart from the photos. */
export interface PredictionReport extends
  Pick<
    ReportPage,
    "title" | "date" | "version" | "failed" | "seconds" | "adapter" | "backend" | "review" | "part"
  > {
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
