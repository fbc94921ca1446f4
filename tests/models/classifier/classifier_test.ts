import assert from "node:assert/strict";
import { type BareClassifier, restoreClassifier } from "../../../models/classifier/bare_classifier.ts";
import { type ClassifierOptions, createClassifier } from "../../../models/classifier/classifier.ts";
import { describeResnet } from "../../../models/classifier/resnet.ts";
import { countParameters } from "../../../models/layers/parameters.ts";
import { tf } from "../../../models/tfjs.ts";
import { takeSnapshot } from "../../../models/threads/shared_values.ts";
import { assertClose, seeded } from "../../core/testing.ts";
import { headOracle, resnetOracle } from "../../oracles/resnet.ts";
import { BACKENDS, shared, use } from "../testing.ts";
import { batchTensor, oracleValues, randomBatch, scrambledClassifier } from "./networks.ts";

const TINY: ClassifierOptions = { arch: "resnet18", width: 0.01 };
const LAYOUT = { blocks: [2, 2, 2, 2], bottleneck: false, strideAt: "first" as const };

Deno.test("createClassifier() names itself by architecture and width", () => {
  assert.equal(createClassifier({ arch: "resnet18", width: 0.5 }).name, "resnet18 × 0.5");
  assert.equal(createClassifier({ arch: "resnet152" }).name, "resnet152");
  assert.equal(createClassifier({ arch: "resnet34" }).trainingSize, 128);
});

Deno.test("createClassifier() refuses a seed or training size that is no integer", () => {
  assert.throws(() => createClassifier({ ...TINY, seed: 0.5 }), /seed 0\.5.*integer/);
  for (const trainingSize of [0, -3, 1.5, NaN]) {
    assert.throws(() => createClassifier({ ...TINY, trainingSize }), { name: "RangeError" });
  }
});

for (const backend of BACKENDS) {
  Deno.test(`scorePatches() equals the oracle for any number and side of patches: ${backend}`, async () => {
    const compute = await shared();
    await use(backend);
    using classifier = scrambledClassifier(TINY);
    const values = await oracleValues(classifier);
    const { numTensors } = tf.memory();
    for (const [count, size] of [[1, 1], [3, 7], [70, 32], [2, 45]]) {
      const batch = randomBatch(count, size, size, count);
      using patches = compute.upload({
        width: size,
        height: count * size,
        channels: 3,
        data: Float32Array.from(batch.data),
      });
      const { features } = resnetOracle(batch, { ...LAYOUT, statistics: "running", values });
      const expected = headOracle(features, values).map(([a, b]) => 1 / (1 + Math.exp(b - a)));
      assert.ok(
        expected.every((score) => score > 0.001 && score < 0.999),
        `no score is near 0 or 1: ${expected}`,
      );
      const held: number[] = [];
      for (const time of ["first", "second"]) {
        {
          using scores = await classifier.scorePatches(patches, size);
          assert.deepEqual([scores.width, scores.height, scores.channels], [1, count, 1]);
          assertClose(await scores.read(), expected, 1e-4, `${count} patches of ${size}, ${time} time`);
        }
        held.push(tf.memory().numTensors);
      }
      assert.equal(held[1], held[0], "the second run leaves nothing behind");
      assert.deepEqual([...await patches.read()], [...batch.data], "the patches are untouched");
    }
    classifier.dispose();
    assert.equal(tf.memory().numTensors, numTensors - classifier.specs.size, "everything is freed");
  });

  Deno.test(`activations() equal the oracle for any size of image: ${backend}`, async () => {
    const compute = await shared();
    await use(backend);
    const before = tf.memory().numTensors;
    {
      using classifier = scrambledClassifier({ ...TINY, head: "reference" });
      const values = await oracleValues(classifier);
      for (const [width, height] of [[1, 1], [1, 40], [33, 17], [101, 67]]) {
        const batch = randomBatch(1, height, width);
        using image = compute.upload({ width, height, channels: 3, data: Float32Array.from(batch.data) });
        using seen = await classifier.activations(image);
        const { features } = resnetOracle(batch, { ...LAYOUT, statistics: "running", values });
        assert.deepEqual(
          [seen.features.width, seen.features.height, seen.features.channels],
          [Math.ceil(width / 32), Math.ceil(height / 32), 8],
        );
        const title = `${width} × ${height}`;
        assertClose(await seen.features.read(), features.data, 1e-3, `features, ${title}`);
        assertClose(seen.logits, headOracle(features, values)[0], 1e-3, `logits, ${title}`);
        const logitsOfMeans = (k: number, step: number) => {
          const { n, h, w, c, data } = features;
          const moved = data.map((v, i) => i % c === k ? v + step : v);
          return headOracle({ n, h, w, c, data: moved }, values)[0];
        };
        for (const c of [0, 1]) {
          const expected = Array.from(
            { length: 8 },
            (_, k) => (logitsOfMeans(k, 1e-6)[c] - logitsOfMeans(k, -1e-6)[c]) / 2e-6,
          );
          assertClose(seen.gradients[c], expected, 1e-4, `gradients of class ${c}, ${title}`);
        }
      }
    }
    assert.equal(tf.memory().numTensors, before, "everything is freed");
  });
}

