import { type Attitude, ATTITUDES, cutWindow } from "./cut_window.ts";
import type { LabelledPhoto, PatchPlace } from "./labelled_photo.ts";

export { type Attitude, ATTITUDES };

/**
 * Copies a patch out of a photo. What lies outside the photo is mirrored, the edge pixel not repeated.
 *
 * @param target `size · size · 3` bytes.
 */
export function cutPatch(
  { width, height, pixels }: LabelledPhoto,
  { x, y, size }: PatchPlace,
  { attitude, target }: { readonly attitude?: Attitude; readonly target: Uint8Array },
): void {
  const place = { x, y, width: size, height: size };
  cutWindow({ width, height, channels: 3, data: pixels }, place, { attitude, target });
}
