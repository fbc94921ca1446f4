import { dirname, join, sep } from "node:path";
import { type FoundFile, listFiles, statOrNull } from "../../core/datasets/list_files.ts";
import { matchFiles } from "../../core/datasets/match_files.ts";
import { settleReading } from "../../core/datasets/read_mask.ts";
import type { TruthReader } from "../../core/datasets/sample.ts";
import { maskPath } from "../batch/maps.ts";
import type { PhotoRecord } from "../batch/manifests.ts";
import type { RecordStore } from "../batch/record_store.ts";
import { openRunRecords } from "../batch/run_records.ts";
import { UsageError } from "../cli/errors.ts";
import { findPhotos, listPhotos } from "../files/photos.ts";
import { type DrawnPhoto, drawnPhotos } from "../studio/drawn_photos.ts";
import { correctedMaskPath, type MaskVerdict, readVerdicts, type ReviewUse } from "../studio/review.ts";

/** The photos of masks, by the paths of these. */
export type PhotosOfMasks = Pick<ReadonlyMap<string, string>, "size" | "has" | "get">;

/** Masks to measure. What is known of their photos stays on the disk; dispose of it to close the files. */
export interface FoundMasks extends Disposable {
  /** Masks and folders of them, for {@linkcode listPhotos}. */
  readonly paths: readonly string[];
  readonly photos: PhotosOfMasks;
  /** The folders that the photos lie in. */
  readonly photoFolders: () => ReadonlySet<string>;
  /** Those of the paths that are no runs: masks that people drew, or other programs. */
  readonly drawn: readonly string[];
  /** The mask that counts for one of a run: itself, the corrected one, or none, as people have decided. */
  readonly choose: (mask: string) => string | undefined;
}

/** A photo whose mask is known. */
type MaskedPhoto = Pick<PhotoRecord, "name" | "path">;

/** Masks whose photos are known, and what people decided about them. */
interface ReviewedMasks extends Disposable {
  /** The folder that they lie in. */
  readonly folder: string;
  readonly size: number;
  /** What is known of a mask's photo. */
  recordOf(mask: string): MaskedPhoto | undefined;
  /** The mask that counts in the place of one. */
  choose(mask: string, photo: MaskedPhoto): string | undefined;
  /** The folders that the photos lie in. */
  photoFolders(): Set<string>;
}

/** The masks of a run of `label` or `predict`. */
class RunMasks implements ReviewedMasks {
  readonly folder: string;
  readonly #store: RecordStore<PhotoRecord>;
  readonly #verdictOf: (name: string) => MaskVerdict;
  /** Folders of masks: the run's own, and of those that people mended. */
  readonly #folders: readonly string[];

  private constructor(
    run: string,
    store: RecordStore<PhotoRecord>,
    verdictOf: (name: string) => MaskVerdict,
  ) {
    this.folder = join(run, "masks");
    this.#store = store;
    this.#verdictOf = verdictOf;
    this.#folders = [maskPath, correctedMaskPath].map((pathOf) => dirname(pathOf(run, "name")) + sep);
  }

  /** @returns nothing of a path that is no run. */
  static async open(run: string, reviewed: ReviewUse | undefined): Promise<RunMasks | undefined> {
    const store = await openRunRecords(run);
    return store && new RunMasks(run, store, await readVerdicts(run, reviewed));
  }

  get size(): number {
    return this.#store.size;
  }

  recordOf(mask: string): MaskedPhoto | undefined {
    const folder = this.#folders.find((folder) => mask.startsWith(folder));
    if (folder === undefined || !mask.endsWith(".png")) return undefined;
    const name = mask.slice(folder.length, -".png".length).replaceAll("\\", "/");
    const record = this.#store.find(name);
    return record?.name === name ? record : undefined;
  }

  choose(mask: string, { name }: MaskedPhoto): string | undefined {
    const { counts, corrected } = this.#verdictOf(name);
    return counts ? corrected ?? mask : undefined;
  }

