import { cutPatch, type Orientation } from "./cut_window.ts";
import type { LabelledPhoto, PatchPlace } from "./labelled_photo.ts";
import { resamplePatch } from "./resample_patch.ts";

/** A patch that was chosen: of which photo, where, in which orientation, and its class. */
export interface ChosenPatch extends PatchPlace {
  /** Index of the photo. */
  readonly photo: number;
  readonly orientation: Orientation;
  readonly crack: boolean;
}

/** Photos to cut patches of. They may be decoded when they are asked for. */
export interface PhotoSource {
  /** How many there are. */
  readonly count: number;
  /** The photo of an index from 0 on. */
  photo(index: number): LabelledPhoto | Promise<LabelledPhoto>;
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
  source: PhotoSource,
  chosen: readonly ChosenPatch[],
  { size = chosen[0].size }: { readonly size?: number } = {},
): Promise<PatchBatch> {
  const bytes = size * size * 3;
  const pixels = new Uint8Array(chosen.length * bytes);
  const crack = new Uint8Array(chosen.length);
  for (const [i, patch] of chosen.entries()) {
    const photo = await source.photo(patch.photo);
    const target = pixels.subarray(i * bytes, (i + 1) * bytes);
    const { orientation } = patch;
    if (patch.size === size) cutPatch(photo, patch, { orientation, target });
    else {
      const small = new Uint8Array(patch.size * patch.size * 3);
      cutPatch(photo, patch, { orientation, target: small });
      resamplePatch(small, { from: patch.size, to: size, channels: 3, target });
    }
    crack[i] = Number(patch.crack);
  }
  return { size, count: chosen.length, pixels, crack };
}
