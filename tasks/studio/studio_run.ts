import { join } from "node:path";
import { readFolder, statOrNull } from "../../core/datasets/list_files.ts";
import { decodeFile } from "../../core/images/decode_file.ts";
import { confidencePath, maskPath } from "../batch/maps.ts";
import { runRecords } from "../batch/run_records.ts";
import { UsageError } from "../cli/errors.ts";
import { isFile } from "../files/presence.ts";
import { listPhotos } from "../files/photos.ts";
import { doubtOf } from "./doubt.ts";
import { correctedMaskPath, ReviewStore } from "./review.ts";

/** Photos whose confidences are read for one answer: some seconds of work. */
const DOUBTS_AT_ONCE = 100;

/** A photo that the studio shows. */
export interface StudioPhoto {
  readonly name: string;
  /** Its file. */
  readonly path: string;
  /** What a run found, if one did. */
  readonly found?: { readonly mask: string; readonly confidence: string; readonly crackShare: number };
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

  /**
   * @param options `photos`: folders in which a run's photos lie; without, they are where they were.
   * @throws {UsageError} if the folder is not there, or holds neither a run nor a photo.
   */
  static async open(
    folder: string,
    { photos: photoFolders = [] }: { readonly photos?: readonly string[] } = {},
  ): Promise<StudioRun> {
    if (!(await statOrNull(folder))?.isDirectory) {
      throw new UsageError(`Cannot open ${folder}: it is not a folder; give one of a run or of photos.`);
    }
    folder = await Deno.realPath(folder);
    const records = await runRecords(folder);
    const review = await ReviewStore.open(folder);
    if (records !== undefined) {
      const found = photoFolders.length === 0 ? [] : (await listPhotos(photoFolders)).photos;
      const moved = new Map(found.map(({ name, path }) => [name, path]));
      const photos = records.map(({ name, path, crackShare }) => ({
        ...{ name, path: moved.get(name) ?? path },
        found: { mask: maskPath(folder, name), confidence: confidencePath(folder, name), crackShare },
      }));
      return new StudioRun(folder, photos, review);
    }
    // Masks that were mended before are no photos.
    const { files, folders } = await readFolder(folder);
    const paths = [...files, ...folders.filter((name) => name !== "review")].map((name) =>
      join(folder, name)
    );
    const { photos } = await listPhotos(paths);
    return new StudioRun(folder, photos, review);
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
  async doubts(from: number): Promise<(readonly [name: string, doubt: number | null])[]> {
    const some = [...this.photos.values()].slice(from, from + DOUBTS_AT_ONCE);
    return await Array.fromAsync(some, async ({ name, found }) => {
      try {
        const { data } = await decodeFile(await Deno.readFile(found!.confidence), { samples: "stored" });
        return [name, doubtOf(Uint8Array.from({ length: data.length / 4 }, (_, i) => data[4 * i]))] as const;
      } catch {
        return [name, null] as const;
      }
    });
  }
}
