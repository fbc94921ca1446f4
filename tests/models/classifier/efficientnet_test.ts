import assert from "node:assert/strict";
import { createClassifier } from "../../../models/classifier/classifier.ts";
import { describeEfficientnet, type EfficientnetArch } from "../../../models/classifier/efficientnet.ts";
import { classifierGradients } from "../../../models/classifier/gradients.ts";
import { countParameters } from "../../../models/layers/parameters.ts";
import { tf } from "../../../models/tfjs.ts";
import { assertClose, seeded } from "../../core/testing.ts";
import { efficientnetOracle } from "../../oracles/efficientnet.ts";
import { type Batch, headOracle } from "../../oracles/resnet.ts";
import { BACKENDS, use } from "../testing.ts";
import { batchTensor, oracleValues, randomBatch, scrambledClassifier } from "./networks.ts";

/** Keras' counts with a head of two classes, all and trainable ones, and the channels of the last features. */
const PUBLISHED: Record<EfficientnetArch, readonly [all: number, trainable: number, channels: number]> = {
  efficientnet_b0: [4_052_133, 4_010_110, 1280],
  efficientnet_b1: [6_577_801, 6_515_746, 1280],
  efficientnet_b2: [7_771_387, 7_703_812, 1408],
  efficientnet_b3: [10_786_609, 10_699_306, 1536],
  efficientnet_b4: [17_677_409, 17_552_202, 1792],
  efficientnet_b5: [28_517_625, 28_344_882, 2048],
};

/** Numbers in Keras' normalisation of the input: means, variances and a count. */
const NORMALISATION = 7;

for (const [arch, [all, trainable, channels]] of Object.entries(PUBLISHED)) {
  Deno.test(`createClassifier() gives ${arch} the parameters of Keras' with two classes`, () => {
    using classifier = createClassifier({ arch: arch as EfficientnetArch });
    const { specs, network } = classifier;
    assert.equal(countParameters(specs) + NORMALISATION, all);
    assert.equal(countParameters(new Map([...specs].filter(([, spec]) => spec.trainable))), trainable);
    assert.equal(network.channels, channels);
  });
}

Deno.test("describeEfficientnet() refuses widths outside (0, 1]", () => {
  for (const width of [0, 1.01, NaN]) {
    assert.throws(() => describeEfficientnet({ arch: "efficientnet_b3", width }), {
      name: "RangeError",
      message: `Cannot lay out efficientnet_b3 of width ${width}: the width must be above 0 and at most 1.`,
    });
  }
});

for (const backend of BACKENDS) {
  Deno.test(`an efficientnet_b0 classifier equals the oracle at odd sizes: ${backend}`, async () => {
    await use(backend);
    using classifier = scrambledClassifier({ arch: "efficientnet_b0", width: 0.01 });
    const values = await oracleValues(classifier);
    for (const [h, w] of [[1, 1], [1, 7], [33, 18]]) {
      const batch = randomBatch(2, h, w);
      const expected = headOracle(efficientnetOracle(batch, { statistics: "running", values }), values)
        .flat();
      const x = batchTensor(batch);
      const [logits, features] = tf.tidy(() => [classifier.logits(x), classifier.features(x)]);
      assert.deepEqual(features.shape, [2, Math.ceil(h / 32), Math.ceil(w / 32), 16]);
      const scale = Math.max(1, ...expected.map(Math.abs));
      assertClose(await logits.data(), expected, 2e-5 * scale, `${h} × ${w}`);
      tf.dispose([x, logits, features]);
    }
  });
}

Deno.test("an efficientnet_b0 classifier has the loss of the oracle and the gradients of finite differences", async () => {
  await use("wasm");
  const before = tf.memory().numTensors;
  {
    using classifier = scrambledClassifier({ arch: "efficientnet_b0", width: 0.01 });
    const values = await oracleValues(classifier);
    const batch = randomBatch(3, 70, 65), crack = Uint8Array.of(1, 0, 1);
    const x = batchTensor(batch);
    const { gradients, loss } = await classifierGradients(classifier, { x, crack });
    assertClose([loss], [oracleLoss(batch, crack, values)], 1e-4, "loss");
    assert.equal(Object.keys(gradients).length, classifier.trainable.size);
    const random = seeded(5);
    for (
      const name of [
        "stem_conv/kernel",
        "block1a_dwconv/depthwise_kernel",
        "block2b_expand_bn/gamma",
        "block3a_se_reduce/bias",
        "block4c_se_expand/kernel",
        "block6d_project_conv/kernel",
        "top_bn/beta",
        "predictions/kernel",
      ]
    ) {
      const found = await gradients[name].data<"float32">();
      const data = values.get(name)!.data;
      const largest = found.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
      assert.ok(largest > 0, `${name} has a gradient`);
      const i = Math.floor(random() * data.length);
      const value = data[i], step = 1e-5;
      data[i] = value + step;
      const above = oracleLoss(batch, crack, values);
      data[i] = value - step;
      const below = oracleLoss(batch, crack, values);
      data[i] = value;
      assertClose([found[i]], [(above - below) / (2 * step)], 1e-3 * largest, `${name}[${i}]`);
    }
    tf.dispose([x, gradients]);
  }
  assert.equal(tf.memory().numTensors, before, "everything is freed");
});

/** Mean cross-entropy in float64, normalised by the batch. */
function oracleLoss(
  batch: Batch,
  crack: Uint8Array,
  values: Awaited<ReturnType<typeof oracleValues>>,
): number {
  const logits = headOracle(efficientnetOracle(batch, { statistics: "batch", values }), values);
  return logits.reduce(
    (sum, [yes, no], i) => sum + Math.log1p(Math.exp(crack[i] ? no - yes : yes - no)),
    0,
  ) / logits.length;
}
