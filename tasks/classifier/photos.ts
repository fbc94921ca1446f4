import { type PatchTruth, patchTruth } from "../../core/sampling/decoded_photo.ts";
import { UsageError } from "../cli/errors.ts";
import { CrackCensus } from "../training/crack_census.ts";
import { type DecodedPhotos, decodePhotos, type DecodePhotosOptions } from "../training/decoded_photos.ts";
import { rejectedNotes } from "../training/list_labels.ts";
import { listSamples, type NamedPhotos } from "../training/list_samples.ts";

/** Where photos for a classifier lie: folders of classes, photos with masks, datasets, photos with labels. */
export interface PatchPhotoPaths extends Omit<NamedPhotos, "extraLabels" | "soft" | "samples"> {
  /** Folders with the folders `crack/` and `no_crack/`, whose photos are labelled as a whole. */
  readonly folders: readonly string[];
}

/** Options of {@linkcode openPatchPhotos}. */
export interface OpenPatchPhotosOptions extends Omit<DecodePhotosOptions<PatchTruth>, "truthOf"> {
  /** Photos to leave out at the start, in the order of their names. */
  readonly skip?: number;
  /** Photos to take after those. Default: all. */
  readonly limit?: number;
  /** Is given lines about what has no partner, how masks are read and how much crack the photos show. */
  readonly onNote?: (line: string) => void;
}

/** Photos to cut patches out of, all of them readable. */
export interface PatchPhotos extends DecodedPhotos<PatchTruth> {
  /** Refuses some of them if they show no crack, for what they were to be used. */
  requireCrack(photos: DecodedPhotos<PatchTruth>, purpose: string): void;
}

/**
 * Lists photos with their truth and reads each of them once; photos that cannot be read are reported and left out.
 *
 * @throws {UsageError} if there is nothing to read.
 */
export async function openPatchPhotos(
  paths: PatchPhotoPaths,
  { skip = 0, limit, onNote, onPhoto, ...options }: OpenPatchPhotosOptions = {},
): Promise<PatchPhotos> {
  const { samples, rejected, notes, problems } = await listSamples(paths, {
    wanted:
      "a folder with crack/ and no_crack/ in it, or --images and --masks, or --dataset, or the --labels that label wrote",
    onNote,
  });
  // A photo without a mask keeps its place, which --skip and --limit count: it is reported when its turn comes to be read.
  const chosen = samples.slice(skip, limit === undefined ? undefined : skip + limit);
  if (chosen.length === 0) {
    throw new UsageError(
      `Cannot use the photos from number ${skip + 1} on: there are ${samples.length}; skip fewer of them.`,
    );
  }
  for (const line of [...notes, ...rejectedNotes(rejected)]) onNote?.(line);
  const missing = new Set(
    samples.filter(({ truth }) => truth === "missing").map(({ sample }) => sample.imagePath),
  );
  const reported = (problem: string) =>
    [...missing].some((path) => problem.startsWith(`Cannot use ${path}:`));
  for (const problem of problems) if (!reported(problem)) onNote?.(problem);
  const census = new CrackCensus();
  const photos = await decodePhotos(chosen, {
    ...options,
    truthOf: patchTruth,
    onNote,
    onPhoto(named, failure, photo) {
      if (photo !== undefined) census.add(named, photo);
      onPhoto?.(named, failure, photo);
    },
  });
  onNote?.(census.describe(photos.samples));
  return {
    ...photos,
    requireCrack: ({ samples }, purpose) => census.requireCrack(samples, { purpose, notes }),
  };
}
