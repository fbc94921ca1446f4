import type { LabelledPhoto, PatchPlace } from "./labelled_photo.ts";

/**
 * How a patch is turned: bit 0 flips it left to right, bit 1 upside down, bit 2 transposes it (a quarter turn and a flip).
 * The eight together are the paper's {0°, 90°} × {none, horizontal, vertical, both}.
 */
export type Attitude = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** All attitudes; the first leaves a patch as it is. */
export const ATTITUDES: readonly Attitude[] = [0, 1, 2, 3, 4, 5, 6, 7];

/**
 * Copies a patch out of a photo. What lies outside the photo is mirrored, the edge pixel not repeated.
 *
 * @param target `size · size · 3` bytes.
 */
export function cutPatch(
  { width, height, pixels }: LabelledPhoto,
  { x, y, size }: PatchPlace,
  { attitude = 0, target }: { readonly attitude?: Attitude; readonly target: Uint8Array },
): void {
  const flipX = (attitude & 1) !== 0, flipY = (attitude & 2) !== 0, transpose = (attitude & 4) !== 0;
  // Where each column and row of the patch lies in the photo, in bytes.
  const columns = new Uint32Array(size), rows = new Uint32Array(size);
  for (let i = 0; i < size; i++) {
    columns[i] = 3 * mirror(x + (flipX ? size - 1 - i : i), width);
    rows[i] = 3 * width * mirror(y + (flipY ? size - 1 - i : i), height);
  }
  for (let v = 0, out = 0; v < size; v++) {
    for (let u = 0; u < size; u++, out += 3) {
      const from = transpose ? columns[v] + rows[u] : columns[u] + rows[v];
      target[out] = pixels[from];
      target[out + 1] = pixels[from + 1];
      target[out + 2] = pixels[from + 2];
    }
  }
}

/** Mirror padding of an index into 0 … n − 1, the edge not repeated: … 2 1 | 0 1 2 … n − 1 | n − 2 … */
function mirror(i: number, n: number): number {
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  const m = Math.abs(i) % period;
  return Math.min(m, period - m);
}
