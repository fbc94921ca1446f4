import type { NetworkRecord } from "../batch/network_record.ts";

/** A figure beside the published one. */
export interface Figure {
  /** Such as `ODS`. */
  readonly metric: string;
  readonly ours: number;
  /** The standard deviation over several trainings, of which `ours` is the mean. */
  readonly spread?: number;
  /** Of the paper or its authors, where there is one. */
  readonly published?: number;
}

/** A row of figures. */
export interface OutcomeRow {
  readonly title: string;
  /** What was labelled of the photos that it learnt from, where that is compared. */
  readonly labels?: string;
  readonly figures: readonly Figure[];
}

/** Figures of equal metrics. */
export interface OutcomeTable {
  /** What was measured on what. */
  readonly title: string;
  readonly rows: readonly OutcomeRow[];
  /** What has to be known to read it. */
  readonly notes: readonly string[];
}

/** Photos that figures are of. */
export interface OutcomeData {
  readonly set: string;
  readonly path: string;
  readonly split: string;
  /** Photos used, of so many. */
  readonly photos: number;
  readonly all: number;
  readonly names: readonly string[];
}

/** A classifier that figures rest on. */
export interface OutcomeClassifier {
  readonly path: string;
  readonly name: string;
  readonly sha256: string;
  readonly trainedOn: { readonly photos: number; readonly patches: number; readonly seconds: number };
}

/** A segmentation network that figures rest on. */
export interface OutcomeSegmenter {
  readonly path: string;
  readonly name: string;
  readonly sha256: string;
  readonly trainedOn: {
    /** Such as `labels (WSV)`. */
    readonly truth: string;
    readonly photos: number;
    readonly crops: number;
    readonly seconds: number;
  };
}

/** A picture of an experiment. */
export interface OutcomePicture {
  /** Without folder. */
  readonly file: string;
  readonly content: string;
}

/** What an experiment found. */
export interface Outcome {
  readonly tables: readonly OutcomeTable[];
  readonly pictures: readonly OutcomePicture[];
  readonly data: readonly OutcomeData[];
  readonly classifiers: readonly OutcomeClassifier[];
  /** Where segmentation networks are compared. */
  readonly segmenters?: readonly OutcomeSegmenter[];
  /** Networks that were taken as they are. */
  readonly networks?: readonly NetworkRecord[];
  /** Photos that could not be used, each with the reason. */
  readonly skipped: readonly string[];
}

/** What one part of a run has counted, of which the run over all photos makes an outcome. */
export interface CountedPart {
  readonly photos: number;
  /** Photos that could not be used, each with the reason. */
  readonly skipped: readonly string[];
}

/** An experiment on one set after the other. */
export async function onEachSet<Set>(
  sets: readonly Set[],
  experiment: (set: Set) => Promise<Outcome>,
): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const set of sets) outcomes.push(await experiment(set));
  return joinOutcomes(outcomes);
}

/** Adds up what was found of several sets, which may share networks. */
export function joinOutcomes(outcomes: readonly Outcome[]): Outcome {
  return {
    tables: outcomes.flatMap(({ tables }) => tables),
    pictures: outcomes.flatMap(({ pictures }) => pictures),
    data: outcomes.flatMap(({ data }) => data),
    classifiers: distinct(outcomes.flatMap(({ classifiers }) => classifiers)),
    segmenters: distinct(outcomes.flatMap(({ segmenters = [] }) => segmenters)),
    skipped: [...new Set(outcomes.flatMap(({ skipped }) => skipped))],
  };
}

/** Of those in the same file the first. */
export function distinct<T extends { readonly path: string }>(networks: readonly T[]): T[] {
  return networks.filter(({ path }, i) => networks.findIndex((other) => other.path === path) === i);
}
