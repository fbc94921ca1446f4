import assert from "node:assert/strict";
import type { SegmentationNetwork } from "../../../models/segmenter/segmentation_network.ts";
import { tf } from "../../../models/tfjs.ts";
import { disposeParameters, randomTensor, scrambledParameters, valuesOf } from "../testing.ts";

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
