import { fullName, readPhoto, type Sample, spread, type TruthMask } from "../../core/datasets/sample.ts";
import { UsageError } from "../cli/errors.ts";
import { openNamedDataset } from "../data/named_dataset.ts";
import { listPhotos } from "../files/photos.ts";
import type { OutcomeData } from "./outcome.ts";
import { SET_TITLES, type SetName } from "./published.ts";

/** A set of photos, where it lies on this machine. */
export interface PhotoSet {
  /** Names files. */
  readonly name: string;
  readonly title: string;
  readonly path: string;
}

/** A set that the paper has figures of. */
export interface PaperSet extends PhotoSet {
  readonly name: SetName;
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

/** A set that the paper does not have. */
export function otherSet(title: string, path: string): PhotoSet {
  return { name: title.toLowerCase(), title, path };
}

/** Photos of a part of a set, spread uniformly over it, by the splits of the paper's experiments. */
export async function photosOf(
  { path, name, title }: PhotoSet,
  { split, limit }: { readonly split: string; readonly limit?: number },
): Promise<Photos> {
  const dataset = await openNamedDataset(path, { split, splits: "paper", followLinks: true });
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

/** The part of a set that can be measured: the wanted one, or all of a set that is not divided into parts. */
export async function measurablePart({ path }: PhotoSet, wanted: string): Promise<string> {
  const { splits } = await openNamedDataset(path, { splits: "paper", followLinks: true });
  return splits.size === 1 && splits.has("all") ? "all" : wanted;
}

/**
 * Photos in a folder that show no crack, spread uniformly over it.
 *
 * @throws {UsageError} where there are none.
 */
export async function crackFreePhotos(
  { path }: PhotoSet,
  { limit }: { readonly limit?: number },
): Promise<Photos> {
  const { photos } = await listPhotos([path]);
  return { samples: spread(photos, limit).map(crackFreeSample), all: photos.length };
}

function crackFreeSample({ name, path }: { readonly name: string; readonly path: string }): Sample {
  const image = () => readPhoto(path);
  const read = async () => {
    const photo = await image();
    const { width, height } = photo;
    const form = { file: "none", values: "one value", crack: "none" };
    const truth: TruthMask = { width, height, data: new Uint8Array(width * height), form };
    return { image: photo, truth };
  };
  return { name, split: "all", imagePath: path, image, read, truth: async () => (await read()).truth };
}

/** Photos on record. */
export function dataOf({ title, path }: PhotoSet, split: string, { samples, all }: Photos): OutcomeData {
  return { set: title, path, split, photos: samples.length, all, names: samples.map(fullName) };
}
