import type { DecodedPhoto, PatchTruth, PhotoSource } from "../../core/sampling/decoded_photo.ts";
import { UsageError } from "../cli/errors.ts";
import { type PhotoSet, readPhotos, type ReadPhotosOptions } from "../training/photo_set.ts";
import { type DatasetPaths, type Entry, listEntries } from "./list_entries.ts";

/** Options of {@linkcode openDataset}. */
export interface OpenDatasetOptions extends ReadPhotosOptions<Entry> {
  /** Photos to leave out at the start, in the order of their names. */
  readonly skip?: number;
  /** Photos to take after those. Default: all. */
  readonly limit?: number;
}

/** Photos with their truth, all of them readable. */
export interface Dataset extends PhotoSource<PatchTruth> {
  readonly names: readonly string[];
  /** How each photo is labelled. */
  readonly labels: readonly Entry["label"][];
  /** Photos that could not be read. */
  readonly failures: number;
  /** The dataset of some of its photos. */
  subset(indices: readonly number[]): Dataset;
}

/**
 * Lists photos with their truth and reads each of them once; photos that cannot be read are told of and left out.
 *
 * @throws {UsageError} if there is nothing to read.
 */
export async function openDataset(paths: DatasetPaths, options: OpenDatasetOptions = {}): Promise<Dataset> {
  const { skip = 0, limit } = options;
  const listed = await listEntries(paths);
  const entries = listed.slice(skip, limit === undefined ? undefined : skip + limit);
  if (entries.length === 0) {
    throw new UsageError(
      `Cannot use the photos from number ${skip + 1} on: there are ${listed.length}; skip fewer of them.`,
    );
  }
  return datasetOf(await readPhotos<DecodedPhoto<PatchTruth>, Entry>(entries, bytesOf, options));
}

function datasetOf(photos: PhotoSet<DecodedPhoto<PatchTruth>, Entry>): Dataset {
  const { count, entries, failures } = photos;
  return {
    count,
    names: entries.map(({ name }) => name),
    labels: entries.map(({ label }) => label),
    failures,
    photo: (index) => photos.photo(index),
    subset: (indices) => datasetOf(photos.subset(indices)),
  };
}

function bytesOf({ pixels, truth }: DecodedPhoto<PatchTruth>): number {
  return pixels.byteLength + (typeof truth === "boolean" ? 0 : truth.byteLength);
}
