import { READ_FORMATS } from "../../core/images/image_format.ts";
import { classesOf } from "../../core/datasets/classes.ts";
import { describeFolder, listFiles, readFolder, statOrNull } from "../../core/datasets/list_files.ts";
import { matchFiles, nearestName } from "../../core/datasets/match_files.ts";
import {
  confidenceScale,
  type MaskReading,
  readConfidence,
  settleReading,
} from "../../core/datasets/read_mask.ts";
import { UsageError } from "../cli/errors.ts";
import { keepInside } from "../data/keep_inside.ts";
import { tellingNotes } from "../data/mask_notes.ts";
import { openNamedDataset } from "../data/named_dataset.ts";
import { listPhotos } from "../files/photos.ts";
import { type LabelPaths, listLabels } from "./list_labels.ts";
import {
  datasetSample,
  maskedSample,
  type NamedSample,
  unmaskedSample,
  wholeSample,
} from "./named_sample.ts";

/** Where photos and what is known of their cracks lie, as the options of a training name it. */
export interface NamedPhotos extends Partial<LabelPaths> {
  /** Folders with the folders `crack/` and `no_crack/`, whose photos are labelled as a whole. */
  readonly folders?: readonly string[];
  /** Folders of photos, and as many folders of masks with the same names. */
  readonly images: readonly string[];
  readonly masks: readonly string[];
  /** Datasets in a layout that `core/datasets` knows. */
  readonly datasets: readonly string[];
  /** Of the datasets: only this split. */
  readonly split?: string;
  /** Of the datasets: whose splits. Default: as the folders say. */
  readonly splits?: "folders" | "paper";
  /** Whether files are taken that lie outside the folders named, where links lead. Default: they are left out and reported. */
  readonly followLinks?: boolean;
  /** Photos that a program has listed itself. */
  readonly samples?: readonly NamedSample[];
}

/** Photos that were named, and what was left out. */
export interface ListedSamples {
  readonly samples: readonly NamedSample[];
  /** Labels left out because too few of their pixels are crack. */
  readonly rejected: number;
  /** What has no partner, in sentences: photos whose truth is `missing` among it. */
  readonly problems: readonly string[];
  /** What was decided about masks, in sentences. */
  readonly notes: readonly string[];
}

/** Options of {@linkcode listSamples}. */
export interface ListSamplesOptions {
  /** What to give, where nothing was named. */
  readonly wanted: string;
  /** Is given a sentence, when a sample is read, where something was decided about its mask alone. */
  readonly onNote?: (sentence: string) => void;
}

/**
 * Lists photos with their truth: those listed already, then those in folders of classes, in folders of photos and masks, in datasets, and
 * those with labels.
 *
 * @throws {UsageError} where there are none, or folders of masks do not match those of photos.
 */
export async function listSamples(
  named: NamedPhotos,
  { wanted, onNote = () => {} }: ListSamplesOptions,
): Promise<ListedSamples> {
  const { samples: given = [], folders = [], images, masks, datasets, split, splits } = named;
  const { labels = [], extraLabels = [], photos = [], soft = false, followLinks = false, reviewed } = named;
  if (images.length !== masks.length) {
    throw new UsageError(
      `Cannot pair ${images.length} folders of photos with ${masks.length} of masks: give --images and --masks equally often.`,
    );
  }
  if (given.length + folders.length + images.length + datasets.length + labels.length === 0) {
    throw new UsageError(`Cannot train without photos: give ${wanted}.`);
  }
  if (datasets.length === 0 && (split !== undefined || splits === "paper")) {
    throw new UsageError(
      "Cannot choose a split without a dataset: give --dataset, or leave out --split and --splits.",
    );
  }
  if (photos.length > 0 && labels.length + extraLabels.length === 0) {
    throw new UsageError(
      "Cannot use --photos without labels: give --labels, or --images for photos with masks.",
    );
  }
  const telling = (named: NamedSample) => ({ ...named, sample: tellingNotes(named.sample, onNote) });
  const samples: NamedSample[] = [...given], problems: string[] = [], notes: string[] = [];
  for (const folder of folders) {
    const listed = await listClasses(folder, { followLinks });
    samples.push(...listed.samples);
    problems.push(...listed.problems);
  }
  for (const [i, folder] of images.entries()) {
    const pairs = await listPairs(folder, { masks: masks[i], soft, followLinks });
    samples.push(...pairs.samples.map(telling));
    problems.push(...pairs.problems);
    notes.push(...pairs.notes);
  }
  for (const path of datasets) {
    const dataset = await openNamedDataset(path, { split, splits, followLinks });
    samples.push(...(await Promise.all(dataset.samples.map(datasetSample))).map(telling));
    problems.push(...dataset.problems.map(({ message }) => message));
    notes.push(...dataset.notes);
  }
  const labelled = await listLabels({ labels, extraLabels, photos, soft, reviewed, followLinks });
  return {
    samples: [...samples, ...labelled.samples],
    rejected: labelled.rejected,
    problems: [...problems, ...labelled.problems],
    notes,
  };
}

