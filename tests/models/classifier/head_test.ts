import assert from "node:assert/strict";
import { createClassifier } from "../../../models/classifier/classifier.ts";
import {
  correctPrior,
  type Head,
  headGradients,
  headLogits,
  HEADS,
  headSpecs,
} from "../../../models/classifier/head.ts";
import { createParameters } from "../../../models/layers/parameters.ts";
import { tf } from "../../../models/tfjs.ts";
import { assertClose, seeded } from "../../core/testing.ts";
import {
  add,
  constant,
  type GradCamOracleOptions,
  gradCamPlusPlusOracle,
  relu,
  scale,
} from "../../oracles/grad_cam.ts";
import { headOracle, type ResnetOracleOptions } from "../../oracles/resnet.ts";
import { shared, use } from "../testing.ts";
import { batchTensor, oracleValues, randomBatch, scrambledClassifier } from "./networks.ts";

/** A head on few channels with random biases. */
function scrambledHead(head: Head, inputs: number) {
  const parameters = createParameters(new Map(headSpecs(head, inputs)), 5);
  const random = seeded(9);
  for (const [name, variable] of parameters) {
    if (name.endsWith("/kernel")) continue;
    tf.tidy(() =>
      variable.assign(tf.tensor(Float32Array.from({ length: variable.size }, () => random() - 0.5)))
    );
  }
  return { head, parameters };
}

// activations() are checked on WebGPU in classifier_test.ts: compiling its shaders once more would cost seconds.
for (const backend of ["cpu", "wasm"] as const) {
  for (const head of HEADS) {
    Deno.test(`headLogits() equals the oracle: ${head}, ${backend}`, async () => {
      await use(backend);
      const options = scrambledHead(head, 13);
      const values: ResnetOracleOptions["values"] = new Map();
      for (const [name, variable] of options.parameters) {
        values.set(name, { shape: variable.shape, data: Float64Array.from(await variable.data()) });
      }
      const random = seeded(2);
      const means = Float32Array.from({ length: 4 * 13 }, random);
      const logits = headLogits(tf.tensor2d(means, [4, 13]), options);
      const features = { n: 4, h: 1, w: 1, c: 13, data: Float64Array.from(means) };
      assertClose(await logits.data(), headOracle(features, values).flat(), 1e-5, "logits");
      tf.dispose([logits, ...options.parameters.values()]);
    });

    Deno.test(`headGradients() equals automatic differentiation: ${head}, ${backend}`, async () => {
      await use(backend);
      const options = scrambledHead(head, 13);
      const means = tf.tensor2d(Float32Array.from({ length: 13 }, seeded(4)), [1, 13]);
      const gradients = headGradients(means, options);
      const expected: number[] = [];
      for (const c of [0, 1]) {
        const gradient = tf.grad((m) => headLogits(m as tf.Tensor2D, options).slice([0, c], [1, 1]).sum())(
          means,
        );
        expected.push(...await gradient.data());
        gradient.dispose();
      }
      assert.deepEqual(gradients.shape, [2, 13]);
      assertClose(await gradients.data(), expected, 1e-5, "gradients");
      tf.dispose([means, gradients, ...options.parameters.values()]);
    });
  }
}

Deno.test("headSpecs() refuses an unknown head in one sentence", () => {
  assert.throws(() => headSpecs("dense" as Head, 8), {
    name: "RangeError",
    message: 'Cannot make a head called "dense": it must be "paper" or "reference".',
  });
});

