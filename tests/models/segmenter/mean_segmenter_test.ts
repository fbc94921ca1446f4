import assert from "node:assert/strict";
import { saveSegmenter } from "../../../models/segmenter/checkpoint.ts";
import { meanSegmenter } from "../../../models/segmenter/mean_segmenter.ts";
import { createSegmenter, type SegmenterOptions } from "../../../models/segmenter/segmenter.ts";
import { tf } from "../../../models/tfjs.ts";
import { BACKENDS, use } from "../testing.ts";

/** A network with random values in every parameter, and those. */
async function randomNetwork(
  options: SegmenterOptions,
): Promise<{ file: Uint8Array; values: Float32Array[] }> {
  using segmenter = createSegmenter(options);
  const values: Float32Array[] = [];
  for (const variable of segmenter.parameters.values()) {
    variable.assign(tf.tidy(() => tf.randomNormal(variable.shape)));
    values.push(Float32Array.from(await variable.data()));
  }
  return { file: await saveSegmenter(segmenter), values };
}

const TINY: SegmenterOptions = { arch: "unet_mobilenet", width: 1 / 32, seed: 3, trainingSize: 64 };

for (const backend of BACKENDS) {
  Deno.test(`meanSegmenter() is the mean of each weight, and the network itself where there is one: ${backend}`, async () => {
    await use(backend);
    const networks = await Promise.all([1, 2, 3].map(() => randomNetwork(TINY)));
    const before = tf.memory().numTensors;
    for (const count of [1, 2, 3]) {
      const some = networks.slice(0, count);
      using mean = await meanSegmenter(some.map(({ file }) => file));
      assert.equal(mean.name, "unet_mobilenet × 0.03125");
      assert.deepEqual([mean.seed, mean.trainingSize], [3, 64]);
      const found = [...mean.parameters.values()];
      assert.equal(found.length, some[0].values.length);
      for (const [i, variable] of found.entries()) {
        for (const [k, value] of (await variable.data()).entries()) {
          const expected = some.reduce((sum, { values }) => sum + values[i][k], 0) / count;
          assert.ok(Math.abs(value - expected) < 1e-6, `${variable.name}: ${value} is not ${expected}`);
        }
      }
    }
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("meanSegmenter() refuses networks of several kinds, and none, and leaves nothing behind", async () => {
  await use("cpu");
  const { file } = await randomNetwork(TINY);
  const wider = await randomNetwork({ ...TINY, width: 1 / 16 });
  const scaled = await randomNetwork({ ...TINY, scaling: { offset: [0, 0, 0], divisor: [255, 255, 255] } });
  const before = tf.memory().numTensors;
  for (const [other, width] of [[wider, "0.0625"], [scaled, "0.03125"]] as const) {
    await assert.rejects(meanSegmenter([file, other.file]), ({ name, message }: Error) => {
      assert.equal(name, "RangeError");
      assert.match(
        message,
        /^Cannot average networks: these are unet_mobilenet × 0\.03125 of .+; give one or more, all of one kind\.$/,
      );
      assert.ok(message.includes(` and unet_mobilenet × ${width} of `), message);
      return true;
    });
  }
  await assert.rejects(meanSegmenter([]), {
    name: "RangeError",
    message: /there are none; give one or more/,
  });
  await assert.rejects(meanSegmenter([file, new Uint8Array(9)]), { name: "SyntaxError" });
  assert.equal(tf.memory().numTensors, before);
});