async function listClasses(
  folder: string,
  options: { readonly followLinks: boolean },
): Promise<Omit<ListedPairs, "notes">> {
  const classes = classesOf(await readFolder(folder));
  if (classes === undefined) {
    throw new UsageError(
      `Cannot train on ${folder}: it holds ${await describeFolder(
        folder,
      )}, and the folders crack/ and no_crack/ are wanted.`,
    );
  }
  const samples: NamedSample[] = [], problems: string[] = [];
  for (const [truth, name] of [["crack", classes.crack], ["no_crack", classes.noCrack]] as const) {
    const { photos } = await listPhotos([`${folder}/${name}`]);
    const { inside, problems: left } = await keepInside(folder, photos, options);
    problems.push(...left);
    samples.push(...inside.map(({ name, path }) => wholeSample({ name: `${truth}/${name}`, path, truth })));
  }
  return { samples, problems };
}

/** What the photos and masks of two folders are, in what was named. */
interface ListedPairs {
  readonly samples: readonly NamedSample[];
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

async function listPairs(
  images: string,
  { masks, soft, followLinks }: {
    readonly masks: string;
    readonly soft: boolean;
    readonly followLinks: boolean;
  },
): Promise<ListedPairs> {
  const listed = await keepInside(images, (await listPhotos([images])).photos, { followLinks });
  if (!(await statOrNull(masks))?.isDirectory) {
    throw new UsageError(`Cannot read ${masks}: there is no such folder.`);
  }
  const found = await listFiles(masks);
  if (found.length === 0) {
    throw new UsageError(
      `Cannot find masks in ${masks}: it holds ${await describeFolder(
        masks,
      )}, and ${READ_FORMATS} files are wanted.`,
    );
  }
  const drawn = await keepInside(masks, found, { followLinks });
  const photos = listed.inside.map(({ name, path }) => ({ stem: name, path }));
  const matched = matchFiles(photos, drawn.inside);
  const { read: readTruth, notes } = await readingOf(matched.pairs.map(({ truth }) => truth.path), { soft });
  const maskOf = new Map(matched.pairs.map(({ photo, truth }) => [photo, truth.path]));
  const samples: NamedSample[] = [], problems = [...listed.problems, ...drawn.problems];
  for (const photo of photos) {
    const { stem: name, path } = photo, mask = maskOf.get(photo);
    if (mask !== undefined) {
      samples.push(maskedSample({ name, path, mask, soft: false, extra: false, readTruth }));
    } else {
      samples.push(unmaskedSample({ name, path }));
      const near = nearestName(name, matched.truths);
      problems.push(`Cannot use ${path}: there is no mask of the name ${name} in ${masks}${near}.`);
    }
  }
  for (const { truth, first } of matched.ambiguous) {
    problems.push(
      `Cannot use ${truth.path}: ${first.path} bears the same name, and masks are told apart by it.`,
    );
  }
  for (const { stem, path } of matched.truths) {
    problems.push(`Cannot use ${path}: there is no photo of the name ${stem} in ${images}.`);
  }
  return { samples, problems, notes };
}

/** How the masks of a folder are read: as masks, or as confidence maps. */
async function readingOf(
  paths: readonly string[],
  { soft }: { readonly soft: boolean },
): Promise<MaskReading> {
  if (!soft) return await settleReading(paths, { rule: "recognise" });
  const { full, notes } = await confidenceScale(paths);
  return { read: (bytes) => readConfidence(bytes, full), notes };
}
