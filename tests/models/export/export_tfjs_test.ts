import assert from "node:assert/strict";
import { exportTfjs } from "../../../models/export/export_tfjs.ts";
import { encodeTfjs } from "../../../models/export/tfjs_model.ts";
import { importWeights } from "../../../models/import/import_weights.ts";
import { readTfjsWeights } from "../../../models/import/tfjs_weights.ts";
import { createSegmenter, Segmenter, type SegmenterOptions } from "../../../models/segmenter/segmenter.ts";
import { tf } from "../../../models/tfjs.ts";
import { batchTensor, randomBatch, scrambledClassifier } from "../classifier/networks.ts";
import { scrambledParameters, use } from "../testing.ts";

const CLASSIFIERS = [
  { arch: "resnet18", width: 0.01, head: "reference" },
  {
    arch: "resnet50",
    width: 0.01,
    strideAt: "middle",
    scaling: { offset: [123.675, 116.28, 103.53], divisor: [58.395, 57.12, 57.375] },
  },
  { arch: "mobilenet_v2", width: 0.25 },
  { arch: "efficientnet_b0", width: 0.01 },
] as const;

const SEGMENTERS = [
  { arch: "unet", width: 1 / 32, scaling: { offset: [120, 110, 100], divisor: [60, 50, 40] } },
  { arch: "oed_b0", width: 1 / 8 },
  { arch: "unet_mobilenet", width: 1 / 8 },
] as const;

/** A segmentation network whose every parameter differs from its neutral start, so that none can be forgotten unnoticed. */
function scrambledSegmenter(options: SegmenterOptions): Segmenter {
  const { network } = createSegmenter(options);
  return new Segmenter({ network, seed: 1, trainingSize: null, parameters: scrambledParameters });
}

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

for (const options of SEGMENTERS) {
  Deno.test(`exportTfjs() writes a ${options.arch} that tfjs runs alike on images of any multiple`, async () => {
    await use("cpu");
    using segmenter = scrambledSegmenter(options);
    const { json, weights } = await exportTfjs(segmenter);
    const { modelTopology, weightsManifest: [{ weights: weightSpecs }], userDefinedMetadata } = JSON.parse(
      json,
    );
    const model = await tf.loadLayersModel(
      tf.io.fromMemory({ modelTopology, weightSpecs, weightData: weights.buffer }),
    );
    const { multiple } = userDefinedMetadata;
    assert.equal(multiple, segmenter.network.multiple);
    for (const [height, width] of [[multiple, 2 * multiple], [3 * multiple, multiple]]) {
      const x = batchTensor(randomBatch(2, height, width));
      const [actual, expected] = tf.tidy(() =>
        [model.predict(x) as tf.Tensor, ...segmenter.confidences(x)].map((y) => {
          assert.deepEqual(y.shape, [2, height, width, 1]);
          return y.dataSync<"float32">();
        })
      );
      assert.ok(Math.max(...expected) - Math.min(...expected) > 0.01, "the confidence differs by pixel");
      const difference = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
      assert.ok(difference < 1e-4, `differs by ${difference}`);
      x.dispose();
    }
    model.dispose();
  });
}

Deno.test("exportTfjs() refuses networks with layers that tfjs lacks, names one and frees what it made", async () => {
  await use("cpu");
  const cases = [
    ["deepcrack_liu", "side2_full (bilinear × 2)"],
    ["deepcrack_zou", "unpool5 (max-unpool 2 × 2)"],
    ["unet_jenkins", "unpool4 (max-unpool 2 × 2)"],
    ["unet_konig", "gate4 (attention gate)"],
    ["patches_fan", "flatten (values of a patch in a row)"],
  ] as const;
  for (const [arch, layer] of cases) {
    using segmenter = createSegmenter({ arch, width: 1 / 64 });
    const before = tf.memory().numTensors;
    await assert.rejects(() => exportTfjs(segmenter), {
      name: "RangeError",
      message:
        `Cannot write ${arch} × 0.015625 as a tfjs layers model: tfjs has no layer for its ${layer}; take safetensors.`,
    });
    assert.equal(tf.memory().numTensors, before);
  }
});

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
  assert.deepEqual([taken.missing, taken.mismatched, taken.own], [[], [], []]);
  assert.deepEqual(taken.unused, ["scaling/depthwise_kernel", "scaling/bias"]);
  for (const [name, variable] of classifier.parameters) {
    assert.deepEqual(taken.values.get(name), variable.dataSync<"float32">(), name);
  }
});

Deno.test("encodeTfjs() keeps values that float16 would make infinite in float32", async () => {
  const data = { small: [1, 65504], large: [1, 65505] };
  const tensors = new Map(
    Object.entries(data).map(([name, values]) => [name, { shape: [2], data: Float32Array.from(values) }]),
  );
  const { json, weights } = encodeTfjs({ tensors, precision: "F16" });
  assert.equal(weights.length, 4 + 8);
  using read = await readTfjsWeights(json, () => Promise.resolve(weights));
  assert.deepEqual([...read.tensors.values()].map(({ data }) => [...data]), Object.values(data));
});

Deno.test("encodeTfjs() refuses a tensor that does not fit itself", () => {
  const tensors = new Map([["x", { shape: [2, 2], data: new Float32Array(3) }]]);
  assert.throws(() => encodeTfjs({ tensors }), {
    name: "RangeError",
    message: 'Cannot write the tensor "x": it has 3 values, 4 are wanted for [2,2].',
  });
});
