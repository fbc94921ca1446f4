import { fullName, type Sample, spread } from "../../core/datasets/sample.ts";
import { UsageError } from "../cli/errors.ts";
import { openNamedDataset } from "../data/named_dataset.ts";
import type { OutcomeData } from "./outcome.ts";
import { SET_TITLES, type SetName } from "./published.ts";

/** A set of photos that the paper has figures of, where it lies on this machine. */
export interface PaperSet {
  readonly name: SetName;
  readonly title: string;
  readonly path: string;
}

/** Photos of a set. */
export interface Photos {
  readonly samples: readonly Sample[];
  /** How many the part has, of which these are. */
  readonly all: number;
}

/** A set by its name. */
export function paperSet(name: SetName, path: string): PaperSet {
  return { name, title: SET_TITLES[name], path };
}

/** Photos of a part of a set, spread uniformly over it, by the splits of the paper's experiments. */
export async function photosOf(
  { path, name, title }: PaperSet,
  { split, limit }: { readonly split: string; readonly limit?: number },
): Promise<Photos> {
  const dataset = await openNamedDataset(path, { split, splits: "paper" });
  if (dataset.layout === "classes") {
    throw new UsageError(
      `Cannot use ${path} for --${name}: its photos are labelled as a whole, and masks are wanted to compare with.`,
    );
  }
  if (dataset.samples.length === 0) {
    throw new UsageError(`Cannot use ${path} for ${title}: its part ${split} is empty.`);
  }
  return { samples: spread(dataset.samples, limit), all: dataset.samples.length };
}

/** Photos on record. */
export function dataOf({ title, path }: PaperSet, split: string, { samples, all }: Photos): OutcomeData {
  return { set: title, path, split, photos: samples.length, all, names: samples.map(fullName) };
}
