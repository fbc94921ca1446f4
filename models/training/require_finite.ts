import type { Parameters } from "../layers/parameters.ts";
import { tf } from "../tfjs.ts";

/**
 * Makes sure that values are worth keeping: a last step may have left infinities behind although its loss was finite.
 *
 * @throws {Error} if one of them is not finite.
 */
export async function requireFinite(parameters: Parameters, step: number): Promise<void> {
  // 0 · ∞ is NaN, and NaN stays in a sum.
  const sum = tf.tidy(() => tf.addN([...parameters.values()].map((values) => values.mul(0).sum())));
  const [zero] = await sum.data();
  sum.dispose();
  if (zero === 0) return;
  throw new Error(
    `Cannot go on training: after step ${step} some weights are no longer finite; choose a lower learning rate.`,
  );
}
