import type { Compute } from "../../core/gpu/compute.ts";
import { type Backend, type BackendName, openBackend } from "../../models/backend.ts";
import type { Parameters, ParameterSpecs } from "../../models/layers/parameters.ts";
import { tf } from "../../models/tfjs.ts";
import { seeded, sharedCompute } from "../core/testing.ts";

/** The backends that networks must agree on. */
export const BACKENDS: readonly BackendName[] = ["cpu", "wasm", "webgpu"];

/** A device for the tests of one file. */
export const shared: () => Promise<Compute> = sharedCompute();

/** Makes `backend` the one that networks run on. */
export async function use(backend: BackendName): Promise<Backend> {
  return await openBackend({ backend, compute: await shared() });
}

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

/** Parameters of which each differs from its neutral start, so that none can be forgotten unnoticed. The same on every backend. */
export function scrambledParameters(specs: ParameterSpecs, seed = 17): Parameters {
  const random = seeded(seed);
  return new Map([...specs].map(([name, { shape, initial, trainable }]) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const positive = name.endsWith("/gamma") || name.endsWith("variance");
    const bound = "bound" in initial ? initial.bound : 0.2;
    const [low, high] = positive ? [0.5, 1.5] : [-bound, bound];
    const values = Float32Array.from({ length }, () => low + (high - low) * random());
    return [name, tf.tidy(() => tf.variable(tf.tensor(values, [...shape]), trainable))];
  }));
}

/** Frees the values of parameters. */
export function disposeParameters(parameters: Parameters): void {
  for (const variable of parameters.values()) variable.dispose();
}

/** Uniformly distributed values of a tensor. */
export function randomTensor<R extends tf.Rank>(
  shape: tf.ShapeMap[R],
  { low = -1, high = 1, seed = 5 }: { low?: number; high?: number; seed?: number } = {},
): tf.Tensor<R> {
  const random = seeded(seed);
  const length = shape.reduce((product, size) => product * size, 1);
  return tf.tensor(Float32Array.from({ length }, () => low + (high - low) * random()), shape);
}

/** The values of tensors, which are freed. One reading for all: each costs WebGPU some ten milliseconds. */
export async function valuesOf(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const together = tf.tidy(() => tf.concat(tensors.map((tensor) => tensor.flatten())));
  const all = Float32Array.from(await together.data<"float32">());
  let end = 0;
  const values = tensors.map(({ size }) => all.slice(end, end += size));
  tf.dispose([together, ...tensors]);
  return values;
}
