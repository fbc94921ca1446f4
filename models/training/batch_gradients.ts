import { tf } from "../tfjs.ts";

/** What one batch says of a network. */
export interface BatchGradients {
  /** The gradient of the loss with respect to each trainable parameter, by name; the caller's to dispose. */
  readonly gradients: Record<string, tf.Tensor>;
  /** Mean loss of the batch. */
  readonly loss: number;
}

/** How gradients are computed. */
export interface GradientOptions {
  /** Share of the running statistics that the step keeps: 1 leaves them as they are. Default: the network's own. */
  readonly momentum?: number;
}

/**
 * The gradients of a whole batch from those of its parts: the means of losses and gradients. Frees the parts.
 *
 * @param counts of each part, how many examples it has: its weight.
 */
export function meanGradients(parts: readonly BatchGradients[], counts: readonly number[]): BatchGradients {
  if (parts.length === 1) return parts[0];
  const count = counts.reduce((sum, part) => sum + part);
  const loss = parts.reduce((sum, part, i) => sum + part.loss * counts[i] / count, 0);
  const gradients: Record<string, tf.Tensor> = {};
  for (const name of Object.keys(parts[0].gradients)) {
    gradients[name] = tf.tidy(() =>
      tf.addN(parts.map(({ gradients }, i) => gradients[name].mul(counts[i] / count)))
    );
  }
  for (const part of parts) tf.dispose(part.gradients);
  return { gradients, loss };
}
