import { UsageError } from "../cli/errors.ts";
import type { DecodedPhotos } from "./decoded_photos.ts";

/**
 * Parts photos: a share of them, the last by name (of each class, where photos are labelled as a whole), is held back. Neighbours by name
 * often show the same spot, so they must not be parted at random. Extra ones are all trained on.
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
