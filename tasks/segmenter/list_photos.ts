import { openDataset } from "../data/open_dataset.ts";
import { listPhotos } from "../files/photos.ts";
import { UsageError } from "../cli/errors.ts";
import { type LabelPaths, listLabels } from "./list_labels.ts";
import { fileEntry, type MaskedEntry, sampleEntry } from "./masked_entry.ts";

/** Where photos and their masks lie. */
export interface MaskedPhotoPaths extends LabelPaths {
  /** Folders of photos, and as many folders of masks with the same names. */
  readonly images: readonly string[];
  readonly masks: readonly string[];
  /** Datasets in a layout that `core/datasets` knows. */
  readonly datasets: readonly string[];
  /** Of the datasets: only this split. */
  readonly split?: string;
  /** Of the datasets: whose splits. Default: as the folders say. */
  readonly splits?: "folders" | "paper";
  /** Photos that a program has listed itself, before all others. */
  readonly entries?: readonly MaskedEntry[];
}

/** Photos that can be read, and what was left out. */
export interface ListedPhotos {
  readonly entries: readonly MaskedEntry[];
  /** Labels left out because too few of their pixels are crack. */
  readonly rejected: number;
  /** What has no partner, in sentences. */
  readonly problems: readonly string[];
}

/**
 * Lists photos with masks: those listed already, then those in folders, datasets and labels.
 *
 * @throws {UsageError} where there are none, or folders of masks do not match those of photos.
 */
export async function listMaskedPhotos(paths: MaskedPhotoPaths): Promise<ListedPhotos> {
  const { images, masks, datasets, split, splits, labels, extraLabels, photos } = paths;
  if (images.length !== masks.length) {
    throw new UsageError(
      `Cannot pair ${images.length} folders of photos with ${masks.length} of masks: give --images and --masks equally often.`,
    );
  }
  if (images.length + datasets.length + labels.length + (paths.entries ?? []).length === 0) {
    throw new UsageError(
      "Cannot train without photos: give --images and --masks, or --dataset, or the --labels that label wrote.",
    );
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
  const entries: MaskedEntry[] = [...paths.entries ?? []], problems: string[] = [];
  for (const [i, folder] of images.entries()) {
    const listed = await listPairs(folder, { masks: masks[i], soft: paths.soft });
    entries.push(...listed.entries);
    problems.push(...listed.problems);
  }
  for (const path of datasets) {
    const dataset = await openDataset(path, { split, splits });
    entries.push(...dataset.samples.map(sampleEntry));
    problems.push(...dataset.problems.map(({ message }) => message));
  }
  const labelled = await listLabels(paths);
  return {
    entries: [...entries, ...labelled.entries],
    rejected: labelled.rejected,
    problems: [...problems, ...labelled.problems],
  };
}

async function listPairs(
  images: string,
  { masks, soft }: { readonly masks: string; readonly soft: boolean },
): Promise<{ entries: MaskedEntry[]; problems: string[] }> {
  const { photos } = await listPhotos([images]);
  const { photos: drawn } = await listPhotos([masks]);
  const byName = new Map(drawn.map(({ name, path }) => [name, path]));
  const entries: MaskedEntry[] = [], problems: string[] = [];
  for (const { name, path } of photos) {
    const mask = byName.get(name);
    byName.delete(name);
    if (mask !== undefined) entries.push(fileEntry({ name, path, mask, soft, extra: false }));
    else problems.push(`Cannot use ${path}: there is no mask of the name ${name} in ${masks}.`);
  }
  for (const [name, path] of byName) {
    problems.push(`Cannot use ${path}: there is no photo of the name ${name} in ${images}.`);
  }
  return { entries, problems };
}
