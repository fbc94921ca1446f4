import { type PixelTruth, pixelTruth } from "../../core/sampling/decoded_photo.ts";
import { UsageError } from "../cli/errors.ts";
import { openNamedDataset } from "../data/named_dataset.ts";
import { type DecodedPhotos, decodePhotos, holdBack } from "../training/decoded_photos.ts";
import { CrackCensus } from "../training/crack_census.ts";
import { type LabelPaths, rejectedNotes } from "../training/list_labels.ts";
import { listSamples, type NamedPhotos } from "../training/list_samples.ts";
import { datasetSample, type NamedSample } from "../training/named_sample.ts";

/** Photos with masks, all of them readable. */
export type MaskedPhotos = DecodedPhotos<PixelTruth>;

/** What to train on, and what to try the network on. */
export interface TrainingDataOptions extends Omit<NamedPhotos, keyof LabelPaths | "folders">, LabelPaths {
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
 * Reads all photos once. What cannot be used is reported and left out.
 *
 * @param note is given a line for all that cannot be used.
 * @param inform is given lines about how masks are read and how much crack they show.
 * @throws {UsageError} if there is nothing to read, nothing left to hold back, or a photo is labelled as a whole.
 * @throws {Error} if no pixel is crack.
 */
export async function openTrainingData(
  options: TrainingDataOptions,
  note: (line: string) => void,
  inform: (line: string) => void = () => {},
): Promise<OpenedTrainingData> {
  const { limit, validation, validationSplit } = options;
  const { samples, rejected, problems, notes } = await listSamples(options, {
    wanted: "--images and --masks, or --dataset, or the --labels that label wrote",
    onNote: inform,
  });
  requireMasks(samples);
  for (const line of notes) inform(line);
  for (const problem of problems) note(problem);
  for (const line of rejectedNotes(rejected)) note(line);
  const usable = samples.filter(({ truth }) => truth !== "missing");
  const own = usable.filter(({ extra }) => !extra).slice(0, limit);
  const extra = usable.filter(({ extra }) => extra);
  if (own.length === 0) {
    throw new UsageError(
      "Cannot train without photos: none has a mask of its name; those of --images and --masks must be the same.",
    );
  }
  const census = new CrackCensus();
  const decode = (samples: readonly NamedSample[]) =>
    decodePhotos(samples, {
      truthOf: pixelTruth,
      onNote: inform,
      onPhoto(named, failure, photo) {
        if (failure !== undefined) note(failure);
        if (photo !== undefined) census.add(named, photo);
      },
    });
  const photos = await decode([...own, ...extra]);
  inform(census.describe(photos.samples));
  const requireCrack = (training: MaskedPhotos, heldBack?: MaskedPhotos) => {
    census.requireCrack(training.samples, { purpose: "train on", notes });
    if (heldBack !== undefined) {
      census.requireCrack(heldBack.samples, { purpose: "try the network on", notes });
    }
    return { training, heldBack };
  };
  const failures = problems.length + photos.failures;
  if (validation === undefined) {
    if (validationSplit !== undefined) {
      throw new UsageError("Cannot choose a split without a dataset: give it to --validation.");
    }
    return { ...requireCrack(photos), rejected, failures };
  }
  const share = Number(validation);
  if (Number.isNaN(share)) {
    const dataset = await openNamedDataset(validation, {
      split: validationSplit,
      splits: options.splits,
      followLinks: options.followLinks,
    });
    const others = await Promise.all(dataset.samples.map(datasetSample));
    requireMasks(others);
    const heldBack = await decode(others);
    return { ...requireCrack(photos, heldBack), rejected, failures: failures + heldBack.failures };
  }
  if (!(share > 0 && share < 1)) {
    throw new UsageError(
      `Cannot hold back a share of ${share} of the photos: a number between 0 and 1 is wanted, or a dataset.`,
    );
  }
  const { training, heldBack } = holdBack(photos, share);
  return { ...requireCrack(training, heldBack), rejected, failures };
}

function requireMasks(samples: readonly NamedSample[]): void {
  const whole = samples.find(({ truth }) => truth === "crack" || truth === "no_crack");
  if (whole === undefined) return;
  throw new UsageError(
    `Cannot train on ${whole.sample.imagePath}: it is labelled as a whole, and a mask is wanted; label such photos first.`,
  );
}
