import { tf } from "../tfjs.ts";

/** A loss, and its gradients by the variables' names. */
export interface VariableGradients {
  readonly value: tf.Scalar;
  readonly grads: Record<string, tf.Tensor>;
}

/**
 * The gradients of a loss with respect to variables. Where they cannot be computed, because the memory is full, what was kept for them is
 * freed: tfjs keeps it for ever.
 */
export function variableGradients(
  loss: () => tf.Scalar,
  variables: readonly tf.Variable[],
): VariableGradients {
  try {
    return tf.variableGrads(loss, [...variables]);
  } catch (error) {
    const { state } = tf.engine();
    for (const { saved } of state.activeTape ?? []) tf.dispose(saved);
    state.activeTape = [];
    throw error;
  }
}
