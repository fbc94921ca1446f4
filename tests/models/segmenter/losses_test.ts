import assert from "node:assert/strict";
import {
  binaryCrossEntropy,
  focalLoss,
  segmentationLoss,
  softDiceLoss,
} from "../../../models/segmenter/losses.ts";
import { tf } from "../../../models/tfjs.ts";
import { assertClose, seeded } from "../../core/testing.ts";
import { BACKENDS, use } from "../testing.ts";

const SHAPE: [number, number, number, number] = [2, 3, 2, 1];
const random = seeded(6);
/** Logits of all sizes, 0 among them, and hard and soft truths. */
const LOGITS = [0, 0, 4, -4, 30, -30, ...Array.from({ length: 6 }, () => 6 * random() - 3)];
const TRUTH = [0, 1, 1, 0, 1, 0, 0, 1, 0.5, 0.25, 0.75, 0.1];

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const entropy = (z: number, t: number) =>
  t * Math.log1p(Math.exp(-Math.abs(z))) + t * Math.max(-z, 0) +
  (1 - t) * Math.log1p(Math.exp(-Math.abs(z))) + (1 - t) * Math.max(z, 0);

/** The losses by their definitions, in float64. */
const ORACLES = {
  "binary cross-entropy": (z: readonly number[]) => mean(z.map((value, i) => entropy(value, TRUTH[i]))),
  "focal loss": (z: readonly number[]) =>
    mean(z.map((value, i) => {
      const b = entropy(value, TRUTH[i]);
      return (1 - Math.exp(-b)) ** 2 * b;
    })),
  "soft Dice": (z: readonly number[]) => {
    const y = z.map(sigmoid), sum = (values: readonly number[]) => mean(values) * values.length;
    return 1 - (2 * sum(y.map((value, i) => value * TRUTH[i])) + 1) / (sum(TRUTH) + sum(y) + 1);
  },
};
const LOSSES = {
  "binary cross-entropy": binaryCrossEntropy,
  "focal loss": focalLoss,
  "soft Dice": softDiceLoss,
};

for (const backend of BACKENDS) {
  Deno.test(`losses and their gradients equal their definitions and numeric differences: ${backend}`, async () => {
    await use(backend);
    const before = tf.memory().numTensors;
    const truth = tf.tensor4d(TRUTH, SHAPE), z = tf.tensor4d(LOGITS, SHAPE);
    for (const name of Object.keys(LOSSES) as (keyof typeof LOSSES)[]) {
      const { value, grad } = tf.valueAndGrad((z) => LOSSES[name](z as tf.Tensor4D, truth))(z);
      assertClose(await value.data(), [ORACLES[name](LOGITS)], 1e-5, name);
      const h = 1e-5;
      const expected = LOGITS.map((_, i) => {
        const moved = (by: number) => ORACLES[name](LOGITS.map((value, k) => k === i ? value + by : value));
        return (moved(h) - moved(-h)) / (2 * h);
      });
      assertClose(await grad.data(), expected, 1e-6, `gradient of ${name}`);
      tf.dispose([value, grad]);
    }
    tf.dispose([truth, z]);
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("binaryCrossEntropy() of logits that overflow is finite", async () => {
  await use("wasm");
  const values = tf.tidy(() => {
    const logits = tf.tensor4d([1e4, -1e4, 1e4, -1e4], [1, 2, 2, 1]);
    return binaryCrossEntropy(logits, tf.tensor4d([1, 0, 0, 1], [1, 2, 2, 1])).dataSync()[0];
  });
  assert.equal(values, 5000);
});

Deno.test("losses count pixels by their weights: a weight of 0 hides a pixel, from the gradient, too", async () => {
  await use("wasm");
  const weights = LOGITS.map((_, i) => i % 3 / 2);
  const counted = (z: readonly number[]) => ({
    "binary cross-entropy": mean(z.map((value, i) => weights[i] * entropy(value, TRUTH[i]))),
    "focal loss": mean(z.map((value, i) => {
      const b = entropy(value, TRUTH[i]);
      return weights[i] * (1 - Math.exp(-b)) ** 2 * b;
    })),
    "soft Dice": (() => {
      const sum = (values: readonly number[]) => mean(values) * values.length;
      const y = z.map((value, i) => weights[i] * sigmoid(value));
      const common = sum(y.map((value, i) => value * TRUTH[i]));
      return 1 - (2 * common + 1) / (sum(TRUTH.map((t, i) => weights[i] * t)) + sum(y) + 1);
    })(),
  });
  const [z, truth, weight] = [LOGITS, TRUTH, weights].map((values) => tf.tensor4d(values, SHAPE));
  for (const name of Object.keys(LOSSES) as (keyof typeof LOSSES)[]) {
    const { value, grad } = tf.valueAndGrad((z) => LOSSES[name](z as tf.Tensor4D, truth, weight))(z);
    assertClose(await value.data(), [counted(LOGITS)[name]], 1e-5, name);
    for (const [i, slope] of (await grad.data()).entries()) {
      if (weights[i] === 0) assert.equal(slope, 0, name);
    }
    tf.dispose([value, grad]);
  }
  const mixed = segmentationLoss([z], truth, { arch: "unet", loss: "bce-dice", weight });
  const expected = counted(LOGITS);
  assertClose(
    await mixed.data(),
    [expected["binary cross-entropy"] + 0.3 * expected["soft Dice"]],
    1e-5,
    "bce-dice",
  );
  tf.dispose([z, truth, weight, mixed]);
});

Deno.test("segmentationLoss() adds the outputs up with the weights of each network", async () => {
  await use("cpu");
  const outputs = [0, 1, 2, 3, 4, 5].map((i) => LOGITS.map((z) => z / (1 + i)));
  const total = (arch: Parameters<typeof segmentationLoss>[2]["arch"], loss: "bce" | "own", count: number) =>
    tf.tidy(() =>
      segmentationLoss(
        outputs.slice(0, count).map((z) => tf.tensor4d(z, SHAPE)),
        tf.tensor4d(TRUTH, SHAPE),
        { arch, loss },
      ).dataSync()[0]
    );
  const sum = (of: keyof typeof ORACLES, weights: readonly number[]) =>
    weights.reduce((sum, weight, i) => sum + weight * ORACLES[of](outputs[i]), 0);
  const cases = [
    [total("unet", "bce", 1), sum("binary cross-entropy", [1])],
    [total("unet", "own", 1), sum("binary cross-entropy", [1])],
    [total("deepcrack_liu", "bce", 6), sum("binary cross-entropy", [1, 1, 1, 1, 1, 1])],
    [total("deepcrack_liu", "own", 6), sum("focal loss", [1, 0.5, 0.75, 1, 0.75, 0.5])],
    [total("deepcrack_zou", "own", 6), sum("binary cross-entropy", [1, 1, 1, 1, 1, 1])],
    [
      total("oed_b5", "own", 5),
      sum("binary cross-entropy", [1, 1, 1, 1, 1]) + sum("soft Dice", [1, 1, 1, 1, 1]),
    ],
  ];
  assertClose(cases.map(([actual]) => actual), cases.map(([, expected]) => expected), 1e-4, "sums");
});
