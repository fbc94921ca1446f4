import type { tf } from "../tfjs.ts";
import { enlargeCentred } from "../layers/bilinear.ts";
import type { Operation } from "../layers/segmentation_graph.ts";

/** Beyond that a sigmoid is 0 or 1 but for 10⁻³⁵: float32 ends at 10⁻³⁸. */
const LARGEST_LOGIT = 80;

/**
 * Bilinear enlargement of the probabilities that logits stand for, as logits again. An auxiliary output of OED is E σ(z), a sigmoid and then the bilinear enlargement E, and what
 * has those probabilities are the logits
 *
 *     log(E σ(z) / (1 − E σ(z))) = log E σ(z) − log E σ(−z),
 *
 * as the weights of E add up to 1: no difference of nearly equal numbers, however sure the network is.
 */
export function enlargeProbabilities(name: string, scale: number): Operation {
  return {
    name,
    kind: `bilinear × ${scale} of probabilities`,
    shape: ({ height, width, channels }) => ({ height: scale * height, width: scale * width, channels }),
    run: (logits) => {
      const z = logits.clipByValue(-LARGEST_LOGIT, LARGEST_LOGIT) as tf.Tensor4D;
      const logOf = (z: tf.Tensor4D) => enlargeCentred(z.sigmoid(), scale).log<tf.Tensor4D>();
      return logOf(z).sub(logOf(z.neg<tf.Tensor4D>()));
    },
  };
}
