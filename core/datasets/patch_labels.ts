import { crackPixels, ignoredPixels } from "../sampling/decoded_photo.ts";
import { patchShowsCrack } from "../sampling/patches.ts";
import { type GridOptions, gridStarts } from "../sampling/training_grid.ts";
import type { Sample, Truth, TruthMask } from "./sample.ts";

/** A patch that somebody looked at: its upper left pixel and size, in pixels of the photo, and whether it shows crack. */
export interface LabelledPatch {
  /** Column of its left edge; negative where the photo is narrower than a patch, which is then centred and mirrored. */
  readonly x: number;
  /** Row of its upper edge; negative where the photo is lower than a patch. */
  readonly y: number;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Whether any of its pixels is crack. */
  readonly crack: boolean;
}

/** What is known of a photo of which only patches were labelled: crack, or none. */
export interface PatchLabels {
  /** Columns of the photo. */
  readonly width: number;
  /** Rows of the photo. */
  readonly height: number;
  /** Side of a patch, in pixels; the longer side of a photo that is labelled as a whole. */
  readonly size: number;
  /** Step from patch to patch, in pixels. */
  readonly stride: number;
  /** The patches, in any order. Each is one decision of somebody who labels: what labels cost. */
  readonly patches: readonly LabelledPatch[];
}

/** What {@linkcode possibleCrack} says of a pixel. */
export const POSSIBLE = {
  /** A patch over it was labelled crack-free: it is no crack, for sure. */
  never: 0,
  /** Every patch over it was labelled crack: it can be crack. */
  crack: 1,
  /** Nobody looked at it. */
  unknown: 2,
} as const;

/**
 * Where a photo can be crack by the labels of its patches: a pixel can be only where *every* patch over it was labelled crack. The smaller
 * the step of the patches, the closer this comes to the crack.
 *
 * @example
 * ```ts
 * import { possibleCrack } from "./patch_labels.ts";
 *
 * const patch = (x: number, crack: boolean) => ({ x, y: 0, width: 4, height: 1, crack });
 * const patches = [patch(0, false), patch(2, true), patch(4, true)];
 * console.log(possibleCrack({ width: 10, height: 1, size: 4, stride: 2, patches })); // [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]
 * ```
 *
 * @returns height × width bytes, row-major: a value of {@linkcode POSSIBLE} each.
 */
export function possibleCrack({ width, height, patches }: PatchLabels): Uint8Array<ArrayBuffer> {
  const possible = new Uint8Array(width * height).fill(POSSIBLE.unknown);
  // Crack-free patches last: one of them decides.
  for (const crack of [true, false]) {
    for (const patch of patches) {
      if (patch.crack !== crack) continue;
      const left = Math.max(0, patch.x), right = Math.min(width, patch.x + patch.width);
      const bottom = Math.min(height, patch.y + patch.height);
      for (let y = Math.max(0, patch.y); y < bottom; y++) {
        if (left < right) {
          possible.fill(crack ? POSSIBLE.crack : POSSIBLE.never, y * width + left, y * width + right);
        }
      }
    }
  }
  return possible;
}

/**
 * The labels that somebody would give the patches of a grid who sees what a mask shows: crack where it has at least one crack pixel. So
 * datasets with masks can teach what patch labels teach, their masks being used for nothing else. The grid is that of a training: the last
 * patches are flush with the right and lower border. A patch without crack that holds ignored pixels has no label.
 *
 * @example
 * ```ts
 * import { patchLabelsOfMask } from "./patch_labels.ts";
 *
 * const mask = { width: 6, height: 2, data: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1) };
 * const { patches } = patchLabelsOfMask(mask, { size: 2, stride: 2 });
 * console.log(patches.map(({ crack }) => crack)); // [false, false, true]
 * ```
 *
 * @param mask values 0 for background, anything else for crack, row-major.
 * @throws {RangeError} if size or stride is no positive integer.
 */
