import { having, type Schema } from "../arguments.ts";
import type { ReadSampleOptions, Sample, Truth } from "../datasets/sample.ts";

/** A photo as training reads it: bytes, and what is known of its cracks. */
export interface DecodedPhoto<T> {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** RGB, `width · height · 3` bytes, row-major. */
  readonly pixels: Uint8Array;
  /** What is known of its cracks: {@linkcode PatchTruth} for classifiers, {@linkcode PixelTruth} for segmentation networks. */
  readonly truth: T;
}

/** Photos to cut patches or crops out of. They may be decoded when they are asked for. */
export interface PhotoSource<T> {
  /** How many there are. */
  readonly count: number;
  /** The photo of an index from 0 on. */
  photo(index: number): DecodedPhoto<T> | Promise<DecodedPhoto<T>>;
}

/** Photos, wherever they come from. */
export const PHOTO_SOURCE: Schema<PhotoSource<never>> = having<PhotoSource<never>>(
  ["photo"],
  "photos as { count, photo(index) }",
);

/** The pixels of a mask by what is known of them, as {@linkcode crackPixels} lists them. */
export interface PartlyKnownCracks {
  /** Those that are crack. */
  readonly crack: Uint32Array;
  /** Those of which nothing is known. */
  readonly ignored: Uint32Array;
}

/**
 * What decides the class of a patch: the crack pixels, as {@linkcode crackPixels} lists them, with those that are ignored where there are some;
 * or, where nobody drew them, whether the photo as a whole shows a crack, and with it each of its patches.
 */
export type PatchTruth = Uint32Array | PartlyKnownCracks | boolean;

/**
 * What each pixel is: 255 for crack, 0 for background, what lies between for a confidence of value / 255, row-major; with what each of them counts,
 * where some are ignored.
 */
export type PixelTruth = Uint8Array | WeighedTruth;

/** What each pixel is, and how much is known of it: where patches were labelled, not pixels, some are not known at all. */
export interface WeighedTruth {
  /** As {@linkcode PixelTruth}. */
  readonly truth: Uint8Array;
  /** What each pixel counts in a loss, as value / 255: 0 where nothing is known. Row-major. */
  readonly weight: Uint8Array;
}

/** Takes of the truth of a photo what a training needs. */
export type TruthOf<T, S = Truth> = (
  truth: S,
  photo: { readonly width: number; readonly height: number },
) => T;

/**
 * Reads a sample of a dataset, and takes of its truth what a training needs: {@linkcode patchTruth} or {@linkcode pixelTruth}.
 *
 * @example Crops of a dataset with masks
 * ```ts
 * import { type CropSampler, cropSampler, decodeSample, openDataset, pixelTruth } from "../../mod.ts";
 *
 * async function cropsOf(path: string): Promise<CropSampler> {
 *   const { samples } = await openDataset(path);
 *   const photos = await Promise.all(samples.map((sample) => decodeSample(sample, pixelTruth)));
 *   const source = { count: photos.length, photo: (index: number) => photos[index] };
 *   return await cropSampler(source, { size: 160, batch: 6, seed: 1 });
 * }
 * console.log(cropsOf.name); // cropsOf
 * ```
 */
export async function decodeSample<T, S = Truth>(
  sample: Sample<S>,
  truthOf: TruthOf<T, S>,
  options?: ReadSampleOptions,
): Promise<DecodedPhoto<T>> {
  const { image: { width, height, data }, truth } = await sample.read(options);
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0, from = 0; i < pixels.length; i += 3, from += 4) {
    pixels[i] = data[from];
    pixels[i + 1] = data[from + 1];
    pixels[i + 2] = data[from + 2];
  }
  return { width, height, pixels, truth: truthOf(truth, { width, height }) };
}

/**
 * What a truth says of patches: the indices of a mask's crack pixels, with those that are ignored where there are some; or whether the photo as a
 * whole shows a crack.
 */
export function patchTruth(truth: Truth): PatchTruth {
  if (typeof truth === "boolean") return truth;
  const crack = crackPixels(truth.data);
  return truth.weight === undefined ? crack : { crack, ignored: crackPixels(ignoredPixels(truth.weight)) };
}

/**
 * What a truth says of each pixel: 255 for crack, 0 for background, between them a confidence.
 *
 * @throws {TypeError} if it is of the photo as a whole.
 */
export function pixelTruth(truth: Truth): PixelTruth {
  if (typeof truth === "boolean") {
    throw new TypeError(
      "Cannot say which pixels are crack: the photo is labelled as a whole, and a mask is wanted.",
    );
  }
  const pixels = truth.confidence ?? truth.data.map((value) => value > 0 ? 255 : 0);
  return truth.weight === undefined ? pixels : { truth: pixels, weight: truth.weight };
}

/** 1 for each pixel of which nothing is known, 0 for others. */
export function ignoredPixels(weight: Uint8Array): Uint8Array {
  return weight.map((value) => value === 0 ? 1 : 0);
}

/** How much of a photo is known, and how much of that is crack, in pixels; what is crack with a confidence counts for as much. */
export interface CrackCount {
  readonly known: number;
  readonly crack: number;
}

/** Counts what a truth says of a photo's pixels. */
export function countCrack(
  { width, height, truth }: Pick<DecodedPhoto<PatchTruth | PixelTruth>, "width" | "height" | "truth">,
): CrackCount {
  const pixels = width * height;
  if (typeof truth === "boolean") return { known: pixels, crack: truth ? pixels : 0 };
  if (truth instanceof Uint32Array) return { known: pixels, crack: truth.length };
  if ("ignored" in truth) return { known: pixels - truth.ignored.length, crack: truth.crack.length };
  const [values, weight] = truth instanceof Uint8Array ? [truth] : [truth.truth, truth.weight];
  let known = 0, crack = 0;
  for (const [i, value] of values.entries()) {
    if (weight?.[i] === 0) continue;
    known++;
    crack += value / 255;
  }
  return { known, crack };
}

/**
 * The indices of a mask's crack pixels, ascending.
 *
 * @param mask one value a pixel, row-major: 0 for background, anything else for crack.
 */
export function crackPixels(mask: Uint8Array): Uint32Array {
  let count = 0;
  for (const value of mask) if (value !== 0) count++;
  const indices = new Uint32Array(count);
  for (let i = 0, next = 0; i < mask.length; i++) if (mask[i] !== 0) indices[next++] = i;
  return indices;
}
