import assert from "node:assert/strict";
import { denseKernel, FoldedLayers } from "../../../models/layers/folded_layers.ts";
import { type Layer, layerSpecs, layerSummary } from "../../../models/layers/layer.ts";
import { countParameters } from "../../../models/layers/parameters.ts";
import { runActivation, runLayer } from "../../../models/layers/run_layer.ts";
import { tf } from "../../../models/tfjs.ts";
import { assertClose, seeded } from "../../core/testing.ts";
import {
  disposeParameters,
  randomTensor,
  relativeDifference,
  scrambledParameters,
  use,
  valuesOf,
} from "../testing.ts";

const BASE: Layer = {
  name: "layer",
  kind: "convolution",
  side: 3,
  stride: 1,
  padding: 1,
  inputs: 3,
  outputs: 5,
  bias: false,
  activation: "linear",
};
const NORM = { name: "norm", epsilon: 1e-3 };

const LAYERS: Readonly<Record<string, Layer>> = {
  "3 × 3": BASE,
  "3 × 3, bias, ReLU": { ...BASE, bias: true, activation: "relu" },
  "3 × 3, batch norm, ReLU": { ...BASE, batchNorm: NORM, activation: "relu" },
  "3 × 3, stride 2, TensorFlow's padding, swish": {
    ...BASE,
    stride: 2,
    padding: "same",
    batchNorm: NORM,
    activation: "swish",
  },
  "1 × 1, bias, sigmoid": { ...BASE, side: 1, padding: 0, bias: true, activation: "sigmoid" },
  "depthwise 5 × 5, stride 2, TensorFlow's padding, swish": {
    ...BASE,
    kind: "depthwise",
    side: 5,
    stride: 2,
    padding: "same",
    outputs: 3,
    batchNorm: NORM,
    activation: "swish",
  },
  "3 × 3, frozen bias, batch norm, ReLU up to 6": {
    ...BASE,
    prefix: "layer_conv",
    bias: true,
    batchNorm: NORM,
    activation: "relu6",
  },
  "transposed 2 × 2, bias": { ...BASE, kind: "transposed", side: 2, stride: 2, padding: 0, bias: true },
  "transposed 2 × 2, batch norm": {
    ...BASE,
    kind: "transposed",
    side: 2,
    stride: 2,
    padding: 0,
    batchNorm: NORM,
  },
};

/** What a layer does on the current backend: its outputs, its gradients and its parameters after training. */
async function behaviour(layer: Layer): Promise<Float32Array[]> {
  const parameters = scrambledParameters(new Map(layerSpecs(layer)));
  const trained = [...parameters.values()].filter(({ trainable }) => trainable);
  const results = tf.tidy(() => {
    const x = randomTensor<tf.Rank.R4>([2, 6, 7, layer.inputs]);
    const predicted = runLayer(x, layer, { parameters, training: false });
    const weights = randomTensor<tf.Rank.R4>(predicted.shape, { seed: 9 });
    const gradients = (training: boolean) => {
      const loss = (x: tf.Tensor) =>
        runLayer(x as tf.Tensor4D, layer, { parameters, training }).mul(weights).sum().asScalar();
      const { grads } = tf.variableGrads(() => loss(x), trained);
      return [tf.grad(loss)(x), ...trained.map(({ name }) => grads[name])];
    };
    const training = runLayer(x, layer, { parameters, training: true, momentum: 0.8 });
    return [predicted, training, ...gradients(false), ...gradients(true)];
  });
  return await valuesOf([...results, ...parameters.values()]);
}

for (const backend of ["wasm", "webgpu"] as const) {
  for (const [title, layer] of Object.entries(LAYERS)) {
    Deno.test(`runLayer() does on ${backend} what it does on cpu: ${title}`, async () => {
      await use("cpu");
      const expected = await behaviour(layer);
      assert.ok(
        expected.every((values) => values.some((value) => value !== 0)),
        "nothing is zero throughout",
      );
      await use(backend);
      const before = tf.memory().numTensors;
      const difference = relativeDifference(await behaviour(layer), expected);
      assert.equal(tf.memory().numTensors, before, "everything is freed");
      assert.ok(difference < 1e-4, `values differ by ${difference}`);
    });
  }
}

Deno.test("runLayer() predicts what it trains on where the running statistics are the batch's", async () => {
  await use("cpu");
  for (const [title, layer] of Object.entries(LAYERS)) {
    const parameters = scrambledParameters(new Map(layerSpecs(layer)));
    const [trained, predicted] = await valuesOf(tf.tidy(() => {
      const x = randomTensor<tf.Rank.R4>([2, 6, 7, layer.inputs]);
      const trained = runLayer(x, layer, { parameters, training: true, momentum: 0 });
      const variance = parameters.get("norm/moving_variance");
      // Running variances are the sample's, those of the batch the population's.
      const count = trained.size / layer.outputs;
      variance?.assign(variance.mul((count - 1) / count));
      return [trained, runLayer(x, layer, { parameters, training: false })];
    }));
    disposeParameters(parameters);
    assertClose(predicted, trained, 1e-5, title);
  }
});

