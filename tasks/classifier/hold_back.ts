import { UsageError } from "../cli/errors.ts";
import type { Dataset } from "./dataset.ts";

/**
 * Parts photos: a share of them, the last by name (of each class, where photos are labelled as a whole), is held back. Neighbours by name
 * often show the same spot, so they must not be parted at random.
 */
export function holdBack(
  dataset: Dataset,
  share: number,
): { readonly training: Dataset; readonly heldBack?: Dataset } {
  if (share === 0) return { training: dataset };
  const classes = Map.groupBy(dataset.names.keys(), (i) => dataset.labels[i]);
  const kept: number[] = [], held: number[] = [];
  for (const indices of classes.values()) {
    const first = Math.round(indices.length * (1 - share));
    kept.push(...indices.slice(0, first));
    held.push(...indices.slice(first));
  }
  if (kept.length === 0 || held.length === 0) {
    throw new UsageError(
      `Cannot hold back a share of ${share} of ${dataset.count} photos: that leaves ${kept.length} to train on and ` +
        `${held.length} to try; at least 1 of both is wanted.`,
    );
  }
  return { training: dataset.subset(kept), heldBack: dataset.subset(held) };
}
