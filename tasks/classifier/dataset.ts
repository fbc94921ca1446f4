import type { PhotoSource } from "../../core/classification_patches.ts";
import type { LabelledPhoto } from "../../core/labelled_photo.ts";
import { describeError } from "../cli/errors.ts";
import { UsageError } from "../cli/usage_error.ts";
import { type DatasetPaths, type Entry, listEntries } from "./list_entries.ts";

/** Options of {@linkcode openDataset}. */
export interface OpenDatasetOptions {
  /** Photos to leave out at the start, in the order of their names. */
  readonly skip?: number;
  /** Photos to take after those. Default: all. */
  readonly limit?: number;
  /** Bytes of decoded photos to hold; others are decoded again when they are needed. */
  readonly memory?: number;
  /** Called for each photo read, with an error if it could not be. */
  readonly onPhoto?: (photo: Entry, failure?: string) => void;
  /** Called once with the number of photos before the first is read. */
  readonly onStart?: (count: number) => void;
}

/** Photos with their truth, all of them readable. */
export interface Dataset extends PhotoSource {
  readonly names: readonly string[];
  /** How each photo is labelled. */
  readonly labels: readonly Entry["label"][];
  /** Photos that could not be read. */
  readonly failures: number;
  /** The dataset of some of its photos. */
  subset(indices: readonly number[]): Dataset;
}

/** Two GiB: all photos of any research set, or some fifty of twelve megapixels. */
const MEMORY = 2 ** 31;

/**
 * Lists photos with their truth and reads each of them once; photos that cannot be read are told of and left out.
 *
 * @throws {UsageError} if there is nothing to read.
 */
export async function openDataset(paths: DatasetPaths, options: OpenDatasetOptions = {}): Promise<Dataset> {
  const { skip = 0, limit, memory = MEMORY, onPhoto, onStart } = options;
  const listed = await listEntries(paths);
  const entries = listed.slice(skip, limit === undefined ? undefined : skip + limit);
  if (entries.length === 0) {
    throw new UsageError(
      `Cannot use the photos from number ${skip + 1} on: there are ${listed.length}; skip fewer of them.`,
    );
  }
  const cache = new PhotoCache(memory);
  const readable: Entry[] = [];
  onStart?.(entries.length);
  for (const entry of entries) {
    try {
      await cache.photo(entry);
      readable.push(entry);
      onPhoto?.(entry);
    } catch (error) {
      onPhoto?.(entry, describeFailure(entry, error));
    }
  }
  const failures = entries.length - readable.length;
  if (readable.length === 0) throw new Error("Cannot go on: none of the photos could be read.");
  return datasetOf(readable, cache, failures);
}

function datasetOf(entries: readonly Entry[], cache: PhotoCache, failures: number): Dataset {
  return {
    count: entries.length,
    names: entries.map(({ name }) => name),
    labels: entries.map(({ label }) => label),
    failures,
    photo: (index) => cache.photo(entries[index]),
    subset: (indices) => datasetOf(indices.map((index) => entries[index]), cache, failures),
  };
}

function describeFailure(entry: Entry, error: unknown): string {
  const sentence = describeError(error);
  return sentence.includes(entry.path) ? sentence : `${entry.path}: ${sentence}`;
}

/** Decoded photos, the least recently used ones given up where they exceed the memory. */
class PhotoCache {
  readonly #limit: number;
  readonly #photos = new Map<string, LabelledPhoto>();
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  photo(entry: Entry): LabelledPhoto | Promise<LabelledPhoto> {
    const kept = this.#photos.get(entry.path);
    if (kept === undefined) return this.#read(entry);
    this.#photos.delete(entry.path);
    this.#photos.set(entry.path, kept);
    return kept;
  }

  async #read(entry: Entry): Promise<LabelledPhoto> {
    const photo = await entry.read();
    this.#photos.set(entry.path, photo);
    this.#bytes += bytesOf(photo);
    for (const [path, oldest] of this.#photos) {
      if (this.#bytes <= this.#limit) break;
      this.#photos.delete(path);
      this.#bytes -= bytesOf(oldest);
    }
    return photo;
  }
}

function bytesOf({ pixels, truth }: LabelledPhoto): number {
  return pixels.byteLength + (typeof truth === "boolean" ? 0 : truth.byteLength);
}
