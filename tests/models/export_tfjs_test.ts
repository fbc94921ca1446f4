import assert from "node:assert/strict";
import { exportTfjs } from "../../models/export_tfjs.ts";
import { encodeTfjs } from "../../models/encode_tfjs.ts";
import { importWeights } from "../../models/import/import_weights.ts";
import { readTfjsWeights } from "../../models/import/tfjs_weights.ts";
import { tf } from "../../models/tfjs.ts";
import { batchTensor, randomBatch, scrambledClassifier, use } from "./networks.ts";

const CLASSIFIERS = [
  { arch: "resnet18", width: 0.01, head: "reference" },
  {
    arch: "resnet50",
    width: 0.01,
    strideAt: "middle",
    scaling: { offset: [123.675, 116.28, 103.53], divisor: [58.395, 57.12, 57.375] },
  },
  { arch: "mobilenet_v2", width: 0.25 },
] as const;

for (const options of CLASSIFIERS) {
  Deno.test(`exportTfjs() writes a ${options.arch} that tfjs runs alike`, async () => {
    await use("cpu");
    using classifier = scrambledClassifier(options);
    const { json, weights } = await exportTfjs(classifier);
    const { modelTopology, weightsManifest: [{ weights: weightSpecs }], userDefinedMetadata } = JSON.parse(
      json,
    );
    const handler = tf.io.fromMemory({ modelTopology, weightSpecs, weightData: weights.buffer });
    const model = await tf.loadLayersModel(handler);
    const x = batchTensor(randomBatch(2, 21, 34));
    const { enlarge } = userDefinedMetadata;
    const [actual, expected] = tf.tidy(() => {
      const large = tf.image.resizeBilinear(x, [21 * enlarge, 34 * enlarge], false, true);
      const predicted = model.predict(enlarge === 1 ? x : large) as tf.Tensor;
      return [predicted.dataSync<"float32">(), classifier.logits(x).softmax().dataSync<"float32">()];
    });
    assert.equal(actual.length, 4);
    actual.forEach((value, i) =>
      assert.ok(Math.abs(value - expected[i]) < 1e-5, `${actual} and ${expected}`)
    );
    model.dispose();
    x.dispose();
  });
}

Deno.test("exportTfjs() leaves no tensor behind", async () => {
  await use("cpu");
  using classifier = scrambledClassifier({ arch: "resnet18", width: 0.01 });
  const before = tf.memory().numTensors;
  await exportTfjs(classifier);
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("readTfjsWeights() and importWeights() give back what exportTfjs() wrote", async () => {
  await use("cpu");
  using classifier = scrambledClassifier({ arch: "resnet50", width: 0.01 });
  const { json, weights } = await exportTfjs(classifier);
  using read = await readTfjsWeights(json, (path) => {
    assert.equal(path, "weights.bin");
    return Promise.resolve(weights);
  });
  const { network: { input }, specs } = classifier;
  const taken = importWeights(read, { arch: "resnet50", specs, scaling: input });
  assert.deepEqual([taken.missing, taken.misfits, taken.own], [[], [], []]);
  assert.deepEqual(taken.unused, ["scaling/depthwise_kernel", "scaling/bias"]);
  for (const [name, variable] of classifier.parameters) {
    assert.deepEqual(taken.values.get(name), variable.dataSync<"float32">(), name);
  }
});

Deno.test("encodeTfjs() refuses a tensor that does not fit itself", () => {
  const tensors = new Map([["x", { shape: [2, 2], data: new Float32Array(3) }]]);
  assert.throws(() => encodeTfjs({ tensors }), {
    name: "RangeError",
    message: 'Cannot write the tensor "x": it has 3 values, 4 are wanted for [2,2].',
  });
});
