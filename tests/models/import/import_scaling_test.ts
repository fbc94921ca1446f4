import assert from "node:assert/strict";
import type { ForeignTensor } from "../../../models/import/foreign_weights.ts";
import { importWeights } from "../../../models/import/import_weights.ts";
import { vgg16Pairs } from "../../../models/import/layer_pairs.ts";
import { prepareImages } from "../../../models/layers/input_scaling.ts";
import { layerOf } from "../../../models/layers/layer.ts";
import { type LayerGraph, tensorGraph } from "../../../models/layers/layer_graph.ts";
import { createParameters, type ParameterSpecs } from "../../../models/layers/parameters.ts";
import { runLayer } from "../../../models/layers/run_layer.ts";
import { describeSegmentationNetwork } from "../../../models/segmenter/architectures.ts";
import { tf } from "../../../models/tfjs.ts";
import { seeded } from "../../core/testing.ts";
import { randomTensor, use } from "../testing.ts";

const WIDTH = 1 / 32, SIZE = 32;

/** height × width × inputs × outputs */
type Kernel = { readonly shape: readonly number[]; readonly data: Float32Array };

/** max(0, 3 × 3 convolution + bias) in float64 with zeros around, pixel by pixel; `kernel` by height, width, input, output. */
function convolve(
  x: readonly number[][],
  inputs: number,
  { shape, data }: Kernel,
  bias: Float32Array,
): number[][] {
  const outputs = shape[3];
  return x.map((_, at) => {
    const row = Math.floor(at / SIZE), column = at % SIZE;
    return Array.from({ length: outputs }, (_, o) => {
      let sum = bias[o];
      for (let ky = 0; ky < 3; ky++) {
        for (let kx = 0; kx < 3; kx++) {
          const y = row + ky - 1, z = column + kx - 1;
          if (y < 0 || y >= SIZE || z < 0 || z >= SIZE) continue;
          for (let i = 0; i < inputs; i++) {
            sum += x[y * SIZE + z][i] * data[((ky * 3 + kx) * inputs + i) * outputs + o];
          }
        }
      }
      return Math.max(0, sum);
    });
  });
}

/** VGG-16 as narrow as ours: kernels and biases of each layer, those of the layout's own names. */
function narrowVgg(specs: ParameterSpecs, names: "Keras" | "torchvision") {
  const random = seeded(11);
  const draw = (shape: readonly number[]): Kernel => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() - 0.5),
  });
  const pairs = vgg16Pairs("deepcrack_zou", names).map(({ ours, theirs }) => ({
    name: theirs.kernel,
    kernel: draw(specs.get(`${ours.kernel}/kernel`)!.shape),
    bias: draw(specs.get(`${ours.kernel}/bias`)!.shape).data,
  }));
  const tensors = new Map<string, ForeignTensor>();
  for (const { name, kernel: { shape: [height, width, inputs, outputs], data }, bias } of pairs) {
    if (names === "Keras") {
      tensors.set(`${name}/kernel`, { shape: [height, width, inputs, outputs], data });
      tensors.set(`${name}/bias`, { shape: [outputs], data: bias });
      continue;
    }
    const turned = Float32Array.from(data, (_, i) => {
      const at = i % (height * width), c = Math.floor(i / height / width) % inputs;
      return data[(at * inputs + c) * outputs + Math.floor(i / height / width / inputs)];
    });
    tensors.set(`${name}.weight`, { shape: [outputs, inputs, height, width], data: turned });
    tensors.set(`${name}.bias`, { shape: [outputs], data: bias });
  }
  return { pairs, file: { kind: "test file", tensors, [Symbol.dispose]() {} } };
}

/** What each library makes of red, green and blue, 0..255, before VGG-16: from its documentation, not from the importer. */
const PREPROCESSING = {
  torchvision: ([r, g, b]: number[]) => [
    (r / 255 - 0.485) / 0.229,
    (g / 255 - 0.456) / 0.224,
    (b / 255 - 0.406) / 0.225,
  ],
  Keras: ([r, g, b]: number[]) => [b - 103.939, g - 116.779, r - 123.68],
};

for (const names of ["torchvision", "Keras"] as const) {
  for (const arch of ["deepcrack_zou", "deepcrack_liu"] as const) {
    Deno.test(`${arch} with ${names}'s VGG-16 has the features of a direct computation, along the edges, too`, async () => {
      await use("cpu");
      const narrow = describeSegmentationNetwork({ arch: "deepcrack_zou", width: WIDTH });
      const { pairs, file } = narrowVgg(narrow.specs, names);
      const plain = describeSegmentationNetwork({ arch, width: WIDTH });
      const { values, scaling } = importWeights(file, { arch, specs: plain.specs });
      const network = describeSegmentationNetwork({ arch, width: WIDTH, scaling });
      const parameters = createParameters(network.specs, 1);
      for (const [name, data] of values) {
        const variable = parameters.get(name)!;
        tf.tidy(() => variable.assign(tf.tensor(data, variable.shape)));
      }
      const x = randomTensor<tf.Rank.R4>([1, SIZE, SIZE, 3], { low: 0, high: 255 });
      const last = arch === "deepcrack_zou" ? "encoder1_2" : "stage1_2_conv";
      let features: tf.Tensor4D | undefined;
      const run = { parameters, training: false, auxiliary: true };
      const graph: LayerGraph<tf.Tensor4D> = {
        ...tensorGraph(run),
        layer(x, options) {
          const y = runLayer(x, layerOf(options, x.shape[3]), run);
          if (options.name === last) features = y;
          return y;
        },
        scope: (compute) => compute(),
      };
      const actual = tf.tidy(() => {
        network.forward(prepareImages(x, network.input), graph);
        return features!.dataSync<"float32">();
      });
      const pixels = x.dataSync<"float32">();
      let expected = Array.from(
        { length: SIZE * SIZE },
        (_, i) => PREPROCESSING[names]([...pixels.subarray(3 * i, 3 * i + 3)]),
      );
      for (const { kernel, bias } of pairs.slice(0, 2)) {
        expected = convolve(expected, kernel.shape[2], kernel, bias);
      }
      const values64 = expected.flat(), largest = Math.max(...values64);
      assert.equal(actual.length, values64.length);
      assert.ok(largest > 0);
      values64.forEach((value, i) =>
        assert.ok(Math.abs(actual[i] - value) < 1e-5 * largest, `${i}: ${actual[i]} instead of ${value}`)
      );
      tf.dispose([x, ...parameters.values()]);
    });
  }
}
