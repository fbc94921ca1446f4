/** A photo as training of a classifier reads it: bytes, and what is known of its cracks. */
export interface LabelledPhoto {
  readonly width: number;
  readonly height: number;
  /** RGB, `width · height · 3` bytes, row-major. */
  readonly pixels: Uint8Array;
  /**
   * The crack pixels, as {@linkcode crackPixels} lists them; or, where nobody drew them, whether the photo as a whole shows a crack,
   * and with it each of its patches.
   */
  readonly truth: Uint32Array | boolean;
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

/** Whether there is any crack in a photo. */
export function showsCrack({ truth }: Pick<LabelledPhoto, "truth">): boolean {
  return typeof truth === "boolean" ? truth : truth.length > 0;
}

/** A square of a photo: its upper left pixel, which may lie outside, and its side. */
export interface PatchPlace {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** Whether a patch holds at least one crack pixel. What lies outside the photo holds none. */
export function patchShowsCrack(
  { width, height, truth }: Omit<LabelledPhoto, "pixels">,
  { x, y, size }: PatchPlace,
): boolean {
  if (typeof truth === "boolean") return truth;
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