  photoFolders(): Set<string> {
    const folders = new Set<string>();
    for (const { path } of this.#store.all()) folders.add(dirname(path));
    return folders;
  }

  [Symbol.dispose](): void {
    this.#store[Symbol.dispose]();
  }
}

/** The masks of a folder of photos that were marked in the studio. */
class DrawnMasks implements ReviewedMasks {
  readonly folder: string;
  readonly #photos: ReadonlyMap<string, DrawnPhoto>;

  private constructor(folder: string, photos: readonly DrawnPhoto[]) {
    this.folder = dirname(correctedMaskPath(folder, "name"));
    this.#photos = new Map(photos.map((photo) => [correctedMaskPath(folder, photo.name), photo]));
  }

  /** @returns nothing of a path that is no such folder. */
  static async open(folder: string, reviewed: ReviewUse | undefined): Promise<DrawnMasks | undefined> {
    const photos = (await statOrNull(folder))?.isDirectory ? await drawnPhotos(folder, reviewed) : undefined;
    return photos && new DrawnMasks(folder, photos);
  }

  get size(): number {
    return this.#photos.size;
  }

  recordOf(mask: string): MaskedPhoto | undefined {
    return this.#photos.get(mask);
  }

  choose(mask: string): string | undefined {
    return this.#photos.get(mask)?.mask;
  }

  photoFolders(): Set<string> {
    return new Set([...this.#photos.values()].map(({ path }) => dirname(path)));
  }

  [Symbol.dispose](): void {}
}

/**
 * Finds the masks under the paths of a command, and their photos: of a run of `label` or `predict` those of its manifest, of a folder of photos that were
 * marked in the studio those, and of others those of the same names in a folder.
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
  const paths: string[] = [], drawn: string[] = [], runs: ReviewedMasks[] = [];
  for (const path of given) {
    const run = await RunMasks.open(path, reviewed) ?? await DrawnMasks.open(path, reviewed);
    if (run === undefined) drawn.push(path);
    else runs.push(run);
    paths.push(run?.folder ?? path);
  }
  /** The run or the folder that a mask is of, and what is known of its photo. */
  const runOf = (mask: string) => {
    for (const run of runs) {
      const record = run.recordOf(mask);
      if (record !== undefined) return { run, record };
    }
    return undefined;
  };
  const choose = (mask: string) => {
    const found = runOf(mask);
    return found === undefined ? mask : found.run.choose(mask, found.record);
  };
  const matched = photoFolder === undefined
    ? new Map<string, string>()
    : await matchPhotos(photoFolder, { paths, out, choose, photoOf: (mask) => runOf(mask)?.record.path });
  const get = (mask: string) => matched.get(mask) ?? runOf(mask)?.record.path;
  const size = runs.reduce((sum, run) => sum + run.size, matched.size);
  return {
    paths,
    photos: { size, get, has: (mask) => get(mask) !== undefined },
    photoFolders: () =>
      runs.reduce(
        (all, run) => all.union(run.photoFolders()),
        new Set([...matched.values()].map((photo) => dirname(photo))),
      ),
    drawn,
    choose,
    [Symbol.dispose]: () => runs.forEach((run) => run[Symbol.dispose]()),
  };
}

/** Finds the photos of masks in a folder, by their names, where none is known or the one known is not there. */
async function matchPhotos(
  photoFolder: string,
  { paths, out, choose, photoOf }: {
    readonly paths: readonly string[];
    readonly out: string;
    readonly choose: FoundMasks["choose"];
    readonly photoOf: (mask: string) => string | undefined;
  },
): Promise<Map<string, string>> {
  const { photos: masks } = await findPhotos(paths, { outputs: out, wanted: "masks" });
  const missing: FoundFile[] = [];
  for (const { path, name } of masks) {
    const known = photoOf(path);
    if (known === undefined || await statOrNull(known) === null) missing.push({ path, stem: name });
  }
  if (await statOrNull(photoFolder) === null) {
    throw new UsageError(`Cannot read ${photoFolder}: there is no such file or folder.`);
  }
  const photos = new Map<string, string>();
  for (const { photo, truth } of matchFiles(await listFiles(photoFolder), missing).pairs) {
    photos.set(truth.path, photo.path);
    const counting = choose(truth.path);
    if (counting !== undefined) photos.set(counting, photo.path);
  }
  return photos;
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
