import assert from "node:assert/strict";
import { countParameters } from "../../../../models/layers/parameters.ts";
import {
  describeDiscriminator,
  Discriminator,
} from "../../../../models/segmenter/adversarial/discriminator.ts";
import { judgementLoss } from "../../../../models/segmenter/adversarial/losses.ts";
import { tf } from "../../../../models/tfjs.ts";
import { assertClose, seeded } from "../../../core/testing.ts";
import { type Convolution4, discriminatorOracle } from "../../../oracles/discriminator.ts";
import { BACKENDS, scrambledParameters, use } from "../../testing.ts";

Deno.test("describeDiscriminator() has the parameters that the source's layers come to", () => {
  const { specs } = describeDiscriminator();
  // 16 taps: 2 → 64 → 128 → 256 → 512 → 1, a bias each.
  const counted = [[2, 64], [64, 128], [128, 256], [256, 512], [512, 1]]
    .reduce((sum, [inputs, outputs]) => sum + (16 * inputs + 1) * outputs, 0);
  assert.equal(counted, 2_763_713);
  assert.equal(countParameters(specs), counted);
  assert.equal(specs.size, 10);
  assert.deepEqual(specs.get("discriminator1_conv/kernel")?.shape, [4, 4, 2, 64]);
  assert.throws(() => describeDiscriminator({ width: 0 }), RangeError);
});

/** Judgements of a narrow discriminator, the gradient of their loss, and both in float64. */
function problem() {
  const [n, h, w] = [2, 32, 96];
  const random = seeded(12);
  const data = Float64Array.from({ length: n * h * w * 2 }, () => Math.fround(random()));
  return { n, h, w, c: 2, data };
}

function layersOf(values: ReadonlyMap<string, ArrayLike<number>>): Convolution4[] {
  return [
    "discriminator1_conv",
    "discriminator2_conv",
    "discriminator3_conv",
    "discriminator4_conv",
    "discriminator_judgement",
  ]
    .map((name) => ({ kernel: values.get(`${name}/kernel`)!, bias: values.get(`${name}/bias`)! }));
}

/** Mean of log(1 + e^−a): how far judgements are from "true". */
const lossOf = (judged: Float64Array) =>
  judged.reduce((sum, a) => sum + Math.log1p(Math.exp(-a)), 0) / judged.length;

for (const backend of BACKENDS) {
  Deno.test(`Discriminator judges as the oracle does, with the gradients of finite differences: ${backend}`, async () => {
    await use(backend);
    const before = tf.memory().numTensors;
    const maps = problem();
    {
      using discriminator = new Discriminator({ width: 1 / 32, seed: 0, parameters: scrambledParameters });
      const values = new Map<string, Float64Array>();
      for (const [name, variable] of discriminator.parameters) {
        values.set(name, Float64Array.from(await variable.data<"float32">()));
      }
      const trainable = [...discriminator.trainable];
      const x = tf.tensor4d(Float32Array.from(maps.data), [maps.n, maps.h, maps.w, 2]);
      const judged = tf.tidy(() => discriminator.judge(x));
      assert.deepEqual(judged.shape, [maps.n, maps.h, maps.w, 1]);
      const expected = discriminatorOracle(maps, layersOf(values));
      assertClose(await judged.data(), expected, 1e-4, "judgement");
      const { grads, value: loss } = tf.variableGrads(
        () => judgementLoss(discriminator.judge(x), true),
        trainable.map(([, variable]) => variable),
      );
      const dx = tf.grad((x) => judgementLoss(discriminator.judge(x as tf.Tensor4D), true))(x);
      const step = 1e-5;
      const slope = (target: Float64Array, i: number): number => {
        const value = target[i];
        const losses = [value + step, value - step].map((moved) => {
          target[i] = moved;
          return lossOf(discriminatorOracle(maps, layersOf(values)));
        });
        target[i] = value;
        return (losses[0] - losses[1]) / (2 * step);
      };
      for (const [name, variable] of trainable) {
        const found = await grads[variable.name].data();
        const i = Math.floor(found.length / 3);
        assertClose([found[i]], [slope(values.get(name)!, i)], 2e-5, name);
      }
      const found = await dx.data();
      for (const i of [0, 777, found.length - 1]) {
        assertClose([found[i]], [slope(maps.data, i)], 1e-7, `map ${i}`);
      }
      assert.ok(found.some((value) => Math.abs(value) > 1e-6), "the map has a gradient");
      tf.dispose([x, judged, dx, loss, grads]);
    }
    assert.equal(tf.memory().numTensors, before, "everything is freed");
  });
}
