import { join } from "node:path";
import { anyObject } from "../../core/arguments.ts";
import { statOrNull } from "../../core/datasets/list_files.ts";
import { UsageError } from "../cli/errors.ts";
import { readRecord } from "../files/read_record.ts";
import { partFile, partFiles, type Shard } from "../files/shard.ts";
import { writeWhole } from "../files/write_whole.ts";
import type { PhotoSurface } from "./crf_surface.ts";

/** What a file holds: everything that decides a search, and each photo so far. */
interface Kept {
  readonly identity: unknown;
  readonly photos: readonly PhotoSurface[];
}

/**
 * What a search has found, in its folder: `photos.json`, and of a part `photos-2-of-8.json` beside it. A part skips what the whole knows;
 * the whole takes up what parts have found.
 */
export class KeptSurfaces {
  readonly #path: string;
  readonly #identity: unknown;
  /** By photo. */
  readonly #known = new Map<string, PhotoSurface>();
  /** Those that go into the file of this run. */
  readonly #own = new Set<string>();
  /** Files of parts that this run takes up. */
  readonly #parts: readonly string[];

  private constructor(path: string, identity: unknown, parts: readonly string[]) {
    [this.#path, this.#identity, this.#parts] = [path, identity, parts];
  }

  /**
   * @param identity everything that decides a search.
   * @throws {UsageError} where another search is kept there.
   */
  static async open(folder: string, identity: unknown, shard?: Shard): Promise<KeptSurfaces> {
    const whole = join(folder, "photos.json");
    const parts = shard === undefined ? await partFiles(whole) : [];
    const kept = new KeptSurfaces(shard === undefined ? whole : partFile(whole, shard), identity, parts);
    for (const path of new Set([whole, kept.#path, ...parts])) {
      const own = shard === undefined || path === kept.#path;
      for (const photo of await photosIn(path, identity)) kept.#take(photo, own);
    }
    return kept;
  }

  /** Whether a photo is done. */
  has(name: string): boolean {
    return this.#known.has(name);
  }

  /** Adds a photo; {@linkcode KeptSurfaces.save} writes it. */
  add(photo: PhotoSurface): void {
    this.#take(photo, true);
  }

  /** Those of these photos that are done, in their order: a mean is the same to the last bit however they came. */
  among(names: readonly string[]): PhotoSurface[] {
    return names.flatMap((name) => this.#known.get(name) ?? []);
  }

  /** Writes the file of this run, whole or not at all. */
  async save(): Promise<void> {
    const photos = [...this.#own].map((name) => this.#known.get(name)!);
    await writeWhole(this.#path, `${JSON.stringify({ identity: this.#identity, photos })}\n`);
  }

  /** Removes the files of parts, which the saved one of the whole holds now. */
  async removeParts(): Promise<void> {
    for (const path of this.#parts) await Deno.remove(path);
  }

  #take(photo: PhotoSurface, own: boolean): void {
    this.#known.set(photo.name, photo);
    if (own) this.#own.add(photo.name);
  }
}

async function photosIn(path: string, identity: unknown): Promise<readonly PhotoSurface[]> {
  if (await statOrNull(path) === null) return [];
  const kept = await readRecord(path, anyObject<Kept>(), "remove it to search anew");
  if (JSON.stringify(kept.identity) !== JSON.stringify(identity)) {
    throw new UsageError(
      `Cannot go on with ${path}: it is of another grid, classifier or photos; give another --out, or remove it.`,
    );
  }
  return kept.photos;
}
