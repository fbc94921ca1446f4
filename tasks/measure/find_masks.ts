import { join } from "node:path";
import { type FoundFile, listFiles, statOrNull } from "../../core/datasets/list_files.ts";
import { matchFiles } from "../../core/datasets/match_files.ts";
import { settleReading } from "../../core/datasets/read_mask.ts";
import type { TruthReader } from "../../core/datasets/sample.ts";
import { maskPath } from "../batch/maps.ts";
import { runRecords } from "../batch/run_records.ts";
import { UsageError } from "../cli/errors.ts";
import { listPhotos } from "../files/photos.ts";
import { readVerdicts, type ReviewUse } from "../studio/review.ts";

/** Masks to measure. */
export interface FoundMasks {
  /** Masks and folders of them, for {@linkcode listPhotos}. */
  readonly paths: readonly string[];
  /** The photo of a mask by the mask's path. */
  readonly photos: ReadonlyMap<string, string>;
  /** Those of the paths that are no runs: masks that people drew, or other programs. */
  readonly drawn: readonly string[];
  /** The mask that counts for one of a run: itself, the corrected one, or none, as people have decided. */
  readonly choose: (mask: string) => string | undefined;
}

/**
 * Finds the masks under the paths of a command, and their photos: of a run of `label` or `predict` those of its manifest, and of others
 * those of the same names in a folder.
 *
 * @param photoFolder where photos lie that no manifest knows, or that have moved since.
 * @param out the folder of outputs.
 * @param reviewed how what people decided about the masks of a run is taken.
 * @throws {UsageError} if a path is not there or holds no image.
 */
export async function findMasks(
  given: readonly string[],
  { photoFolder, out, reviewed }: {
    readonly photoFolder: string | undefined;
    readonly out: string;
    readonly reviewed?: ReviewUse;
  },
): Promise<FoundMasks> {
  const paths: string[] = [], drawn: string[] = [];
  const photos = new Map<string, string>(), decided = new Map<string, string | undefined>();
  for (const path of given) {
    const run = await runRecords(path);
    if (run === undefined) {
      paths.push(path);
      drawn.push(path);
      continue;
    }
    paths.push(join(path, "masks"));
    const verdictOf = await readVerdicts(path, reviewed);
    for (const { name, path: photo } of run) {
      const mask = maskPath(path, name);
      const { counts, corrected } = verdictOf(name);
      photos.set(mask, photo);
      if (!counts || corrected !== undefined) decided.set(mask, corrected);
    }
  }
  if (photoFolder !== undefined) {
    const masks = (await listPhotos(paths, { outputs: out, wanted: "masks" })).photos;
    const missing: FoundFile[] = [];
    for (const { path, name } of masks) {
      const known = photos.get(path);
      if (known === undefined || await statOrNull(known) === null) missing.push({ path, stem: name });
    }
    if (await statOrNull(photoFolder) === null) {
      throw new UsageError(`Cannot read ${photoFolder}: there is no such file or folder.`);
    }
    for (const { photo, truth } of matchFiles(await listFiles(photoFolder), missing).pairs) {
      photos.set(truth.path, photo.path);
    }
  }
  for (const [mask, corrected] of decided) {
    const photo = photos.get(mask);
    if (corrected !== undefined && photo !== undefined) photos.set(corrected, photo);
  }
  return { paths, photos, drawn, choose: (mask) => decided.has(mask) ? decided.get(mask) : mask };
}

/** How masks are read that are no run's. */
export interface DrawnMaskReading {
  /** What reads a mask; `undefined` for one of a run, whose values are known. */
  readonly readerOf: (mask: string) => TruthReader | undefined;
  /** What was decided about them, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Settles how drawn masks are read, by the rule of all tasks: any two values, turned where they are inverted, by what they have in common.
 *
 * @param drawn masks and folders of them; see {@linkcode FoundMasks}.
 * @param options as those of {@linkcode listPhotos}.
 */
export async function settleDrawnMasks(
  drawn: readonly string[],
  { out, followLinks }: { readonly out: string; readonly followLinks?: boolean },
): Promise<DrawnMaskReading> {
  if (drawn.length === 0) return { readerOf: () => undefined, notes: [] };
  const { photos: masks } = await listPhotos(drawn, { outputs: out, wanted: "masks", followLinks });
  const paths = new Set(masks.map(({ path }) => path));
  const { read, notes } = await settleReading([...paths], { rule: "recognise" });
  return { readerOf: (mask) => paths.has(mask) ? read : undefined, notes };
}
