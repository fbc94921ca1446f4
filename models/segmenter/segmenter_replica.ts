import { createFromShared } from "../threads/shared_values.ts";
import { describeSegmentationNetwork } from "./architectures.ts";
import { Segmenter } from "./segmenter.ts";
import type { SegmenterCopy } from "./segmenter_copy.ts";

/** The segmenter of a copy, with the values that are shared when it is first used. Needs an open backend. */
export function openSegmenterReplica({ options, weights }: SegmenterCopy): Segmenter {
  const { seed = 0, trainingSize = null } = options;
  return new Segmenter({
    network: describeSegmentationNetwork(options),
    seed,
    trainingSize,
    parameters: (specs) => createFromShared(weights, specs),
  });
}
