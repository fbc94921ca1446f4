import type { Parameters, ParameterSpecs } from "../../models/parameters.ts";
import { tf } from "../../models/tfjs.ts";
import { seeded } from "../core/testing.ts";

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

/** Evenly distributed values of a tensor. */
export function randomTensor<R extends tf.Rank>(
  shape: tf.ShapeMap[R],
  { low = -1, high = 1, seed = 5 }: { low?: number; high?: number; seed?: number } = {},
): tf.Tensor<R> {
  const random = seeded(seed);
  const length = shape.reduce((product, size) => product * size, 1);
  return tf.tensor(Float32Array.from({ length }, () => low + (high - low) * random()), shape);
}

/** Frees the values of parameters. */
export function disposeParameters(parameters: Parameters): void {
  for (const variable of parameters.values()) variable.dispose();
}

/** The values of tensors, which are freed. */
export async function valuesOf(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const values: Float32Array[] = [];
  for (const tensor of tensors) values.push(Float32Array.from(await tensor.data<"float32">()));
  tf.dispose([...tensors]);
  return values;
}
