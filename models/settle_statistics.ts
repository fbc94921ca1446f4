import type { NetworkClassifier } from "./network_classifier.ts";
import { batchTensor, type PatchFeed, prepareBatch } from "./patch_feed.ts";
import { tf } from "./tfjs.ts";

/** Options of {@linkcode settleStatistics}. */
export interface SettleStatisticsOptions {
  /** The first of the steps whose batches are looked at. */
  readonly firstStep: number;
  /** How many. Default 200, or those of an epoch if it has fewer. */
  readonly steps?: number;
}

/**
 * Takes the running statistics of a classifier's batch norms anew, as the mean over many batches while its weights stand still.
 *
 * The moving averages of training follow its last few batches, each of one patch size, and weights that still move: too little to
 * normalise by. This is the PreciseBN of Wu & Johnson 2021 (arXiv:2105.07576), section 3.
 */
export async function settleStatistics(
  classifier: NetworkClassifier,
  feed: PatchFeed,
  { firstStep, steps = Math.min(200, feed.sampler.stepsPerEpoch) }: SettleStatisticsOptions,
): Promise<void> {
  // A network whose batch norms were folded has none to settle.
  if (![...classifier.specs.keys()].some((name) => name.endsWith("/moving_mean"))) return;
  for (let k = 0; k < steps; k++) {
    const batch = await prepareBatch(firstStep + k, feed);
    const x = await batchTensor(batch);
    // Keeping k parts of k + 1 makes the plain mean: the first batch keeps nothing of what was there.
    tf.tidy(() => void classifier.trainingLogits(x, { momentum: k / (k + 1) }));
    x.dispose();
    batch.patches.dispose();
  }
}
