import assert from "node:assert/strict";
import { describeMobilenet } from "../../../models/classifier/mobilenet.ts";
import { countParameters } from "../../../models/layers/parameters.ts";
import { mobilenetUnet } from "../../../models/segmenter/mobilenet_unet.ts";
import { tf } from "../../../models/tfjs.ts";
import { disposeParameters, randomTensor, scrambledParameters, use } from "../testing.ts";

/** Channels as few as the encoder can do with. */
const NARROW = 1 / 32;

Deno.test("mobilenetUnet() holds the 1,036,385 parameters of its layers, the encoder's and the decoder's", () => {
  const { specs } = mobilenetUnet();
  const encoder = describeMobilenet().specs;
  for (const [name, { shape }] of encoder) assert.deepEqual(specs.get(name)?.shape, shape, name);
  // A convolution without bias and the four values that a batch norm has for each of its outputs.
  const normalized = (inputs: number, outputs: number, taps = 9) => (taps * inputs + 4) * outputs;
  const twice = (inputs: number, outputs: number) =>
    normalized(inputs, outputs) + normalized(outputs, outputs);
  const widths = [16, 32, 48, 64, 96], skips = [16, 96, 144, 192];
  let decoder = twice(3, 16) + normalized(576, 96, 1) + 17;
  skips.forEach((skip, i) => {
    decoder += (4 * widths[i + 1] + 1) * widths[i] + twice(skip + widths[i], widths[i]);
  });
  assert.equal(countParameters(specs), countParameters(encoder) + decoder);
  assert.equal(countParameters(specs), 1_036_385);
});

Deno.test("mobilenetUnet() hands over the expansions in front of each halving, and the image at its full size", () => {
  const lines = mobilenetUnet().summary({ height: 96, width: 64 });
  const shapes = new Map(lines.map(({ name, output }) => [name, output]));
  assert.deepEqual(shapes.get("block_13_expand"), [6, 4, 576]);
  assert.deepEqual(shapes.get("decoder3_concat"), [12, 8, 192 + 64]);
  assert.deepEqual(shapes.get("decoder2_concat"), [24, 16, 144 + 48]);
  assert.deepEqual(shapes.get("decoder1_concat"), [48, 32, 96 + 32]);
  assert.deepEqual(shapes.get("decoder0_concat"), [96, 64, 16 + 16]);
});

Deno.test("mobilenetUnet()'s encoder learns at a tenth of the decoder's rate", async () => {
  await use("cpu");
  const network = mobilenetUnet({ width: NARROW });
  const parameters = scrambledParameters(network.specs);
  const x = randomTensor<tf.Rank.R4>([1, 32, 16, 3], { low: 0, high: 255 });
  const loss = (run: typeof network.run) =>
    run(x, { parameters, training: true })[0].sigmoid().mean().asScalar();
  // The derivative along one kernel as a step to either side finds it, which knows of no rate.
  const slope = (name: string): number => {
    const variable = parameters.get(name)!;
    const { grads } = tf.variableGrads(() => loss(network.run), [variable]);
    const gradient = grads[variable.name];
    const [values, along] = [variable, gradient].map((tensor) => tensor.dataSync<"float32">().slice());
    const norm = Math.hypot(...along), step = 3e-3;
    const moved = (sign: number) =>
      tf.tidy(() => {
        variable.assign(
          tf.tensor(values.map((value, i) => value + sign * step * along[i] / norm), variable.shape),
        );
        return loss(network.run).dataSync()[0];
      });
    const measured = (moved(1) - moved(-1)) / (2 * step);
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
    gradient.dispose();
    return norm / measured;
  };
  for (const [name, rate] of [["block_3_expand/kernel", 0.1], ["decoder1_1_conv/kernel", 1]] as const) {
    const found = slope(name);
    assert.ok(Math.abs(found / rate - 1) < 0.25, `${name}: ${found}`);
  }
  x.dispose();
  disposeParameters(parameters);
});
