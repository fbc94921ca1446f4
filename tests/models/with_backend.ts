import { type BackendName, openBackend } from "../../models/backend.ts";
import { tf } from "../../models/tfjs.ts";

/** Runs `compute` on a backend and returns the values of the tensors that it returns, all tensors disposed. */
export async function withBackend(backend: BackendName, compute: () => tf.Tensor[]): Promise<Float32Array[]> {
  await openBackend({ backend });
  const tensors = tf.tidy(compute);
  const values = tensors.map((tensor) => Float32Array.from(tensor.dataSync()));
  tf.dispose(tensors);
  return values;
}

/** The greatest difference of two sets of values, relative to the greatest magnitude of each expected set. */
export function relativeDifference(actual: Float32Array[], expected: Float32Array[]): number {
  if (actual.length !== expected.length) return Infinity;
  return Math.max(
    0,
    ...actual.map((values, i) => {
      if (values.length !== expected[i].length) return Infinity;
      let difference = 0;
      let magnitude = 1e-30;
      expected[i].forEach((value, j) => {
        difference = Math.max(difference, Number.isNaN(values[j]) ? Infinity : Math.abs(values[j] - value));
        magnitude = Math.max(magnitude, Math.abs(value));
      });
      return difference / magnitude;
    }),
  );
}
