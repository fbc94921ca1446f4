import assert from "node:assert/strict";
import { countParameters } from "../../../models/layers/parameters.ts";
import { jenkinsUnet } from "../../../models/segmenter/jenkins_unet.ts";
import { konigUnet } from "../../../models/segmenter/konig_unet.ts";
import { liuDeepcrack, refineLiuDeepcrack } from "../../../models/segmenter/liu_deepcrack.ts";
import type { SegmentationNetwork } from "../../../models/segmenter/segmentation_network.ts";
import { unet } from "../../../models/segmenter/unet.ts";
import { tf } from "../../../models/tfjs.ts";
import { assertClose, testImage } from "../../core/testing.ts";
import { guidedFilterOracle } from "../../oracles/guided_filter.ts";
import { disposeParameters, randomTensor, scrambledParameters, shared, use, valuesOf } from "../testing.ts";

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

Deno.test("jenkinsUnet() holds the 9,408,897 trainable parameters of its layers, and hands nothing over but places", () => {
  const network = jenkinsUnet();
  assert.equal(trainable(network), 9_408_897);
  const lines = new Map(network.summary({ height: 48, width: 32 }).map(({ name, output }) => [name, output]));
  assert.deepEqual(lines.get("pool4"), [3, 2, 512]);
  assert.deepEqual(lines.get("unpool4"), [6, 4, 512]);
  assert.deepEqual(lines.get("decoder4_2_conv"), [6, 4, 256]);
  assert.deepEqual(lines.get("decoder1_2_conv"), [48, 32, 64]);
});

Deno.test("konigUnet() holds the 8,375,845 trainable parameters of its layers, and 2,096,661 at half width", () => {
  assert.equal(trainable(konigUnet()), 8_375_845);
  assert.equal(trainable(konigUnet({ width: 0.5 })), 2_096_661);
});

Deno.test("konigUnet() is blind to features of the encoder whose gate is shut", async () => {
  await use("cpu");
  const network = konigUnet({ width: NARROW });
  const parameters = scrambledParameters(network.specs);
  const x = randomTensor<tf.Rank.R4>([1, 32, 16, 3], { low: 0, high: 255 });
  const predict = () => network.run(x, { parameters, training: false })[0];
  const shut = (bias: number) =>
    tf.tidy(() => parameters.get("gate1_logits/bias")!.assign(tf.tensor1d([bias])));
  const kernel = parameters.get("decoder1_1_conv/kernel")!;
  const projection = parameters.get("decoder1_0_conv/kernel")!;
  // The first input of the decoder's last level is the gated one: its only channel.
  const forget = () =>
    tf.tidy(() => {
      for (const variable of [kernel, projection]) {
        const [, , inputs] = variable.shape;
        const keep = tf.tensor1d(Array.from({ length: inputs }, (_, i) => i === 0 ? 0 : 1));
        variable.assign(variable.mul(keep.reshape([1, 1, inputs, 1])));
      }
    });
  const open = predict();
  shut(-100);
  const closed = predict();
  forget();
  const forgotten = predict();
  const [a, b, c] = await valuesOf([open, closed, forgotten]);
  assertClose(b, c, 1e-5, "a shut gate");
  assert.ok(a.some((value, i) => Math.abs(value - b[i]) > 1e-3), "an open gate lets features through");
  x.dispose();
  disposeParameters(parameters);
});

Deno.test("liuDeepcrack() holds the 14,720,389 trainable parameters of the published network", () => {
  assert.equal(trainable(liuDeepcrack()), 14_720_389);
});

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
