import type { ParameterSpecs } from "../layers/parameters.ts";
import { tf } from "../tfjs.ts";

/** A network with batch norms. */
export interface NormalizedNetwork {
  readonly specs: ParameterSpecs;
  /** Its outputs as training sees them; moves the running statistics, of which the share `momentum` stays. */
  trainingLogits(x: tf.Tensor4D, options: { readonly momentum: number }): unknown;
}

/** A batch as a network sees it; disposing of it frees the tensor. */
export interface NetworkInput extends Disposable {
  /** N × H × W × 3, RGB 0..255. */
  readonly x: tf.Tensor4D;
}

/**
 * Takes the running statistics of a network's batch norms anew, as the mean over many batches while its weights stand still.
 *
 * The moving averages of training follow its last few batches and weights that still move: too little to normalise by. This is the
 * PreciseBN of Wu & Johnson 2021 (arXiv:2105.07576), section 3.
 *
 * @param options `steps`: how many batches; `input`: makes one, counted from 0.
 */
export async function preciseBatchNorm(
  network: NormalizedNetwork,
  { steps, input }: { readonly steps: number; readonly input: (k: number) => Promise<NetworkInput> },
): Promise<void> {
  // A network whose batch norms were folded has none to settle.
  if (![...network.specs.keys()].some((name) => name.endsWith("/moving_mean"))) return;
  for (let k = 0; k < steps; k++) {
    using batch = await input(k);
    // Keeping k parts of k + 1 makes the plain mean: the first batch keeps nothing of what was there.
    tf.tidy(() => void network.trainingLogits(batch.x, { momentum: k / (k + 1) }));
  }
}
