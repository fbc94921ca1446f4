import { UsageError } from "../cli/errors.ts";
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
}

/**
 * Lists photos with their truth: those listed already, then those in folders of classes, in folders of photos and masks, in datasets, and
 * those with labels.
 *
 * @param options `wanted`: what to give, where nothing was named.
 * @throws {UsageError} where there are none, or folders of masks do not match those of photos.
 */
export async function listSamples(
  named: NamedPhotos,
  { wanted }: { readonly wanted: string },
): Promise<ListedSamples> {
  const { samples: given = [], folders = [], images, masks, datasets, split, splits } = named;
  const { labels = [], extraLabels = [], photos = [], soft = false } = named;
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
  const samples: NamedSample[] = [...given], problems: string[] = [];
  for (const folder of folders) samples.push(...await listClasses(folder));
  for (const [i, folder] of images.entries()) {
    const pairs = await listPairs(folder, { masks: masks[i], soft });
    samples.push(...pairs.samples);
    problems.push(...pairs.problems);
  }
  for (const path of datasets) {
    const dataset = await openNamedDataset(path, { split, splits });
    samples.push(...await Promise.all(dataset.samples.map(datasetSample)));
    problems.push(...dataset.problems.map(({ message }) => message));
  }
  const labelled = await listLabels({ labels, extraLabels, photos, soft });
  return {
    samples: [...samples, ...labelled.samples],
    rejected: labelled.rejected,
    problems: [...problems, ...labelled.problems],
  };
}

async function listClasses(folder: string): Promise<NamedSample[]> {
  const samples: NamedSample[] = [];
  for (const truth of ["crack", "no_crack"] as const) {
    const { photos } = await listPhotos([`${folder}/${truth}`]);
    samples.push(...photos.map(({ name, path }) => wholeSample({ name: `${truth}/${name}`, path, truth })));
  }
  return samples;
}

async function listPairs(
  images: string,
  { masks, soft }: { readonly masks: string; readonly soft: boolean },
): Promise<{ samples: NamedSample[]; problems: string[] }> {
  const { photos } = await listPhotos([images]);
  const { photos: drawn } = await listPhotos([masks]);
  const byName = new Map(drawn.map(({ name, path }) => [name, path]));
  const samples: NamedSample[] = [], problems: string[] = [];
  for (const { name, path } of photos) {
    const mask = byName.get(name);
    byName.delete(name);
    if (mask !== undefined) samples.push(maskedSample({ name, path, mask, soft, extra: false }));
    else {
      samples.push(unmaskedSample({ name, path }));
      problems.push(`Cannot use ${path}: there is no mask of the name ${name} in ${masks}.`);
    }
  }
  for (const [name, path] of byName) {
    problems.push(`Cannot use ${path}: there is no photo of the name ${name} in ${images}.`);
  }
  return { samples, problems };
}