Deno.test("runLayer() enlarges by a transposed convolution as its definition says", async () => {
  await use("cpu");
  const layer = LAYERS["transposed 2 × 2, bias"];
  const parameters = scrambledParameters(new Map(layerSpecs(layer)));
  const x = randomTensor<tf.Rank.R4>([1, 3, 4, layer.inputs]);
  const y = runLayer(x, layer, { parameters, training: false });
  assert.deepEqual(y.shape, [1, 6, 8, layer.outputs]);
  const [kernel, bias] = [...parameters.values()].map((variable) => variable.dataSync<"float32">());
  const expected: number[] = [];
  const from = x.dataSync<"float32">();
  for (let row = 0; row < 6; row++) {
    for (let column = 0; column < 8; column++) {
      for (let o = 0; o < layer.outputs; o++) {
        let sum = bias[o];
        const pixel = (row >> 1) * 4 + (column >> 1);
        const tap = (row & 1) * 2 + (column & 1);
        for (let i = 0; i < layer.inputs; i++) {
          sum += from[pixel * layer.inputs + i] * kernel[(tap * layer.outputs + o) * layer.inputs + i];
        }
        expected.push(sum);
      }
    }
  }
  const [values] = await valuesOf([y]);
  x.dispose();
  disposeParameters(parameters);
  assertClose(values, expected, 1e-5, "2 × 2 enlarged");
});

Deno.test("FoldedLayers gives layers again and again what folding each time gives, on images of few pixels, too", async () => {
  await use("cpu");
  const before = tf.memory().numTensors;
  for (const [title, layer] of Object.entries(LAYERS)) {
    for (const consume of [false, true]) {
      const parameters = scrambledParameters(new Map(layerSpecs(layer)));
      const folded = new FoldedLayers(parameters, { consume });
      for (const [height, width] of [[6, 7], [2, 2], [4, 1]]) {
        const x = randomTensor<tf.Rank.R4>([2, height, width, layer.inputs]);
        const values = scrambledParameters(new Map(layerSpecs(layer)));
        const [expected, first, second] = await valuesOf([
          runLayer(x, layer, { parameters: values, training: false }),
          runLayer(x, layer, { parameters, folded, training: false }),
          runLayer(x, layer, { parameters, folded, training: false }),
        ]);
        assertClose(first, expected, 1e-5, `${title}, ${height} × ${width}`);
        assert.deepEqual(second, first);
        x.dispose();
        disposeParameters(values);
      }
      folded[Symbol.dispose]();
      disposeParameters(parameters);
    }
  }
  assert.equal(tf.memory().numTensors, before, "everything is freed");
});

Deno.test("runActivation() has the gradients of finite differences", async () => {
  await use("cpu");
  for (const activation of ["relu", "relu6", "swish", "sigmoid"] as const) {
    const of = (x: tf.Tensor) => runActivation(x as tf.Tensor4D, activation);
    const [found, expected] = await valuesOf(tf.tidy(() => {
      const x = tf.linspace(-4.05, 4.05, 40).reshape<tf.Tensor4D>([1, 4, 5, 2]);
      const slope = of(x.add(1e-2)).sub(of(x.sub(1e-2))).div(2e-2);
      return [tf.grad(of)(x), slope];
    }));
    assertClose(found, expected, 1e-4, activation);
  }
});

Deno.test("layerSummary() and layerSpecs() count what a layer holds and multiplies", async () => {
  await use("cpu");
  const found = Object.values(LAYERS).map((layer) => {
    const { kind, output, parameters, multiplyAdds } = layerSummary(layer, { height: 6, width: 7 });
    assert.equal(parameters, countParameters(new Map(layerSpecs(layer))));
    const values = scrambledParameters(new Map(layerSpecs(layer)));
    tf.tidy(() => {
      const x = randomTensor<tf.Rank.R4>([1, 6, 7, layer.inputs]);
      const { shape } = runLayer(x, layer, { parameters: values, training: false });
      assert.deepEqual(shape, [1, ...output]);
    });
    disposeParameters(values);
    return [kind, parameters, multiplyAdds];
  });
  assert.deepEqual(found, [
    ["convolution 3 × 3", 135, 42 * 135],
    ["convolution 3 × 3", 140, 42 * 135],
    ["convolution 3 × 3", 155, 42 * 135],
    ["convolution 3 × 3", 155, 12 * 135],
    ["convolution 1 × 1", 20, 42 * 15],
    ["depthwise convolution 5 × 5", 87, 12 * 75],
    ["convolution 3 × 3", 160, 42 * 135],
    ["transposed convolution 2 × 2", 65, 42 * 60],
    ["transposed convolution 2 × 2", 80, 42 * 60],
  ]);
});

Deno.test("denseKernel() convolves small images like the kernel", async () => {
  await use("cpu");
  const random = seeded(3);
  const values = (length: number) => Float32Array.from({ length }, () => random() - 0.5);
  for (const side of [3, 7]) {
    for (const stride of [1, 2]) {
      for (const [height, width] of [[1, 1], [1, 2], [2, 1], [2, 2], [1, 4], [3, 1]]) {
        const { convolved, dense } = tf.tidy(() => {
          const padding = (side - 1) / 2;
          const kernel = tf.tensor4d(values(side * side * 2 * 3), [side, side, 2, 3]);
          const x = tf.tensor4d(values(2 * height * width * 2), [2, height, width, 2]);
          return {
            convolved: x.conv2d(kernel, stride, padding),
            dense: x.reshape<tf.Tensor4D>([2, 1, 1, -1])
              .conv2d(denseKernel(kernel, { height, width, stride, padding }), 1, 0),
          };
        });
        assertClose(
          await dense.data(),
          await convolved.data(),
          1e-6,
          `${side} / ${stride}, ${height} × ${width}`,
        );
        tf.dispose([convolved, dense]);
      }
    }
  }
});
