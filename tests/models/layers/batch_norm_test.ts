import assert from "node:assert/strict";
import { type BackendName, openBackend } from "../../../models/backend.ts";
import { batchNormTrain } from "../../../models/layers/batch_norm.ts";
import { tf } from "../../../models/tfjs.ts";
import { relativeDifference, withBackend } from "../testing.ts";

const BACKENDS: BackendName[] = ["cpu", "wasm"];
const EPSILON = 1e-3;

/** Channels below, at and above the vectors of the kernels; one row, and more rows than a partial sum. */
const SHAPES: [number, number, number, number][] = [
  [1, 1, 3, 1],
  [2, 3, 5, 3],
  [2, 4, 4, 8],
  [1, 7, 3, 16],
  [2, 2, 3, 21],
  [3, 17, 11, 12],
  [1, 40, 30, 5],
];

interface Inputs {
  x: tf.Tensor4D;
  gamma: tf.Tensor1D;
  beta: tf.Tensor1D;
  dy: tf.Tensor4D;
}

function inputs(shape: [number, number, number, number]): Inputs {
  const uniform = (size: number[], seed: number) => tf.randomUniform(size, -1, 1, "float32", seed);
  return {
    x: tf.add(uniform(shape, 1), 3),
    gamma: uniform([shape[3]], 2) as tf.Tensor1D,
    beta: uniform([shape[3]], 3) as tf.Tensor1D,
    dy: uniform(shape, 4) as tf.Tensor4D,
  };
}

/** The definition in float64: y, mean, variance, and by automatic differentiation's chain rule dx, dgamma, dbeta. */
function oracle({ x, gamma, beta, dy }: Inputs, relu: boolean): Float32Array[] {
  const channels = gamma.size;
  const [xs, gammas, betas, dys] = [x, gamma, beta, dy].map((tensor) => Array.from(tensor.dataSync()));
  const rows = xs.length / channels;
  const [y, dx] = [xs, xs].map(({ length }) => new Float32Array(length));
  const [mean, variance, dgamma, dbeta] = [0, 0, 0, 0].map(() => new Float32Array(channels));
  for (let c = 0; c < channels; c++) {
    const column = (values: number[]) => Array.from({ length: rows }, (_, r) => values[r * channels + c]);
    const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / rows;
    const values = column(xs);
    const mu = average(values);
    const sigma2 = average(values.map((value) => (value - mu) ** 2));
    const deviation = Math.sqrt(sigma2 + EPSILON);
    const normal = values.map((value) => (value - mu) / deviation);
    const results = normal.map((value) => value * gammas[c] + betas[c]);
    const g = column(dys).map((value, r) => relu && results[r] <= 0 ? 0 : value);
    const gNormal = g.map((value, r) => value * normal[r]);
    mean[c] = mu;
    variance[c] = sigma2;
    dbeta[c] = average(g) * rows;
    dgamma[c] = average(gNormal) * rows;
    // dL/dx = Σ_s dL/dx̂_s · ∂x̂_s/∂x, written out with ∂mu/∂x = 1/m and ∂sigma2/∂x = 2 (x - mu) / m.
    const dNormal = g.map((value) => value * gammas[c]);
    const dSigma2 = dNormal.reduce((sum, value, r) => sum + value * (values[r] - mu), 0) * -0.5 /
      deviation ** 3;
    const dMu = -dNormal.reduce((sum, value) => sum + value, 0) / deviation;
    for (let r = 0; r < rows; r++) {
      y[r * channels + c] = relu ? Math.max(results[r], 0) : results[r];
      dx[r * channels + c] = dNormal[r] / deviation + dSigma2 * 2 * (values[r] - mu) / rows + dMu / rows;
    }
  }
  return [y, mean, variance, dx, dgamma, dbeta];
}

for (const backend of BACKENDS) {
  for (const relu of [false, true]) {
    Deno.test(`batchNormTrain() on ${backend} equals the float64 oracle, gradients included, ${relu ? "with" : "without"} ReLU`, async () => {
      await openBackend({ backend });
      for (const shape of SHAPES) {
        const expected = oracle(inputs(shape), relu);
        const actual = await withBackend(backend, () => {
          const { x, gamma, beta, dy } = inputs(shape);
          const { mean, variance } = batchNormTrain(x, gamma, beta, EPSILON, { relu });
          const normalize = (...[x, gamma, beta]: tf.Tensor[]) =>
            batchNormTrain(x as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D, EPSILON, { relu }).y;
          const { value, grads } = tf.valueAndGrads(normalize)([x, gamma, beta], dy);
          return [value, mean, variance, ...grads];
        });
        const difference = relativeDifference(actual, expected);
        assert.ok(difference < 2e-5, `${shape}: relative difference ${difference}`);
      }
    });
  }
}

Deno.test("batchNormTrain() keeps its precision where the mean is far from zero", async () => {
  for (const backend of BACKENDS) {
    const [variance] = await withBackend(backend, () => {
      const x = tf.add(tf.tile(tf.tensor4d([-1, 1], [1, 1, 2, 1]), [4, 50, 50, 8]), 1000) as tf.Tensor4D;
      return [batchNormTrain(x, tf.ones([8]), tf.zeros([8]), EPSILON).variance];
    });
    for (const value of variance) {
      assert.ok(Math.abs(value - 1) < 1e-3, `${backend}: variance ${value}, not 1`);
    }
  }
});

Deno.test("batchNormTrain() of a flat batch is beta", async () => {
  for (const backend of BACKENDS) {
    const [y] = await withBackend(backend, () => [
      batchNormTrain(tf.fill([2, 3, 3, 2], 7), tf.ones([2]), tf.tensor1d([4, -5]), EPSILON).y,
    ]);
    y.forEach((value, i) => assert.ok(Math.abs(value - [4, -5][i % 2]) < 1e-5, `${backend}: ${value}`));
  }
});
