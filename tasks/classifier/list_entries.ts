import { basename } from "node:path";
import { fullName, type Sample } from "../../core/datasets/sample.ts";
import { decodeImage } from "../../core/images/decode_image.ts";
import { crackPixels, type DecodedPhoto, type PatchTruth } from "../../core/sampling/decoded_photo.ts";
import { openDataset } from "../data/open_dataset.ts";
import { listPhotos } from "../files/photos.ts";
import { UsageError } from "../cli/errors.ts";
import type { Entry as PhotoEntry } from "../training/photo_set.ts";
import { readTruth } from "./read_truth.ts";

/** Where photos and their truth lie. */
export interface DatasetPaths {
  /** Folders with the folders `crack/` and `no_crack/`, whose photos are labelled as a whole. */
  readonly folders: readonly string[];
  /** Folders of photos, and as many folders of masks with the same names. */
  readonly images: readonly string[];
  readonly masks: readonly string[];
  /** Datasets in a layout that `core/datasets` knows. */
  readonly datasets: readonly string[];
  /** Of the datasets: only this split. */
  readonly split?: string;
  /** Of the datasets: whose splits. Default: as the folders say. */
  readonly splits?: "folders" | "paper";
}

/** A photo that can be read, with its mask or its label. */
export interface Entry extends PhotoEntry<DecodedPhoto<PatchTruth>> {
  readonly label: "crack" | "no_crack" | "mask";
}

/**
 * Lists photos with their truth: folders of classes first, then photos with masks, then datasets.
 *
 * @throws {UsageError} where there are none, or folders of masks do not match those of photos.
 */
export async function listEntries(paths: DatasetPaths): Promise<Entry[]> {
  const { folders, images, masks, datasets } = paths;
  if (images.length !== masks.length) {
    throw new UsageError(
      `Cannot pair ${images.length} folders of photos with ${masks.length} of masks: give --images and --masks equally often.`,
    );
  }
  if (folders.length + images.length + datasets.length === 0) {
    throw new UsageError(
      "Cannot train without photos: give a folder with crack/ and no_crack/ in it, or --images and --masks, or --dataset.",
    );
  }
  if (datasets.length === 0 && (paths.split !== undefined || paths.splits === "paper")) {
    throw new UsageError(
      "Cannot choose a split without a dataset: give --dataset, or leave out --split and --splits.",
    );
  }
  const entries: Entry[] = [];
  for (const folder of folders) entries.push(...await listClasses(folder));
  for (const [i, folder] of images.entries()) entries.push(...await listPairs(folder, masks[i]));
  for (const path of datasets) entries.push(...await listDataset(path, paths));
  return entries;
}

async function listClasses(folder: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const label of ["crack", "no_crack"] as const) {
    const { photos } = await listPhotos([`${folder}/${label}`]);
    for (const { name, path } of photos) {
      const read = async () => labelledPhoto(await decode(path), label === "crack");
      entries.push({ name: `${label}/${name}`, path, label, read });
    }
  }
  return entries;
}

async function listPairs(images: string, masks: string): Promise<Entry[]> {
  const { photos: found } = await listPhotos([masks]);
  const byName = new Map(found.map(({ name, path }) => [name, path]));
  const { photos } = await listPhotos([images]);
  return photos.map(({ name, path }) => ({
    name,
    path,
    label: "mask",
    read: async () => {
      const image = await decode(path);
      const maskPath = byName.get(name);
      // Said when it is read, so that the others are used.
      if (maskPath === undefined) {
        throw new Error(
          `Cannot use ${path}: there is no mask of the name ${basename(path).replace(/\.\w+$/, "")}.`,
        );
      }
      const mask = await decode(maskPath);
      if (mask.width !== image.width || mask.height !== image.height) {
        throw new RangeError(
          `Cannot use ${path}: it is ${image.width} × ${image.height}, but its mask is ${mask.width} × ${mask.height}.`,
        );
      }
      return labelledPhoto(image, crackPixels(readTruth(mask)));
    },
  }));
}

async function listDataset(path: string, { split, splits }: DatasetPaths): Promise<Entry[]> {
  const { samples } = await openDataset(path, { split, splits });
  return await Promise.all(samples.map(datasetEntry));
}

/** A photo of a dataset. */
async function datasetEntry(sample: Sample): Promise<Entry> {
  // Told by the folder: no file is read for it.
  const whole = sample.truthPath === undefined ? await sample.truth() : undefined;
  return {
    name: fullName(sample),
    path: sample.imagePath,
    label: whole === undefined ? "mask" : whole ? "crack" : "no_crack",
    read: async () => {
      const { image, truth } = await sample.read();
      return labelledPhoto(image, typeof truth === "boolean" ? truth : crackPixels(truth.data));
    },
  };
}

function labelledPhoto(
  { width, height, data }: ImageData,
  truth: DecodedPhoto<PatchTruth>["truth"],
): DecodedPhoto<PatchTruth> {
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0, from = 0; i < pixels.length; i += 3, from += 4) {
    pixels[i] = data[from];
    pixels[i + 1] = data[from + 1];
    pixels[i + 2] = data[from + 2];
  }
  return { width, height, pixels, truth };
}

async function decode(path: string): Promise<ImageData> {
  return await decodeImage(await Deno.readFile(path));
}
