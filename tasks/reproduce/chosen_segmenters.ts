import { UsageError } from "../cli/usage_error.ts";
import type { Run } from "./run.ts";
import type { PublishedSegmenter, SegmenterPlan } from "./segmenter_plans.ts";

/** The segmentation networks of a run: the named ones, or else those that are usual at its scale. */
export function chosenSegmenters(
  { scale: { name, segmentation: { networks, usual } }, networks: named = [] }: Run,
  { unlessNamed = usual }: { readonly unlessNamed?: readonly PublishedSegmenter[] } = {},
): readonly SegmenterPlan[] {
  const ids = networks.map(({ id }) => id);
  const unknown = named.find((id) => !ids.some((known) => known === id));
  if (unknown !== undefined) {
    throw new UsageError(
      `Cannot use the network ${unknown}: at the scale ${name} there are ${ids.join(", ")}.`,
    );
  }
  const wanted: readonly string[] = named.length === 0 ? unlessNamed : named;
  return networks.filter(({ id }) => wanted.includes(id));
}
