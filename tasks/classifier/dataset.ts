import { basename } from "node:path";
import type { PhotoSource } from "../../core/classification_patches.ts";
import { decodeImage } from "../../core/decode_image.ts";
import { crackPixels, type LabelledPhoto } from "../../core/labelled_photo.ts";
import { describeError } from "../cli/errors.ts";
import { listPhotos, type Photo } from "../cli/photos.ts";
import { UsageError } from "../cli/usage_error.ts";
import { readTruth } from "./read_truth.ts";

/** Where photos and their truth lie. */
export interface DatasetPaths {
  /** Folders with the folders `crack/` and `no_crack/`, whose photos are labelled as a whole. */
  readonly folders: readonly string[];
  /** Folders of photos, and as many folders of masks with the same names. */
  readonly images: readonly string[];
  readonly masks: readonly string[];
}

/** Options of {@linkcode openDataset}. */
export interface OpenDatasetOptions {
  /** Photos to leave out at the start, in the order of their names. */
  readonly skip?: number;
  /** Photos to take after those. Default: all. */
  readonly limit?: number;
  /** Bytes of decoded photos to hold; others are decoded again when they are needed. */
  readonly memory?: number;
  /** Called for each photo read, with an error if it could not be. */
  readonly onPhoto?: (photo: Photo, failure?: string) => void;
  /** Called once with the number of photos before the first is read. */
  readonly onStart?: (count: number) => void;
}

/** Photos with their truth, all of them readable. */
export interface Dataset extends PhotoSource {
  readonly names: readonly string[];
  /** How each photo is labelled. */
  readonly labels: readonly ("crack" | "no_crack" | "mask")[];
  /** Photos that could not be read. */
  readonly failures: number;
  /** The dataset of some of its photos. */
  subset(indices: readonly number[]): Dataset;
}

/** A photo, and its mask or its label. */
interface Entry extends Photo {
  readonly truth: string | boolean;
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
    labels: entries.map(({ truth }) => typeof truth === "string" ? "mask" : truth ? "crack" : "no_crack"),
    failures,
    photo: (index) => cache.photo(entries[index]),
    subset: (indices) => datasetOf(indices.map((index) => entries[index]), cache, failures),
  };
}

async function listEntries({ folders, images, masks }: DatasetPaths): Promise<Entry[]> {
  if (images.length !== masks.length) {
    throw new UsageError(
      `Cannot pair ${images.length} folders of photos with ${masks.length} of masks: give --images and --masks equally often.`,
    );
  }
  if (folders.length + images.length === 0) {
    throw new UsageError(
      "Cannot train without photos: give a folder with crack/ and no_crack/ in it, or --images and --masks.",
    );
  }
  const entries: Entry[] = [];
  for (const folder of folders) {
    for (const label of ["crack", "no_crack"]) {
      const { photos } = await listPhotos([`${folder}/${label}`]);
      entries.push(
        ...photos.map((photo) => ({ ...photo, name: `${label}/${photo.name}`, truth: label === "crack" })),
      );
    }
  }
  for (const [i, folder] of images.entries()) {
    const { photos: found } = await listPhotos([masks[i]]);
    const byName = new Map(found.map(({ name, path }) => [name, path]));
    const { photos } = await listPhotos([folder]);
    // A photo without its mask fails when it is read, so that the others are used.
    entries.push(...photos.map((photo) => ({ ...photo, truth: byName.get(photo.name) ?? "" })));
  }
  return entries;
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
    const photo = await readPhoto(entry);
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

async function readPhoto({ path, truth }: Entry): Promise<LabelledPhoto> {
  const { width, height, data } = await decodeImage(await Deno.readFile(path));
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0, from = 0; i < pixels.length; i += 3, from += 4) {
    pixels[i] = data[from];
    pixels[i + 1] = data[from + 1];
    pixels[i + 2] = data[from + 2];
  }
  if (typeof truth === "boolean") return { width, height, pixels, truth };
  if (truth === "") {
    throw new Error(
      `Cannot use ${path}: there is no mask of the name ${basename(path).replace(/\.\w+$/, "")}.`,
    );
  }
  const mask = await decodeImage(await Deno.readFile(truth));
  if (mask.width !== width || mask.height !== height) {
    throw new RangeError(
      `Cannot use ${path}: it is ${width} × ${height}, but its mask is ${mask.width} × ${mask.height}.`,
    );
  }
  return { width, height, pixels, truth: crackPixels(readTruth(mask)) };
}