export function patchLabelsOfMask(
  { width, height, data, weight }: Pick<TruthMask, "width" | "height" | "data" | "weight">,
  { size, stride }: GridOptions,
): PatchLabels {
  for (const [name, value] of [["size", size], ["stride", stride]] as const) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot cut patches out of a mask: their ${name} is ${value}, a positive integer is wanted.`,
      );
    }
  }
  const crack = crackPixels(data);
  const truth = weight === undefined ? crack : { crack, ignored: crackPixels(ignoredPixels(weight)) };
  const photo = { width, height, truth };
  const columns = gridStarts(width, { size, stride });
  const patches = gridStarts(height, { size, stride }).flatMap((y) =>
    columns.flatMap((x) => {
      const crack = patchShowsCrack(photo, { x, y, size });
      return crack === undefined ? [] : [{ x, y, width: size, height: size, crack }];
    })
  );
  return { width, height, size, stride, patches };
}

/** The label of a photo that is labelled as a whole: one patch of its size. */
export function wholePhotoLabels(
  { width, height }: { readonly width: number; readonly height: number },
  crack: boolean,
): PatchLabels {
  const side = Math.max(width, height);
  return { width, height, size: side, stride: side, patches: [{ x: 0, y: 0, width, height, crack }] };
}

/** Whether all that is known of where a photo's crack is, is the photo: it has one patch, and no pixel beside it. */
export function isLabelledAsWhole({ width, height, patches }: PatchLabels): boolean {
  if (patches.length !== 1) return false;
  const [patch] = patches;
  return patch.x <= 0 && patch.y <= 0 && patch.x + patch.width >= width && patch.y + patch.height >= height;
}

/**
 * A sample as somebody knows it who looked at its patches only: those of a grid over its mask; a photo that is labelled as a whole keeps
 * its one label.
 */
export function patchLabelled(sample: Sample, grid: GridOptions): Sample<PatchLabels> {
  const known = (truth: Truth, size: Pick<PatchLabels, "width" | "height">): PatchLabels =>
    typeof truth === "boolean" ? wholePhotoLabels(size, truth) : patchLabelsOfMask(truth, grid);
  const { name, split, imagePath, truthPath } = sample;
  return {
    ...{ name, split, imagePath, truthPath },
    image: () => sample.image(),
    async truth() {
      const truth = await sample.truth();
      // A mask has the photo's size, which need not be read then.
      return known(truth, typeof truth === "boolean" ? await sample.image() : truth);
    },
    async read() {
      const { image, truth } = await sample.read();
      return { image, truth: known(truth, image) };
    },
  };
}

/** What labels cost and hold. */
export interface LabelCount {
  /** Photos with labels. */
  readonly photos: number;
  /** Decisions of somebody who labels: patches looked at. */
  readonly patches: number;
  /** Those of them that were labelled crack. */
  readonly crackPatches: number;
  /** Photos with a patch that was labelled crack. */
  readonly crackPhotos: number;
}

/** Counts what was labelled. */
export function countLabels(labels: Iterable<PatchLabels>): LabelCount {
  const count = { photos: 0, patches: 0, crackPatches: 0, crackPhotos: 0 };
  for (const { patches } of labels) {
    const crack = patches.filter((patch) => patch.crack).length;
    count.photos++;
    count.patches += patches.length;
    count.crackPatches += crack;
    if (crack > 0) count.crackPhotos++;
  }
  return count;
}

/**
 * Refuses labels of one class only, from which nothing can be learnt.
 *
 * @throws {RangeError} if no patch was labelled crack, or all were.
 */
export function requireBothClasses({ patches, crackPatches }: LabelCount): void {
  if (crackPatches > 0 && crackPatches < patches) return;
  throw new RangeError(
    `Cannot learn from ${patches} labelled patches: ${crackPatches} show crack and ${
      patches - crackPatches
    } do not, and at least 1 of both is wanted.`,
  );
}
