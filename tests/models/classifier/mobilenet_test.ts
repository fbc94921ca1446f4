import assert from "node:assert/strict";
import { loadClassifier, saveCheckpoint } from "../../../models/classifier/checkpoint.ts";
import { createClassifier } from "../../../models/classifier/classifier.ts";
import { classifierGradients } from "../../../models/classifier/gradients.ts";
import { describeMobilenet } from "../../../models/classifier/mobilenet.ts";
import { countParameters } from "../../../models/layers/parameters.ts";
import { tf } from "../../../models/tfjs.ts";
import { assertClose, seeded } from "../../core/testing.ts";
import { mobilenetOracle } from "../../oracles/mobilenet.ts";
import { type Batch, headOracle } from "../../oracles/resnet.ts";
import { BACKENDS, use } from "../testing.ts";
import { batchTensor, oracleValues, randomBatch, scrambledClassifier } from "./networks.ts";

Deno.test("describeMobilenet() has the parameters of Keras' MobileNetV2 up to block_13_expand", () => {
  const { specs } = describeMobilenet();
  // Of a layer: kernel and bias, into which its batch norm was folded.
  const inverted = (inputs: number, outputs: number) => 6 * inputs * (inputs + 1 + 9 + 1 + outputs) + outputs;
  assert.equal(
    countParameters(specs),
    9 * 3 * 32 + 32 + 32 * (9 + 1 + 16) + 16 +
      inverted(16, 24) + inverted(24, 24) + inverted(24, 32) + 2 * inverted(32, 32) + inverted(32, 64) +
      3 * inverted(64, 64) + inverted(64, 96) + 2 * inverted(96, 96) + 576 * 97,
  );
  assert.equal(countParameters(specs), 590_336);
  assert.deepEqual(specs.get("block_7_depthwise/depthwise_kernel")?.shape, [3, 3, 384, 1]);
  assert.deepEqual(specs.get("block_13_expand/kernel")?.shape, [1, 1, 96, 576]);
  assert.deepEqual(specs.get("expanded_conv_project/kernel")?.shape, [1, 1, 32, 16]);
  assert.ok([...specs.values()].every(({ trainable }) => trainable));
});

Deno.test("describeMobilenet() scales channels as Keras does", () => {
  const outputs = ({ specs }: ReturnType<typeof describeMobilenet>) =>
    ["expanded_conv", "block_1", "block_3", "block_6", "block_10"]
      .map((block) => specs.get(`${block}_project/kernel`)!.shape[3]);
  assert.deepEqual(outputs(describeMobilenet({ width: 0.5 })), [8, 16, 16, 32, 48]);
  assert.deepEqual(outputs(describeMobilenet({ width: 0.35 })), [8, 8, 16, 24, 32]);
  assert.throws(() => describeMobilenet({ width: 2 }), /Cannot lay out mobilenet_v2 of width 2: /);
});

for (const backend of BACKENDS) {
  Deno.test(`a mobilenet_v2 classifier equals the oracle at odd sizes, in training, too: ${backend}`, async () => {
    await use(backend);
    using classifier = scrambledClassifier({ arch: "mobilenet_v2", width: 0.01 });
    const values = await oracleValues(classifier);
    for (const [h, w] of [[1, 1], [1, 7], [5, 3], [33, 17]]) {
      const batch = randomBatch(2, h, w);
      const features = mobilenetOracle(batch, values);
      const expected = headOracle(features, values).flat();
      const x = batchTensor(batch);
      const found = tf.tidy(
        () => [classifier.logits(x), classifier.trainingLogits(x), classifier.features(x)],
      );
      assert.deepEqual(found[2].shape, [2, Math.ceil(h / 8), Math.ceil(w / 8), classifier.network.channels]);
      const scale = Math.max(1, ...expected.map(Math.abs));
      for (const logits of found.slice(0, 2)) {
        assertClose(await logits.data(), expected, 2e-5 * scale, `${h} × ${w}`);
      }
      tf.dispose([x, ...found]);
    }
  });

  Deno.test(`a mobilenet_v2 classifier has the gradients of finite differences: ${backend}`, async () => {
    await use(backend);
    const before = tf.memory().numTensors;
    {
      using classifier = scrambledClassifier({ arch: "mobilenet_v2", width: 0.01 });
      const values = await oracleValues(classifier);
      const batch = randomBatch(3, 19, 14), crack = Uint8Array.of(1, 0, 1);
      const x = batchTensor(batch);
      const { gradients, loss } = await classifierGradients(classifier, { x, crack });
      assertClose([loss], [oracleLoss(batch, crack, values)], 1e-4, "loss");
      const random = seeded(5);
      for (const [name, gradient] of Object.entries(gradients)) {
        const found = await gradient.data<"float32">();
        const data = values.get(name)!.data;
        const largest = found.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
        const i = Math.floor(random() * data.length);
        const value = data[i], step = 1e-6;
        data[i] = value + step;
        const above = oracleLoss(batch, crack, values);
        data[i] = value - step;
        const below = oracleLoss(batch, crack, values);
        data[i] = value;
        assertClose([found[i]], [(above - below) / (2 * step)], 2e-2 * largest + 1e-7, `${name}[${i}]`);
      }
      tf.dispose([x, gradients]);
    }
    assert.equal(tf.memory().numTensors, before, "everything is freed");
  });
}

Deno.test("a mobilenet_v2 classifier comes back from a checkpoint, in 8 bits nearly", async () => {
  await use("wasm");
  using classifier = createClassifier({ arch: "mobilenet_v2", width: 0.25, seed: 3, trainingSize: 64 });
  const x = batchTensor(randomBatch(2, 24, 24));
  const expected = await classifier.logits(x).data();
  for (const [precision, tolerance] of [["F32", 0], ["F16", 2e-3], ["I8", 2e-2]] as const) {
    using copy = await loadClassifier(await saveCheckpoint(classifier, { precision }));
    assert.equal(copy.name, "mobilenet_v2 × 0.25");
    assert.equal(copy.trainingSize, 64);
    const scale = Math.max(...expected.map(Math.abs));
    assertClose(await copy.logits(x).data(), expected, tolerance * scale, precision);
  }
  x.dispose();
});

/** Mean cross-entropy in float64. */
function oracleLoss(
  batch: Batch,
  crack: Uint8Array,
  values: Awaited<ReturnType<typeof oracleValues>>,
): number {
  const logits = headOracle(mobilenetOracle(batch, values), values);
  return logits.reduce(
    (sum, [yes, no], i) => sum + Math.log1p(Math.exp(crack[i] ? no - yes : yes - no)),
    0,
  ) / logits.length;
}
