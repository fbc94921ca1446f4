import assert from "node:assert/strict";
import { countParameters } from "../../../models/layers/parameters.ts";
import { liuDeepcrack, refineLiuDeepcrack } from "../../../models/segmenter/liu_deepcrack.ts";
import type { SegmentationNetwork } from "../../../models/segmenter/segmentation_network.ts";
import { unet } from "../../../models/segmenter/unet.ts";
import { tf } from "../../../models/tfjs.ts";
import { assertClose, testImage } from "../../core/testing.ts";
import { guidedFilterOracle } from "../../oracles/guided_filter.ts";
import {
  BACKENDS,
  disposeParameters,
  randomTensor,
  relativeDifference,
  scrambledParameters,
  shared,
  use,
  valuesOf,
} from "../testing.ts";
import { checkOutputs, networkBehaviour } from "./networks.ts";

const NETWORKS = [unet, liuDeepcrack];

/** Channels as few as tests can do with. */
const NARROW = 1 / 32;

function trainable({ specs }: SegmentationNetwork): number {
  return countParameters(new Map([...specs].filter(([, spec]) => spec.trainable)));
}

Deno.test("unet() holds the 31,037,633 trainable parameters of its layers", () => {
  const widths = [64, 128, 256, 512, 1024];
  const twice = (inputs: number, outputs: number) => 9 * inputs * outputs + 9 * outputs ** 2 + 4 * outputs;
  let count = 65;
  widths.forEach((outputs, i) => {
    count += twice(i === 0 ? 3 : widths[i - 1], outputs);
    if (i < 4) count += 4 * widths[i + 1] * outputs + outputs + twice(2 * outputs, outputs);
  });
  assert.equal(count, 31_037_633);
  assert.equal(trainable(unet()), count);
});

Deno.test("liuDeepcrack() holds the 14,720,389 trainable parameters of the published network", () => {
  assert.equal(trainable(liuDeepcrack()), 14_720_389);
});

for (const make of NETWORKS) {
  Deno.test(`${make.name}() sums up its parameters, and one multiplication a weight and pixel`, () => {
    const network = make();
    const [few, many] = [32, 64].map((side) => network.summary({ height: side, width: 48 }));
    assert.equal(few.reduce((sum, { parameters }) => sum + parameters, 0), countParameters(network.specs));
    for (const [i, { name, multiplyAdds, output }] of few.entries()) {
      assert.equal(many[i].multiplyAdds, 2 * multiplyAdds, name);
      assert.equal(many[i].output[0], 2 * output[0], name);
      const taps = (network.specs.get(`${name}/kernel`)?.shape ?? [0]).reduce((a, b) => a * b);
      const area = output[0] * output[1] / (name.endsWith("_up") ? 4 : 1);
      assert.equal(multiplyAdds, area * taps, name);
    }
  });

  Deno.test(`${make.name}() is as large as the image in all outputs, of any multiple of 16`, async () => {
    await use("wasm");
    const network = make({ width: NARROW });
    await checkOutputs(network, [[16, 16], [16, 80], [48, 32]]);
  });

  Deno.test(`${make.name}() refuses other sizes and widths outside (0, 1]`, async () => {
    await use("wasm");
    const network = make({ width: NARROW });
    const x = tf.zeros<tf.Rank.R4>([1, 32, 24, 3]);
    const run = { parameters: new Map(), training: false };
    assert.throws(() => network.run(x, run), { name: "RangeError", message: /24 × 32.*multiples of 16/ });
    x.dispose();
    for (const width of [0, 1.5, NaN]) assert.throws(() => make({ width }), RangeError);
  });

  Deno.test(`${make.name}() predicts and learns the same on all backends`, async () => {
    const network = make({ width: NARROW });
    let expected: Map<string, Float32Array> | undefined;
    for (const backend of BACKENDS) {
      await use(backend);
      const before = tf.memory().numTensors;
      const found = await networkBehaviour(network, [2, 32, 48, 3]);
      assert.equal(tf.memory().numTensors, before, `${backend}: everything is freed`);
      expected ??= found;
      for (const [name, values] of expected) {
        assert.ok(values.some((value) => value !== 0), `${name} is not zero throughout`);
        const difference = relativeDifference([found.get(name)!], [values]);
        assert.ok(difference < 1e-3, `${backend}: ${name} differs by ${difference}`);
      }
    }
  });
}

Deno.test("liuDeepcrack() predicts the weighted sum of its side outputs", async () => {
  await use("cpu");
  const network = liuDeepcrack({ width: NARROW });
  const parameters = scrambledParameters(network.specs);
  const x = randomTensor<tf.Rank.R4>([1, 16, 32, 3], { low: 0, high: 255 });
  const [fused, ...sides] = await valuesOf(network.run(x, { parameters, training: false }));
  const weights = parameters.get("fused/kernel")!.dataSync();
  x.dispose();
  disposeParameters(parameters);
  const sum = fused.map((_, i) => sides.reduce((sum, side, k) => sum + side[i] * weights[k], 0));
  assertClose(fused, sum, 1e-5, "fused");
});

Deno.test("refineLiuDeepcrack() filters what exceeds the threshold, guided by the first side output", async () => {
  const compute = await shared();
  const [fused, side1] = [3, 4].map((seed) => {
    const { data, ...shape } = testImage(33, 17, 1, "crack", seed);
    return { ...shape, data: Float32Array.from(data, (value) => value / 255) };
  });
  for (const threshold of [undefined, 0.55]) {
    const crack = { ...fused, data: fused.data.map((value) => value > (threshold ?? 0.31) ? 1 : 0) };
    using fusedPlane = compute.upload(fused);
    using sidePlane = compute.upload(side1);
    using refined = refineLiuDeepcrack(fusedPlane, sidePlane, { threshold });
    const expected = guidedFilterOracle(side1, crack, { radius: 5, epsilon: 0.065 });
    assertClose(await refined.read(), expected, 1e-5, `threshold ${threshold}`);
  }
});
