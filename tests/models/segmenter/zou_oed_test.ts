import assert from "node:assert/strict";
import type { EfficientnetSize } from "../../../models/classifier/efficientnet.ts";
import { countParameters, type ParameterSpecs } from "../../../models/layers/parameters.ts";
import { enlargeProbabilities, oed } from "../../../models/segmenter/oed.ts";
import { zouDeepcrack } from "../../../models/segmenter/zou_deepcrack.ts";
import { tf } from "../../../models/tfjs.ts";
import { assertClose } from "../../core/testing.ts";
import { bilinearOracle, convolutionOracle } from "../../oracles/bilinear.ts";
import { BACKENDS, disposeParameters, randomTensor, scrambledParameters, use, valuesOf } from "../testing.ts";

/** Those specs whose names start with one of the prefixes. */
function part(specs: ParameterSpecs, ...prefixes: string[]): ParameterSpecs {
  return new Map([...specs].filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix))));
}

function trainable(specs: ParameterSpecs): ParameterSpecs {
  return new Map([...specs].filter(([, { trainable }]) => trainable));
}

Deno.test("zouDeepcrack() holds the 30,905,011 parameters of the published network, part by part", () => {
  const { specs } = zouDeepcrack();
  const parts = ["encoder", "decoder", "fuse", "final"].map((prefix) => countParameters(part(specs, prefix)));
  assert.deepEqual(parts, [14_714_688, 14_749_376, 1_440_901, 46]);
  assert.equal(countParameters(specs), 30_905_011);
});

Deno.test("oed() holds the 39,824,405 parameters of the published network, part by part", () => {
  const { specs } = oed();
  const decoder = trainable(specs);
  const parts = ["input", "decoder0", "decoder1", "decoder2", "decoder3", "decoder4", "main", "aux"]
    .map((prefix) => countParameters(part(decoder, prefix)));
  assert.deepEqual(parts, [2_800, 9_512_448, 1_327_872, 359_808, 96_960, 9_280, 145, 484]);
  assert.equal(countParameters(specs), 39_824_405);
});

Deno.test("oed()'s encoders hold as many parameters as Keras' without its normalisation of the input", () => {
  const counts: Record<EfficientnetSize, number> = {
    b0: 4_049_564,
    b1: 6_575_232,
    b2: 7_768_562,
    b3: 10_783_528,
    b4: 17_673_816,
    b5: 28_513_520,
  };
  for (const [encoder, count] of Object.entries(counts) as [EfficientnetSize, number][]) {
    const { specs, arch } = oed({ encoder });
    assert.equal(arch, `oed_${encoder}`);
    assert.equal(countParameters(part(specs, "stem_", "block", "top_")), count, encoder);
  }
});

Deno.test("oed()'s encoder has the shapes of Keras' B5 under Keras' names", () => {
  const { specs } = oed();
  const shapes = {
    "stem_conv/kernel": [3, 3, 3, 48],
    "stem_bn/moving_variance": [48],
    "block1a_dwconv/depthwise_kernel": [3, 3, 48, 1],
    "block1a_bn/gamma": [48],
    "block1a_se_reduce/bias": [12],
    "block1c_project_conv/kernel": [1, 1, 24, 24],
    "block2a_expand_conv/kernel": [1, 1, 24, 144],
    "block2a_expand_bn/beta": [144],
    "block3e_dwconv/depthwise_kernel": [5, 5, 384, 1],
    "block6i_se_expand/kernel": [1, 1, 76, 1824],
    "block7c_project_bn/moving_mean": [512],
    "top_conv/kernel": [1, 1, 512, 2048],
    "top_bn/gamma": [2048],
  };
  for (const [name, shape] of Object.entries(shapes)) assert.deepEqual(specs.get(name)?.shape, shape, name);
  for (const name of ["stem_conv/bias", "block1a_expand_conv/kernel", "block1d_dwconv/depthwise_kernel"]) {
    assert.equal(specs.has(name), false, name);
  }
});

Deno.test("oed() joins the features of each size with those of the encoder's", () => {
  const lines = new Map(oed().summary({ height: 96, width: 64 }).map((line) => [line.name, line.output]));
  const shapes = {
    block7c_add: [3, 2, 512],
    decoder0_concat: [6, 4, 3104],
    decoder1_concat: [12, 8, 640],
    decoder2_concat: [24, 16, 368],
    decoder3_concat: [48, 32, 208],
    decoder4_concat: [96, 64, 48],
    aux1_enlarge: [96, 64, 1],
    main: [96, 64, 1],
  };
  for (const [name, shape] of Object.entries(shapes)) assert.deepEqual(lines.get(name), shape, name);
});

Deno.test("zouDeepcrack() predicts by a convolution of the logits of its levels, the smallest's first", async () => {
  await use("cpu");
  const network = zouDeepcrack({ width: 1 / 32 });
  const [h, w] = [32, 64];
  const parameters = scrambledParameters(network.specs);
  const x = randomTensor<tf.Rank.R4>([1, h, w, 3], { low: 0, high: 255 });
  const outputs = network.run(x, { parameters, training: false });
  const [kernel, bias] = ["final/kernel", "final/bias"].map((name) => parameters.get(name)!.dataSync());
  x.dispose();
  disposeParameters(parameters);
  const [final, ...levels] = await valuesOf(outputs);
  const c = levels.length;
  const data = Float64Array.from({ length: c * h * w }, (_, i) => levels[i % c][Math.floor(i / c)]);
  const expected = convolutionOracle({ n: 1, h, w, c, data }, Float64Array.from(kernel), bias);
  assertClose(final, Float32Array.from(expected.data), 1e-5, "final");
  assert.deepEqual(network.outputs, ["final", "fuse5", "fuse4", "fuse3", "fuse2", "fuse1"]);
});

Deno.test("enlargeProbabilities() has the probabilities of the oracle and finite gradients, however sure", async () => {
  const [n, h, w, c, scale] = [1, 2, 3, 1, 4];
  const operation = enlargeProbabilities("enlarged", scale);
  for (const backend of BACKENDS) {
    await use(backend);
    for (const high of [3, 200]) {
      const z = randomTensor<tf.Rank.R4>([n, h, w, c], { low: -high, high });
      const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
      const [y, gradient, zs] = await valuesOf([
        ...tf.tidy(() => [operation.run(z), tf.grad((z) => operation.run(z as tf.Tensor4D))(z)]),
        z,
      ]);
      const probabilities = bilinearOracle({ n, h, w, c, data: Float64Array.from(zs, sigmoid) }, scale);
      assertClose(y.map(sigmoid), Float32Array.from(probabilities.data), 1e-5, `${backend}, ${high}`);
      assert.ok(gradient.every(Number.isFinite), `${backend}: the gradient is finite`);
      const inside = zs.findIndex((value) => Math.abs(value) < 79);
      assert.ok(gradient[inside] > 0, `${backend}: a pixel raises its surroundings`);
    }
  }
});
