import type { NetworkClassifier } from "./network_classifier.ts";
import { batchTensor, type PatchFeed, prepareBatch } from "./patch_feed.ts";
import { preciseBatchNorm } from "../training/precise_batch_norm.ts";

/** Options of {@linkcode settleStatistics}. */
export interface SettleStatisticsOptions {
  /** The first of the steps whose batches are looked at. */
  readonly firstStep: number;
  /** How many. Default 200, or those of an epoch if it has fewer. */
  readonly steps?: number;
}

/** Takes the running statistics of a classifier's batch norms anew, over batches of its feed; see {@linkcode preciseBatchNorm}. */
export async function settleStatistics(
  classifier: NetworkClassifier,
  feed: PatchFeed,
  { firstStep, steps = Math.min(200, feed.sampler.stepsPerEpoch) }: SettleStatisticsOptions,
): Promise<void> {
  await preciseBatchNorm(classifier, {
    steps,
    input: async (k) => {
      const batch = await prepareBatch(firstStep + k, feed);
      const x = await batchTensor(batch);
      return {
        x,
        [Symbol.dispose]: () => {
          x.dispose();
          batch[Symbol.dispose]();
        },
      };
    },
  });
}
