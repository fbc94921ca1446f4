import { findContradictions } from "../../core/datasets/contradictions.ts";
import { openDataset } from "../../core/datasets/open_dataset.ts";
import { openPatchFolder, type PatchFolder, type WholePhoto } from "../../core/datasets/patch_folder.ts";
import { type LabelCount, patchLabelled, type PatchLabels } from "../../core/datasets/patch_labels.ts";
import { readPhoto } from "../../core/datasets/sample.ts";
import type { GridOptions } from "../../core/sampling/training_grid.ts";
import { UsageError } from "../cli/errors.ts";
import { listPhotos } from "../files/photos.ts";
import type { LabelPaths } from "./list_labels.ts";
import { listSamples, type NamedPhotos } from "./list_samples.ts";
import type { NamedSample } from "./named_sample.ts";

/** Where photos lie of which patches were labelled, or that are taken as if. */
export interface PatchLabelPaths extends Omit<NamedPhotos, Exclude<keyof LabelPaths, "followLinks">> {
  /** Folders with the folders `crack/` and `no_crack/` of patches whose names hold their places. */
  readonly patches?: readonly string[];
  /** As many folders, or datasets, of the whole photos that they were cut from. */
  readonly patchPhotos?: readonly string[];
}

/** Options of {@linkcode listPatchLabels}. */
export interface ListPatchLabelsOptions {
  /** The patches that masks are cut into, which are all that is known of them then. */
  readonly grid: GridOptions;
  /** What to give, where nothing was named. */
  readonly wanted: string;
  /** As of {@linkcode listSamples}. */
  readonly onNote?: (sentence: string) => void;
}

/** Photos with what their patches were labelled. */
export interface ListedPatchLabels {
  readonly samples: readonly NamedSample<PatchLabels>[];
  /** What cannot be used and is left out, in sentences. */
  readonly problems: readonly string[];
  /** How masks are read, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Lists photos of which patches were labelled: those with files of patches, then all that {@linkcode listSamples} lists, their masks known by
 * the patches of a grid alone.
 *
 * @throws {UsageError} where there are none, or folders of photos do not match those of patches.
 */
export async function listPatchLabels(
  named: PatchLabelPaths,
  { grid, wanted, onNote }: ListPatchLabelsOptions,
): Promise<ListedPatchLabels> {
  const { patches = [], patchPhotos = [], ...others } = named;
  if (patches.length !== patchPhotos.length) {
    throw new UsageError(
      `Cannot pair ${patches.length} folders of patches with ${patchPhotos.length} of whole photos: give --patches and --patch-photos ` +
        "equally often.",
    );
  }
  const samples: NamedSample<PatchLabels>[] = [], problems: string[] = [], notes: string[] = [];
  for (const [i, path] of patches.entries()) {
    const opened = await openNamedPatches(path, await wholePhotos(patchPhotos[i], others));
    samples.push(...opened.samples.map((sample) => (
      { name: sample.name, sample, truth: "patches" as const, extra: false }
    )));
    problems.push(...opened.problems.map(({ message }) => message));
  }
  const { samples: given = [], folders = [], images, datasets } = others;
  if (patches.length === 0 || given.length + folders.length + images.length + datasets.length > 0) {
    const listed = await listSamples(others, { wanted, onNote });
    const { usable, problems: contradictory } = await withoutContradictions(listed.samples);
    samples.push(...usable.map(({ sample, ...of }) => ({ ...of, sample: patchLabelled(sample, grid) })));
    problems.push(...listed.problems, ...contradictory);
    notes.push(...listed.notes);
  }
  return { samples, problems, notes };
}

/** Photos of which not one copy is labelled crack and another crack-free. */
async function withoutContradictions(
  samples: readonly NamedSample[],
): Promise<{ readonly usable: readonly NamedSample[]; readonly problems: readonly string[] }> {
  const whole = samples.flatMap(({ truth, sample: { imagePath: path } }) =>
    truth === "crack" || truth === "no_crack" ? [{ path, crack: truth === "crack" }] : []
  );
  const pairs = await findContradictions(whole);
  const taken = new Set(pairs.flat().map(({ path }) => path));
  return {
    usable: samples.filter(({ sample }) => !taken.has(sample.imagePath)),
    problems: pairs.map(([crack, clear]) =>
      `Cannot use ${crack.path} and ${clear.path}: they are one photo, and it is in both classes; delete one of them.`
    ),
  };
}

/** @throws {UsageError} where what was typed leads to no labelled patches. */
async function openNamedPatches(path: string, photos: readonly WholePhoto[]): Promise<PatchFolder> {
  try {
    return await openPatchFolder(path, photos);
  } catch (error) {
    if (error instanceof Error && /^Cannot (?:read|learn from) /.test(error.message)) {
      throw new UsageError(error.message);
    }
    throw error;
  }
}

/** The photos of a dataset, by the names that `data:patches` knows them by; else all that lie in a folder. */
async function wholePhotos(
  path: string,
  { followLinks = false }: Pick<NamedPhotos, "followLinks">,
): Promise<readonly WholePhoto[]> {
  const { photos } = await listPhotos([path], { followLinks });
  const dataset = await openDataset(path, { followLinks }).catch((error) => {
    // Laid out in no way that a dataset is: a folder of photos alone.
    if (error instanceof TypeError || error instanceof RangeError) return undefined;
    throw error;
  });
  if (dataset !== undefined) return dataset.samples;
  return photos.map(({ name, path }) => ({
    name,
    split: "all",
    imagePath: path,
    image: (options) => readPhoto(path, options),
  }));
}

/** What labels cost and hold, in a sentence. */
export function describeLabels({ photos, patches, crackPatches }: LabelCount): string {
  const each = photos === 0 ? 0 : patches / photos;
  const format = (value: number) => value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 1 : 0 });
  return `${format(photos)} photos with ${format(patches)} labelled patches, ${format(each)} a photo: ` +
    `${format(crackPatches)} with crack, ${format(patches - crackPatches)} without.`;
}
