import type { LabelledPatch, PatchLabels } from "../datasets/patch_labels.ts";

/** A labelled patch, and what a classifier finds in it. */
export interface DoubtfulPatch extends LabelledPatch {
  /** The most that it finds, 0..1. */
  readonly score: number;
  /** How far that is from the label, 0..1. */
  readonly disagreement: number;
  /** The pixel at which it finds most. */
  readonly peak: readonly [x: number, y: number];
}

/**
 * Of a photo's patches of each class the one whose label a classifier contradicts most: a crack-free patch in which it finds crack, and a
 * patch with crack in which it finds none. Labels that are wrong are among those of many photos that it contradicts most, and so are cracks and
 * ground that it does not know.
 *
 * @example
 * ```ts
 * import { mostDoubtful } from "./disagreement.ts";
 *
 * const patch = (x: number, crack: boolean) => ({ x, y: 0, width: 2, height: 1, crack });
 * const labels = { width: 4, height: 1, size: 2, stride: 2, patches: [patch(0, false), patch(2, true)] };
 * const { clear } = mostDoubtful(labels, Float32Array.of(0.1, 0.9, 0.9, 0.2));
 * console.log(clear?.peak); // [1, 0]
 * ```
 *
 * @param localisation where the classifier finds crack, 0..1, row-major.
 * @param options `reach`: how far beyond a crack a classifier finds it, in pixels. So far from the edges of a crack-free patch it is not looked at,
 * those along the photo's border aside. Default 0.
 */
export function mostDoubtful(
  labels: PatchLabels,
  localisation: Float32Array,
  { reach = 0 }: { readonly reach?: number } = {},
): { readonly crack?: DoubtfulPatch; readonly clear?: DoubtfulPatch } {
  const worst: { crack?: DoubtfulPatch; clear?: DoubtfulPatch } = {};
  for (const patch of labels.patches) {
    const found = highest(labels, localisation, { patch, reach: patch.crack ? 0 : reach });
    if (found === undefined) continue;
    const { score, peak } = found;
    const disagreement = patch.crack ? 1 - score : score;
    const kind = patch.crack ? "crack" : "clear";
    if (disagreement > (worst[kind]?.disagreement ?? -1)) {
      worst[kind] = { ...patch, score, disagreement, peak };
    }
  }
  return worst;
}

/** The highest value in a patch and its place; undefined where nothing of it is looked at. */
function highest(
  { width, height }: PatchLabels,
  localisation: Float32Array,
  { patch, reach }: { readonly patch: LabelledPatch; readonly reach: number },
): { score: number; peak: [x: number, y: number] } | undefined {
  const within = (start: number, side: number, length: number): [first: number, end: number] => [
    start <= 0 ? 0 : start + reach,
    start + side >= length ? length : start + side - reach,
  ];
  const [left, right] = within(patch.x, patch.width, width);
  const [top, bottom] = within(patch.y, patch.height, height);
  let score = -1, place = 0;
  for (let y = top; y < bottom; y++) {
    for (let i = y * width + left; i < y * width + right; i++) {
      if (localisation[i] > score) [score, place] = [localisation[i], i];
    }
  }
  return score < 0 ? undefined : { score, peak: [place % width, Math.floor(place / width)] };
}
