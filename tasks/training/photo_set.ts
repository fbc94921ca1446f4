import { describeError } from "../cli/errors.ts";

/** A photo that can be read. */
export interface Entry<Photo> {
  readonly name: string;
  /** The file of the photo. */
  readonly path: string;
  read(): Promise<Photo>;
}

/** Options of {@linkcode readPhotos}. */
export interface ReadPhotosOptions<E> {
  /** Bytes of decoded photos to hold; others are decoded again when they are needed. Default: two GiB. */
  readonly memory?: number;
  /** Called for each photo read, with an error if it could not be. */
  readonly onPhoto?: (photo: E, failure?: string) => void;
  /** Called once with the number of photos before the first is read. */
  readonly onStart?: (count: number) => void;
}

/** Photos with their truth, all of them readable. */
export interface PhotoSet<Photo, E extends Entry<Photo>> {
  readonly count: number;
  readonly entries: readonly E[];
  /** Photos that could not be read. */
  readonly failures: number;
  /** The photo of an index from 0 on. */
  photo(index: number): Photo | Promise<Photo>;
  /** Some of the photos. */
  subset(indices: readonly number[]): PhotoSet<Photo, E>;
}

/** All photos of any research set, or some fifty of twelve megapixels. */
const MEMORY = 2 ** 31;

/**
 * Reads each photo once; photos that cannot be read are told of and left out.
 *
 * @param bytesOf how much memory a photo takes.
 * @throws {Error} if none can be read.
 */
export async function readPhotos<Photo, E extends Entry<Photo>>(
  entries: readonly E[],
  bytesOf: (photo: Photo) => number,
  { memory = MEMORY, onPhoto, onStart }: ReadPhotosOptions<E> = {},
): Promise<PhotoSet<Photo, E>> {
  const cache = new PhotoCache(memory, bytesOf);
  const readable: E[] = [];
  onStart?.(entries.length);
  for (const entry of entries) {
    try {
      await cache.photo(entry);
      readable.push(entry);
      onPhoto?.(entry);
    } catch (error) {
      const sentence = describeError(error);
      onPhoto?.(entry, sentence.includes(entry.path) ? sentence : `${entry.path}: ${sentence}`);
    }
  }
  const failures = entries.length - readable.length;
  if (readable.length === 0) throw new Error("Cannot go on: none of the photos could be read.");
  return photoSet(readable, { cache, failures });
}

function photoSet<Photo, E extends Entry<Photo>>(
  entries: readonly E[],
  { cache, failures }: { readonly cache: PhotoCache<Photo>; readonly failures: number },
): PhotoSet<Photo, E> {
  return {
    count: entries.length,
    entries,
    failures,
    photo: (index) => cache.photo(entries[index]),
    subset: (indices) => photoSet(indices.map((index) => entries[index]), { cache, failures }),
  };
}

/** Decoded photos, the least recently used ones given up where they exceed the memory. */
class PhotoCache<Photo> {
  readonly #limit: number;
  readonly #bytesOf: (photo: Photo) => number;
  readonly #photos = new Map<Entry<Photo>, Photo>();
  #bytes = 0;

  constructor(limit: number, bytesOf: (photo: Photo) => number) {
    this.#limit = limit;
    this.#bytesOf = bytesOf;
  }

  photo(entry: Entry<Photo>): Photo | Promise<Photo> {
    const kept = this.#photos.get(entry);
    if (kept === undefined) return this.#read(entry);
    this.#photos.delete(entry);
    this.#photos.set(entry, kept);
    return kept;
  }

  async #read(entry: Entry<Photo>): Promise<Photo> {
    const photo = await entry.read();
    this.#photos.set(entry, photo);
    this.#bytes += this.#bytesOf(photo);
    for (const [oldest, held] of this.#photos) {
      if (this.#bytes <= this.#limit) break;
      this.#photos.delete(oldest);
      this.#bytes -= this.#bytesOf(held);
    }
    return photo;
  }
}
