import type { ReadSampleOptions, Truth } from "../../core/datasets/sample.ts";
import {
  type DecodedPhoto,
  decodeSample,
  type PhotoSource,
  type TruthOf,
} from "../../core/sampling/decoded_photo.ts";
import { describeError, UsageError } from "../cli/errors.ts";
import type { NamedSample } from "./named_sample.ts";

/** Options of {@linkcode decodePhotos}. */
export interface DecodePhotosOptions<T, S = Truth> {
  /** Takes of a photo's truth what is needed. */
  readonly truthOf: TruthOf<T, S>;
  /** Bytes of decoded photos to hold; others are decoded again when they are needed. Default: two GiB. */
  readonly memory?: number;
  /** Called for each photo read, with a sentence if it could not be, else with what was read. */
  readonly onPhoto?: (named: NamedSample<S>, failure?: string, photo?: DecodedPhoto<T>) => void;
  /**
   * Is given a line for each thing that was chosen, guessed or not done as photos were decoded, such as a colour profile that was not applied:
   * with how many it was so, and the first of them.
   */
  readonly onNote?: (line: string) => void;
}

/** Photos with their truth, all of them readable. */
export interface DecodedPhotos<T> extends PhotoSource<T> {
  readonly samples: readonly NamedSample<unknown>[];
  /** Photos that could not be read. */
  readonly failures: number;
  /** Some of the photos. */
  subset(indices: readonly number[]): DecodedPhotos<T>;
}

/** The names of photos as cards list them, `+` before those with extra labels. */
export function cardNames({ samples }: Pick<DecodedPhotos<unknown>, "samples"> = { samples: [] }): string[] {
  return samples.map(({ name, extra }) => extra ? `+${name}` : name);
}

/** All photos of any research set, or some fifty of twelve megapixels. */
const MEMORY = 2 ** 31;

/**
 * Reads each photo once; photos that cannot be read are reported and left out.
 *
 * @throws {Error} if none can be read.
 */
export async function decodePhotos<T, S = Truth>(
  samples: readonly NamedSample<S>[],
  { truthOf, memory = MEMORY, onPhoto, onNote }: DecodePhotosOptions<T, S>,
): Promise<DecodedPhotos<T>> {
  const cache = new PhotoCache(memory, truthOf);
  const readable: NamedSample<S>[] = [];
  const noted = new Map<string, { first: string; photos: number }>();
  for (const named of samples) {
    const { imagePath } = named.sample;
    try {
      const notes: string[] = [];
      const photo = await cache.photo(named, { onNote: (note) => notes.push(note) });
      for (const note of notes) {
        const { first, photos } = noted.get(note) ?? { first: imagePath, photos: 0 };
        noted.set(note, { first, photos: photos + 1 });
      }
      readable.push(named);
      onPhoto?.(named, undefined, photo);
    } catch (error) {
      const sentence = describeError(error);
      onPhoto?.(named, sentence.includes(imagePath) ? sentence : `${imagePath}: ${sentence}`);
    }
  }
  for (const [note, { first, photos }] of noted) {
    onNote?.(photos === 1 ? `${first}: ${note}` : `${photos} photos, the first of them ${first}: ${note}`);
  }
  if (readable.length === 0) throw new Error("Cannot go on: none of the photos could be read.");
  return photosOf(readable, { cache, failures: samples.length - readable.length });
}

function photosOf<T, S>(
  samples: readonly NamedSample<S>[],
  { cache, failures }: { readonly cache: PhotoCache<T, S>; readonly failures: number },
): DecodedPhotos<T> {
  return {
    count: samples.length,
    samples,
    failures,
    photo: (index) => cache.photo(samples[index]),
    subset: (indices) => photosOf(indices.map((index) => samples[index]), { cache, failures }),
  };
}

/**
 * Divides photos: a share of them, the last by name (of each class, where photos are labelled as a whole), is held back. Neighbours by name
 * often show the same spot, so they must not be divided at random. Extra ones are all trained on.
 *
 * @throws {UsageError} if that leaves none to train on, or none to try.
 */
export function holdBack<T>(
  photos: DecodedPhotos<T>,
  share: number,
): { readonly training: DecodedPhotos<T>; readonly heldBack?: DecodedPhotos<T> } {
  if (share === 0) return { training: photos };
  const { samples } = photos;
  const own = [...samples.keys()].filter((i) => !samples[i].extra);
  const extra = [...samples.keys()].filter((i) => samples[i].extra);
  const kept: number[] = [], held: number[] = [];
  for (const indices of Map.groupBy(own, (i) => samples[i].truth).values()) {
    const first = Math.round(indices.length * (1 - share));
    kept.push(...indices.slice(0, first));
    held.push(...indices.slice(first));
  }
  if (kept.length === 0 || held.length === 0) {
    throw new UsageError(
      `Cannot hold back a share of ${share} of ${own.length} photos: that leaves ${kept.length} to train on and ` +
        `${held.length} to try; at least 1 of both is wanted.`,
    );
  }
  return { training: photos.subset([...kept, ...extra]), heldBack: photos.subset(held) };
}

/** Decoded photos, the least recently used ones given up where they exceed the memory. */
class PhotoCache<T, S> {
  readonly #limit: number;
  readonly #truthOf: TruthOf<T, S>;
  readonly #photos = new Map<NamedSample<S>, DecodedPhoto<T>>();
  #bytes = 0;

  constructor(limit: number, truthOf: TruthOf<T, S>) {
    this.#limit = limit;
    this.#truthOf = truthOf;
  }

  photo(named: NamedSample<S>, options?: ReadSampleOptions): DecodedPhoto<T> | Promise<DecodedPhoto<T>> {
    const kept = this.#photos.get(named);
    if (kept === undefined) return this.#read(named, options);
    this.#photos.delete(named);
    this.#photos.set(named, kept);
    return kept;
  }

  async #read(named: NamedSample<S>, options?: ReadSampleOptions): Promise<DecodedPhoto<T>> {
    const photo = await decodeSample(named.sample, this.#truthOf, options);
    this.#photos.set(named, photo);
    this.#bytes += bytesOf(photo);
    for (const [oldest, other] of this.#photos) {
      if (this.#bytes <= this.#limit) break;
      this.#photos.delete(oldest);
      this.#bytes -= bytesOf(other);
    }
    return photo;
  }
}

function bytesOf({ pixels, truth }: DecodedPhoto<unknown>): number {
  const maps = ArrayBuffer.isView(truth) ? [truth] : Object.values(truth ?? {}).filter(ArrayBuffer.isView);
  return maps.reduce((sum, { byteLength }) => sum + byteLength, pixels.byteLength);
}
