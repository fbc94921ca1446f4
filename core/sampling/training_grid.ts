import { permutation, randomStream } from "../random.ts";
import { type Orientation, ORIENTATIONS } from "./cut_window.ts";
import type { PatchTruth, PhotoSource } from "./decoded_photo.ts";
import { type ChosenPatch, cutPatches, type PatchSampler, patchShowsCrack } from "./patches.ts";

/** Options of {@linkcode gridStarts}. */
export interface GridOptions {
  /** Side of a patch, in pixels. */
  readonly size: number;
  /** Step from patch to patch, in pixels. */
  readonly stride: number;
}

/**
 * Where the patches of a grid start along one side: 0, stride, 2 · stride, …, and a last one flush with the end, so that no
 * pixel is left out. Where the side is shorter than a patch there is one, centred, to be filled by mirroring.
 */
export function gridStarts(length: number, { size, stride }: GridOptions): number[] {
  if (length <= size) return [Math.ceil((length - size) / 2)];
  const starts: number[] = [];
  for (let start = 0; start < length - size; start += stride) starts.push(start);
  return [...starts, length - size];
}

/** Every patch of the grids over all photos, upright. Each photo is looked at once. */
export async function gridPatches(
  source: PhotoSource<PatchTruth>,
  options: GridOptions,
): Promise<ChosenPatch[]> {
  const { size } = options;
  const patches: ChosenPatch[] = [];
  for (let index = 0; index < source.count; index++) {
    const photo = await source.photo(index);
    for (const y of gridStarts(photo.height, options)) {
      for (const x of gridStarts(photo.width, options)) {
        const crack = patchShowsCrack(photo, { x, y, size });
        if (crack !== undefined) patches.push({ photo: index, x, y, size, orientation: 0, crack });
      }
    }
  }
  return patches;
}

/** Options of {@linkcode gridSampler}. */
export interface GridSamplerOptions {
  /** Patches a step. */
  readonly batch: number;
  readonly seed: number;
  /** The orientations that each patch is shown in, once an epoch each. Default: all eight. */
  readonly orientations?: readonly Orientation[];
}

/**
 * Training as in the paper: in each epoch every patch of the grids in each orientation once, in an order that seed and epoch set.
 *
 * @param patches of {@linkcode gridPatches}, or any other list.
 * @throws {RangeError} if there is no patch.
 */
export function gridSampler(
  source: PhotoSource<unknown>,
  patches: readonly ChosenPatch[],
  { batch, seed, orientations = ORIENTATIONS }: GridSamplerOptions,
): PatchSampler {
  const patchesPerEpoch = patches.length * orientations.length;
  if (patchesPerEpoch === 0) {
    throw new RangeError("Cannot draw patches for training: there are 0, at least 1 is wanted.");
  }
  const stepsPerEpoch = Math.ceil(patchesPerEpoch / batch);
  let shuffled: { epoch: number; order: Uint32Array } | undefined;
  return {
    patchesPerEpoch,
    stepsPerEpoch,
    batch(step) {
      const epoch = Math.floor(step / stepsPerEpoch);
      if (shuffled?.epoch !== epoch) {
        shuffled = { epoch, order: permutation(patchesPerEpoch, randomStream(seed, epoch)) };
      }
      const first = (step % stepsPerEpoch) * batch;
      const chosen = [...shuffled.order.subarray(first, first + batch)].map((i) => ({
        ...patches[Math.floor(i / orientations.length)],
        orientation: orientations[i % orientations.length],
      }));
      return cutPatches(source, chosen);
    },
  };
}
