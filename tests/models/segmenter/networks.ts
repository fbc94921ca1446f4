import assert from "node:assert/strict";
import type { Parameters, ParameterSpecs } from "../../../models/layers/parameters.ts";
import type { SegmentationNetwork } from "../../../models/segmenter/segmentation_network.ts";
import { tf } from "../../../models/tfjs.ts";
import { seeded } from "../../core/testing.ts";

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

/** Uniformly distributed values of a tensor. */
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

/** The values of tensors, which are freed. One reading for all: each costs WebGPU some ten milliseconds. */
export async function valuesOf(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const together = tf.tidy(() => tf.concat(tensors.map((tensor) => tensor.flatten())));
  const all = Float32Array.from(await together.data<"float32">());
  let end = 0;
  const values = tensors.map(({ size }) => all.slice(end, end += size));
  tf.dispose([together, ...tensors]);
  return values;
}

/** What a network does on the current backend: its logits in prediction and training, its gradients and its running statistics. */
export async function networkBehaviour(
  network: SegmentationNetwork,
  shape: [number, number, number, number],
): Promise<Map<string, Float32Array>> {
  const parameters = scrambledParameters(network.specs);
  const trained = [...parameters].filter(([, { trainable }]) => trainable);
  const names = network.outputs.map((name) => `predicted ${name}`);
  const tensors = tf.tidy(() => {
    const x = randomTensor<tf.Rank.R4>(shape, { low: 0, high: 255 });
    const truth = randomTensor([shape[0], shape[1], shape[2], 1], { low: 0, seed: 8 });
    const predicted = network.run(x, { parameters, training: false });
    const { value, grads } = tf.variableGrads(() => {
      const outputs = network.run(x, { parameters, training: true });
      return outputs.map((logits) => tf.losses.sigmoidCrossEntropy(truth, logits).asScalar())
        .reduce((sum, loss) => sum.add(loss));
    }, trained.map(([, variable]) => variable));
    return [...predicted, value, ...trained.map(([, variable]) => grads[variable.name])];
  });
  names.push("loss", ...trained.map(([name]) => `gradient of ${name}`), ...parameters.keys());
  const values = await valuesOf([...tensors, ...parameters.values()]);
  return new Map(names.map((name, i) => [name, values[i]]));
}

/** All outputs are as large as the image, the prediction alone is the same as among them, and everything is freed. */
export async function checkOutputs(
  network: SegmentationNetwork,
  sizes: readonly (readonly [height: number, width: number])[],
): Promise<void> {
  const before = tf.memory().numTensors;
  const parameters = scrambledParameters(network.specs);
  for (const [height, width] of sizes) {
    const x = randomTensor<tf.Rank.R4>([1, height, width, 3], { low: 0, high: 255 });
    const outputs = network.run(x, { parameters, training: false });
    assert.deepEqual(outputs.map(({ shape }) => shape), network.outputs.map(() => [1, height, width, 1]));
    const [prediction, ...rest] = network.run(x, { parameters, training: false, auxiliary: false });
    assert.equal(rest.length, 0);
    const [all, alone] = await valuesOf([outputs[0], prediction]);
    assert.deepEqual(alone, all);
    assert.ok(new Set(all).size > 8, "the prediction differs from pixel to pixel");
    tf.dispose([x, ...outputs]);
  }
  disposeParameters(parameters);
  assert.equal(tf.memory().numTensors, before, "everything is freed");
}