Deno.test("scorePatches() on WebGPU scores more patches than run at a time", async () => {
  const compute = await shared();
  await use("webgpu");
  using classifier = scrambledClassifier(TINY);
  const count = 18, size = 256, batch = 2 ** 20 / size ** 2;
  assert.ok(count > batch);
  const random = seeded(8);
  const data = Float32Array.from({ length: count * size * size * 3 }, () => 256 * random());
  using patches = compute.upload({ width: size, height: count * size, channels: 3, data });
  using scores = await classifier.scorePatches(patches, size);
  const last = data.subarray(-size * size * 3);
  using patch = compute.upload({ width: size, height: size, channels: 3, data: last });
  using score = await classifier.scorePatches(patch, size);
  const all = await scores.read();
  assert.equal(all.length, count);
  assertClose(all.subarray(-1), await score.read(), 1e-6, "the last patch alone");
  assert.ok(new Set(all).size > 1, "patches differ");
});

Deno.test("scorePatches() and activations() refuse planes of another shape in one sentence", async () => {
  const compute = await shared();
  await use("cpu");
  using classifier = createClassifier(TINY);
  using grey = compute.create({ width: 8, height: 8, channels: 1 });
  using ragged = compute.create({ width: 8, height: 20, channels: 3 });
  await assert.rejects(classifier.scorePatches(grey, 8), { name: "RangeError", message: /8 × 8 × 1/ });
  await assert.rejects(classifier.scorePatches(ragged, 8), { name: "RangeError", message: /8 × 20 × 3/ });
  await assert.rejects(classifier.scorePatches(ragged, 4), { name: "RangeError" });
  await assert.rejects(classifier.activations(grey), { name: "RangeError", message: /3 channels/ });
});

Deno.test("activations() refuses an image that the backend cannot hold and says which it can", async () => {
  const compute = await shared();
  await use("wasm");
  using classifier = createClassifier({ arch: "resnet50" });
  using image = compute.create({ width: 5000, height: 2000, channels: 3 });
  await assert.rejects(classifier.activations(image), {
    name: "RangeError",
    message: /^Cannot show resnet50 an image of 5000 × 2000 at once: .* tiles of at most \d+ pixels\.$/,
  });
});

Deno.test("footprint() counts what a block of ResNet-50 holds", () => {
  const { peak, largest } = describeResnet({ arch: "resnet50" }).footprint({ width: 40, height: 100 });
  // At a quarter of the side: the stem's 64 channels, 64 + 64 + 256 in the branch, 256 each in shortcut, sum and ReLU.
  assert.equal(peak, 4000 / 16 * (64 + 64 + 64 + 256 + 3 * 256));
  assert.equal(largest, 4000 / 16 * 256);
});

Deno.test("NetworkClassifier.dispose() may be called twice and ends its use", async () => {
  await use("cpu");
  const classifier = createClassifier(TINY);
  assert.equal(classifier.parameters.size, classifier.specs.size);
  classifier.dispose();
  classifier.dispose();
  assert.throws(() => classifier.parameters, { name: "TypeError", message: /disposed/ });
});

Deno.test("NetworkClassifier.logits() follows a parameter that changed after the first use", async () => {
  await use("cpu");
  using classifier = scrambledClassifier(TINY);
  const x = tf.ones<tf.Rank.R4>([1, 9, 9, 3]).mul<tf.Tensor4D>(100);
  const logits = async () => {
    const y = classifier.logits(x);
    const values = await y.data();
    y.dispose();
    return [...values];
  };
  const before = await logits();
  const { numTensors } = tf.memory();
  for (const name of ["conv1_conv/kernel", "conv5_block2_2_bn/moving_mean", "conv3_block1_2_bn/gamma"]) {
    const variable = classifier.parameters.get(name)!;
    const kept = variable.clone();
    tf.tidy(() => variable.assign(variable.add(0.5)));
    assert.notDeepEqual(await logits(), before, name);
    variable.assign(kept);
    kept.dispose();
    assert.deepEqual(await logits(), before, `${name} put back`);
  }
  assert.equal(tf.memory().numTensors, numTensors);
  x.dispose();
});

Deno.test("a classifier for inference only gives the same scores again and again, and keeps its values once", async () => {
  await use("cpu");
  using whole = scrambledClassifier({ arch: "resnet18", width: 0.05 });
  // Large enough that no layer is made one matrix.
  const x = batchTensor(randomBatch(1, 100, 100));
  const logits = (classifier: BareClassifier) => tf.tidy(() => classifier.logits(x).dataSync());
  const expected = logits(whole);
  const bytes = 4 * countParameters(whole.specs);
  const before = tf.memory();
  {
    using lean = restoreClassifier(takeSnapshot(whole), { inferenceOnly: true });
    for (let i = 0; i < 3; i++) assert.deepEqual(logits(lean), expected);
    const taken = tf.memory().numBytes - before.numBytes;
    assert.ok(taken > 0.9 * bytes && taken < 1.1 * bytes, `${taken} bytes for ${bytes} bytes of parameters`);
  }
  assert.equal(tf.memory().numTensors, before.numTensors, "everything is freed");
  x.dispose();
});
