import type { DecodedPhoto, PixelTruth } from "../../core/sampling/decoded_photo.ts";
import { openDataset } from "../data/open_dataset.ts";
import { UsageError } from "../cli/errors.ts";
import { type PhotoSet, readPhotos } from "../training/photo_set.ts";
import { listMaskedPhotos, type MaskedPhotoPaths } from "./list_photos.ts";
import { type MaskedEntry, sampleEntry } from "./masked_entry.ts";

/** Photos with masks, all of them readable. */
export type MaskedPhotos = PhotoSet<DecodedPhoto<PixelTruth>, MaskedEntry>;

/** What to train on, and what to try the network on. */
export interface TrainingDataOptions extends MaskedPhotoPaths {
  /** Photos to take at most, extra labels aside. */
  readonly limit?: number;
  /** A share of the photos, or a dataset of others. */
  readonly validation?: string;
  /** Of that dataset only this split. */
  readonly validationSplit?: string;
}

/** The photos of a training. */
export interface OpenedTrainingData {
  readonly training: MaskedPhotos;
  readonly heldBack?: MaskedPhotos;
  /** Labels left out because too few of their pixels are crack. */
  readonly rejected: number;
  /** Photos, masks and labels that could not be used. */
  readonly failures: number;
}

/**
 * Reads all photos once. What cannot be used is told of and left out.
 *
 * @throws {UsageError} if there is nothing to read, or nothing left to hold back.
 */
export async function openTrainingData(
  options: TrainingDataOptions,
  note: (line: string) => void,
): Promise<OpenedTrainingData> {
  const { limit, validation, validationSplit } = options;
  const { entries, rejected, problems } = await listMaskedPhotos(options);
  for (const problem of problems) note(problem);
  if (rejected > 0) {
    note(
      `${rejected} ${
        rejected === 1 ? "label has" : "labels have"
      } too few crack pixels to be usable for training: left out.`,
    );
  }
  const own = entries.filter(({ extra }) => !extra).slice(0, limit);
  const extra = entries.filter(({ extra }) => extra);
  if (own.length === 0) {
    throw new UsageError(
      "Cannot train without photos: none has a mask of its name; those of --images and --masks must be the same.",
    );
  }
  const onPhoto = (_: MaskedEntry, failure?: string) => failure === undefined || note(failure);
  const photos = await readPhotos([...own, ...extra], bytesOf, { onPhoto });
  const failures = problems.length + photos.failures;
  if (validation === undefined) {
    if (validationSplit !== undefined) {
      throw new UsageError("Cannot choose a split without a dataset: give it to --validation.");
    }
    return { training: photos, rejected, failures };
  }
  const share = Number(validation);
  if (Number.isNaN(share)) {
    const { samples } = await openDataset(validation, { split: validationSplit, splits: options.splits });
    const heldBack = await readPhotos(samples.map(sampleEntry), bytesOf, { onPhoto });
    return { training: photos, heldBack, rejected, failures: failures + heldBack.failures };
  }
  return { ...holdBack(photos, share), rejected, failures };
}

/** Holds back the last photos by name: neighbours often show the same spot. Extra ones are all trained on. */
function holdBack(photos: MaskedPhotos, share: number): { training: MaskedPhotos; heldBack: MaskedPhotos } {
  if (!(share > 0 && share < 1)) {
    throw new UsageError(
      `Cannot hold back a share of ${share} of the photos: a number between 0 and 1 is wanted, or a dataset.`,
    );
  }
  const indices = [...photos.entries.keys()];
  const own = indices.filter((i) => !photos.entries[i].extra);
  const held = new Set(own.slice(Math.round(own.length * (1 - share))));
  if (held.size === 0 || held.size === own.length) {
    throw new UsageError(
      `Cannot hold back a share of ${share} of ${own.length} photos: that leaves ${
        own.length - held.size
      } to train on and ${held.size} to try; at least 1 of both is wanted.`,
    );
  }
  return {
    training: photos.subset(indices.filter((i) => !held.has(i))),
    heldBack: photos.subset([...held]),
  };
}

function bytesOf({ pixels, truth }: DecodedPhoto<PixelTruth>): number {
  return pixels.byteLength + truth.byteLength;
}
