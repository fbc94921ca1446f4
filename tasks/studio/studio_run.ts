import { statOrNull } from "../../core/datasets/list_files.ts";
import { decodeFile } from "../../core/images/decode_file.ts";
import type { PhotoRecord } from "../batch/manifests.ts";
import { confidencePath, maskPath } from "../batch/maps.ts";
import { runRecords } from "../batch/run_records.ts";
import { UsageError } from "../cli/errors.ts";
import { isFile } from "../files/presence.ts";
import { listPhotos } from "../files/photos.ts";
import { STAGE_KEY } from "../label/manifest.ts";
import { stagePath } from "../label/stage_files.ts";
import { agreementOf } from "./agreement.ts";
import { doubtOf } from "./doubt.ts";
import { photosOf } from "./drawn_photos.ts";
import { correctedMaskPath, ReviewStore } from "./review.ts";

/** Photos whose maps are read for one answer: some seconds of work. */
const AT_ONCE = 100;

/** A figure of a photo; null where it cannot be told. */
type NamedFigure = readonly [name: string, figure: number | null];

/** A photo that the studio shows. */
export interface StudioPhoto {
  readonly name: string;
  /** Its file. */
  readonly path: string;
  /** What a run found, if one did. */
  readonly found?: { readonly mask: string; readonly confidence: string; readonly crackShare: number };
  /** The files of the stages that the run kept of its label, by their keys in the order of the method. */
  readonly stages?: ReadonlyMap<string, string>;
  /** The mask that the run beside has of it, if one lies beside. */
  readonly beside?: string;
}

/** What a run noted of a photo: one of label, which stages it kept. */
type StagedRecord = PhotoRecord & { readonly stages?: readonly string[] };

/** Options of {@linkcode StudioRun.open}. */
export interface StudioRunOptions {
  /** Folders in which a run's photos lie; without, they are where they were. */
  readonly photos?: readonly string[];
  /** Another run of the same photos, to compare with. */
  readonly beside?: string;
}

/** What the studio is opened on: a run of `label` or `predict`, or a folder of photos. */
export class StudioRun {
  readonly folder: string;
  readonly photos: ReadonlyMap<string, StudioPhoto>;
  readonly review: ReviewStore;

  private constructor(folder: string, photos: readonly StudioPhoto[], review: ReviewStore) {
    this.folder = folder;
    this.photos = new Map(photos.map((photo) => [photo.name, photo]));
    this.review = review;
  }

  /** @throws {UsageError} if the folder is not there, or holds neither a run nor a photo; or the other is no run of such photos. */
  static async open(
    folder: string,
    { photos: photoFolders = [], beside }: StudioRunOptions = {},
  ): Promise<StudioRun> {
    if (!(await statOrNull(folder))?.isDirectory) {
      throw new UsageError(`Cannot open ${folder}: it is not a folder; give one of a run or of photos.`);
    }
    folder = await Deno.realPath(folder);
    const records = await runRecords(folder);
    const review = await ReviewStore.open(folder);
    const withBeside = await besideOf(beside);
    if (records !== undefined) {
      const found = photoFolders.length === 0 ? [] : (await listPhotos(photoFolders)).photos;
      const moved = new Map(found.map(({ name, path }) => [name, path]));
      const photos = records.map(({ name, path, crackShare, stages = [] }: StagedRecord) => ({
        ...{ name, path: moved.get(name) ?? path },
        stages: new Map(
          stages.filter((key) => STAGE_KEY.test(key)).map((key) => [key, stagePath(folder, name, key)]),
        ),
        found: { mask: maskPath(folder, name), confidence: confidencePath(folder, name), crackShare },
      }));
      return new StudioRun(folder, withBeside(photos), review);
    }
    return new StudioRun(folder, withBeside(await photosOf(folder)), review);
  }

  /** How many photos are not where they should be. */
  async countMissing(): Promise<number> {
    const there = await Promise.all([...this.photos.values()].map(({ path }) => isFile(path)));
    return there.filter((is) => !is).length;
  }

  /** The mask that was mended, if there is one. */
  async corrected(name: string): Promise<string | undefined> {
    const path = correctedMaskPath(this.folder, name);
    return await statOrNull(path) === null ? undefined : path;
  }

  /**
   * How much doubt the run left of some photos, from a place in their order on: see {@linkcode doubtOf}. Null of those that cannot be told;
   * what is wrong with them is said when they are opened.
   */
  doubts(from: number): Promise<NamedFigure[]> {
    return this.#figures(from, async ({ found }) => doubtOf((await readGrey(found!.confidence)).grey));
  }

  /** How much the masks of some photos, mended ones first, agree with those of the run beside: see {@linkcode agreementOf}. Likewise. */
  agreements(from: number): Promise<NamedFigure[]> {
    return this.#figures(from, async ({ name, found, beside }) => {
      const mask = await readGrey(await this.corrected(name) ?? found!.mask), other = await readGrey(beside!);
      if (mask.width !== other.width || mask.height !== other.height) throw new RangeError();
      return agreementOf(mask.grey, other.grey);
    });
  }

  async #figures(from: number, figureOf: (photo: StudioPhoto) => Promise<number>): Promise<NamedFigure[]> {
    const some = [...this.photos.values()].slice(from, from + AT_ONCE);
    return await Array.fromAsync(
      some,
      async (photo) => [photo.name, await figureOf(photo).catch(() => null)] as const,
    );
  }
}

/** Gives photos the masks that another run has of them. */
async function besideOf(
  folder: string | undefined,
): Promise<(photos: readonly StudioPhoto[]) => readonly StudioPhoto[]> {
  if (folder === undefined) return (photos) => photos;
  const records = await runRecords(folder);
  if (records === undefined) {
    throw new UsageError(
      `Cannot compare with ${folder}: it is no run of label or predict; give the folder of one.`,
    );
  }
  const names = new Set(records.map(({ name }) => name));
  return (photos) => {
    if (!photos.some(({ name }) => names.has(name))) {
      throw new UsageError(
        `Cannot compare with ${folder}: none of its photos has the name of one here; give a run of the same photos.`,
      );
    }
    return photos.map((photo) =>
      names.has(photo.name) ? { ...photo, beside: maskPath(folder, photo.name) } : photo
    );
  };
}

async function readGrey(path: string): Promise<{ width: number; height: number; grey: Uint8Array }> {
  const { width, height, data } = await decodeFile(await Deno.readFile(path), { samples: "stored" });
  return { width, height, grey: Uint8Array.from({ length: width * height }, (_, i) => data[4 * i]) };
}