for (const head of HEADS) {
  Deno.test(`activations() suffice for Grad-CAM++ as defined by third derivatives: ${head}`, async () => {
    await use("wasm");
    using classifier = scrambledClassifier({ arch: "resnet18", width: 0.01, head });
    const random = seeded(6);
    using image = (await shared()).upload({
      width: 90,
      height: 70,
      channels: 3,
      data: Float32Array.from({ length: 90 * 70 * 3 }, () => Math.floor(256 * random())),
    });
    using seen = await classifier.activations(image);
    const { width, height, channels } = seen.features;
    assert.deepEqual([width, height, channels], [3, 3, 8]);
    const features = Float64Array.from(await seen.features.read());
    const pixels = width * height;
    const values = await oracleValues(classifier);
    for (const c of [0, 1]) {
      const expected = gradCamPlusPlusOracle({ pixels, channels, features, score: scoreOf(c) });
      const closed = Array.from({ length: pixels }, (_, p) => {
        let sum = 0;
        for (let k = 0; k < channels; k++) {
          sum += Math.max(0, seen.gradients[c][k]) * features[p * channels + k];
        }
        return Math.max(0, sum);
      });
      const most = Math.max(...closed);
      assert.ok(most > 0, "the map must not be empty, or this test says nothing");
      assertClose(closed.map((v) => v / most), expected, 1e-5, `class ${c}`);
    }

    /** The logit of class c in Taylor arithmetic. */
    function scoreOf(c: number): GradCamOracleOptions["score"] {
      return (feature) => {
        let vector = Array.from({ length: channels }, (_, k) => {
          let mean = constant(0);
          for (let p = 0; p < pixels; p++) mean = add(mean, scale(feature(p * channels + k), 1 / pixels));
          return mean;
        });
        for (const layer of ["hidden", "predictions"]) {
          const kernel = values.get(`${layer}/kernel`), bias = values.get(`${layer}/bias`);
          if (!kernel || !bias) continue;
          const outputs = kernel.shape[1];
          vector = Array.from({ length: outputs }, (_, o) => {
            const sum = vector.reduce(
              (total, v, i) => add(total, scale(v, kernel.data[i * outputs + o])),
              constant(bias.data[o]),
            );
            return layer === "hidden" ? relu(sum) : sum;
          });
        }
        return vector[c];
      };
    }
  });

  Deno.test(`activations() suffice for Grad-CAM as automatic differentiation defines it: ${head}`, async () => {
    await use("cpu");
    using classifier = scrambledClassifier({ arch: "resnet18", width: 0.01, head });
    using image = (await shared()).upload({
      width: 70,
      height: 45,
      channels: 3,
      data: Float32Array.from({ length: 70 * 45 * 3 }, (_, i) => (i * 37) % 256),
    });
    using seen = await classifier.activations(image);
    const { width, height, channels } = seen.features;
    const features = tf.tensor4d(await seen.features.read(), [1, height, width, channels]);
    const { parameters } = classifier;
    for (const c of [0, 1]) {
      const score = (a: tf.Tensor) =>
        headLogits(a.mean<tf.Tensor2D>([1, 2]), { head, parameters }).slice([0, c], [1, 1]).sum();
      const slopes = tf.tidy(() => tf.grad(score)(features).mul(width * height));
      const expected = Array.from({ length: width * height }, () => [...seen.gradients[c]]).flat();
      assertClose(await slopes.data(), expected, 1e-6, `class ${c}, at every pixel`);
      slopes.dispose();
    }
    features.dispose();
  });
}

Deno.test("correctPrior() multiplies the odds of crack by those of the share, and its opposite undoes it", async () => {
  await use("cpu");
  using classifier = createClassifier({ arch: "resnet18", width: 0.01 });
  const x = batchTensor(randomBatch(4, 32, 32));
  const odds = async () => {
    const scores = await tf.tidy(() => classifier.logits(x).softmax()).data();
    return Array.from({ length: 4 }, (_, i) => scores[2 * i] / scores[2 * i + 1]);
  };
  const before = await odds();
  correctPrior(classifier, 0.5);
  assert.deepEqual(await odds(), before);
  correctPrior(classifier, 0.2);
  const after = await odds();
  for (const [i, value] of after.entries()) {
    assertClose([value], [before[i] / 4], 1e-5 * before[i], `patch ${i}`);
  }
  correctPrior(classifier, 0.8);
  for (const [i, value] of (await odds()).entries()) {
    assertClose([value], [before[i]], 1e-5 * before[i], `patch ${i}`);
  }
  x.dispose();
});
