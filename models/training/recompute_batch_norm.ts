import type { ParameterSpecs } from "../layers/parameters.ts";
import { tf } from "../tfjs.ts";

/** A network with batch norms. */
export interface NormalizedNetwork {
  readonly specs: ParameterSpecs;
  /** Its outputs as training sees them; moves the running statistics, of which the share `momentum` stays. */
  trainingLogits(x: tf.Tensor4D, options: { readonly momentum: number }): unknown;
}

/** A batch as a network sees it; disposing of it frees the tensor. */
export interface StatisticsBatch extends Disposable {
  /** N × H × W × 3, RGB 0..255. */
  readonly x: tf.Tensor4D;
}

/** The batches that statistics are taken over. */
export interface StatisticsBatches {
  /** How many are enough. */
  readonly count: number;
  /** The batch of a step of the training. */
  input(step: number): Promise<StatisticsBatch>;
}

/** Options of {@linkcode recomputeBatchNorm}. */
export interface RecomputeBatchNormOptions {
  /** The first of the steps whose batches are looked at. */
  readonly firstStep: number;
  /** How many. Default: as many as are enough. */
  readonly steps?: number;
}

/**
 * Takes the running statistics of a network's batch norms anew, as the mean over many batches while its weights stand still.
 *
 * The moving averages of training follow its last few batches and weights that still move: too little to normalise by. This is the
 * PreciseBN of Wu & Johnson 2021 (arXiv:2105.07576), section 3.
 */
export async function recomputeBatchNorm(
  network: NormalizedNetwork,
  batches: StatisticsBatches,
  { firstStep, steps = batches.count }: RecomputeBatchNormOptions,
): Promise<void> {
  // A network whose batch norms were folded has none.
  if (![...network.specs.keys()].some((name) => name.endsWith("/moving_mean"))) return;
  for (let k = 0; k < steps; k++) {
    using batch = await batches.input(firstStep + k);
    // Keeping k parts of k + 1 makes the plain mean: the first batch keeps nothing of what was there.
    tf.tidy(() => void network.trainingLogits(batch.x, { momentum: k / (k + 1) }));
  }
}
