import { cutSquare, type Orientation, type SquarePlace } from "./cut_window.ts";
import type { DecodedPhoto, PatchTruth, PhotoSource } from "./decoded_photo.ts";

/** A patch that was chosen: of which photo, where, in which orientation, and its class. */
export interface ChosenPatch extends SquarePlace {
  /** Index of the photo. */
  readonly photo: number;
  readonly orientation: Orientation;
  readonly crack: boolean;
}

/** Patches of one size with their classes. */
export interface PatchBatch {
  /** Side in pixels. */
  readonly size: number;
  /** How many patches. */
  readonly count: number;
  /** N × size × size × 3 bytes, RGB. */
  readonly pixels: Uint8Array;
  /** N values, 1 for crack. */
  readonly crack: Uint8Array;
}

/** What training draws its batches from. The batch of a step depends on the step alone, in whatever order they are asked for. */
export interface PatchSampler {
  /** Patches of one epoch. */
  readonly patchesPerEpoch: number;
  /** Steps of one epoch; the last batch of a grid may be smaller. */
  readonly stepsPerEpoch: number;
  /** The patches of a step, counted from 0 over all epochs. */
  batch(step: number): Promise<PatchBatch>;
}

/** Cuts the chosen patches and enlarges those that are smaller than the batch's `size`, by default that of the first. */
export async function cutPatches(
  source: PhotoSource<unknown>,
  chosen: readonly ChosenPatch[],
  { size = chosen[0].size }: { readonly size?: number } = {},
): Promise<PatchBatch> {
  const bytes = size * size * 3;
  const pixels = new Uint8Array(chosen.length * bytes);
  const crack = new Uint8Array(chosen.length);
  for (const [i, patch] of chosen.entries()) {
    const { width, height, pixels: data } = await source.photo(patch.photo);
    const target = pixels.subarray(i * bytes, (i + 1) * bytes);
    const { orientation } = patch;
    cutSquare({ width, height, channels: 3, data }, patch, { orientation, size, target });
    crack[i] = Number(patch.crack);
  }
  return { size, count: chosen.length, pixels, crack };
}

/** Whether there is any crack in a photo. */
export function showsCrack({ truth }: Pick<DecodedPhoto<PatchTruth>, "truth">): boolean {
  return typeof truth === "boolean" ? truth : crackOf(truth).length > 0;
}

/** The crack pixels of a mask. */
export function crackOf(truth: Exclude<PatchTruth, boolean>): Uint32Array {
  return truth instanceof Uint32Array ? truth : truth.crack;
}

/**
 * Whether a patch holds at least one crack pixel. What lies outside the photo holds none.
 *
 * @returns undefined where it holds none, but pixels of which nothing is known: it belongs to neither class.
 */
export function patchShowsCrack(
  { width, height, truth }: Omit<DecodedPhoto<PatchTruth>, "pixels">,
  place: SquarePlace,
): boolean | undefined {
  if (typeof truth === "boolean") return truth;
  const size = { width, height };
  if (patchHolds(crackOf(truth), place, size)) return true;
  return truth instanceof Uint32Array || !patchHolds(truth.ignored, place, size) ? false : undefined;
}

/** Whether a patch holds at least one of some pixels, ascending. */
function patchHolds(
  truth: Uint32Array,
  { x, y, size }: SquarePlace,
  { width, height }: { readonly width: number; readonly height: number },
): boolean {
  const bottom = Math.min(height, y + size);
  for (let row = Math.max(0, y); row < bottom; row++) {
    const next = truth[firstAtLeast(truth, row * width + Math.max(0, x))];
    if (next < row * width + Math.min(width, x + size)) return true;
  }
  return false;
}

/** Position of the first of ascending values that is at least `bound`; their number if none is. */
function firstAtLeast(values: Uint32Array, bound: number): number {
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
