import assert from "node:assert/strict";
import type { PlaneSource } from "../../../core/gpu/compute.ts";
import { patchThreshold } from "../../../core/kernels/patch_threshold.ts";
import { patchThresholdOracle } from "../../oracles/patch_threshold.ts";
import { CONTENTS, seeded, sharedCompute, testImage } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 16384 });

/** Small enough that the oracle, which tries every pair of thresholds of every patch, ends in a second or two. */
const CASES = [
  { patchSize: 8, stride: 4, sizes: [[1, 1], [1, 7], [7, 1], [3, 5], [33, 17]] },
  { patchSize: 16, stride: 8, sizes: [[7, 1], [33, 17], [41, 37]] },
  { patchSize: 32, stride: 8, sizes: [[1, 1], [3, 5], [33, 17]] },
  { patchSize: 32, stride: 32, sizes: [[64, 64], [101, 67]] },
  { patchSize: 64, stride: 16, sizes: [[33, 17]] },
  { patchSize: 72, stride: 72, sizes: [[33, 17]] },
  { patchSize: 7, stride: 7, sizes: [[33, 17]] },
] as const;

/** An image of arbitrary float32 values, as the stages before this one leave it. */
function floats(width: number, height: number): PlaneSource {
  const random = seeded(7);
  const data = new Float32Array(width * height).map((_, i) => 90 + 40 * random() + 30 * Math.sin(i / 50));
  return { width, height, channels: 1, data };
}

function differences(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(actual.length, expected.length);
  return Array.from(expected).filter((value, i) => value !== actual[i]).length;
}

for (const { patchSize, stride, sizes } of CASES) {
  for (const classes of [2, 3] as const) {
    const name =
      `patchThreshold() equals the oracle with patches ${patchSize} / ${stride} and ${classes} classes`;
    Deno.test(name, async () => {
      for (const [width, height] of sizes) {
        const images = CONTENTS.map((content) => ({ content, ...testImage(width, height, 1, content) }));
        for (const image of [...images, { content: "floats", ...floats(width, height) }]) {
          const expected = patchThresholdOracle(image, { patchSize, stride, classes });
          using plane = (await whole()).upload(image);
          using mask = patchThreshold(plane, { patchSize, stride, classes });
          const found = differences(await mask.read(), expected);
          assert.equal(found, 0, `${width} × ${height} ${image.content}: ${found} pixels differ`);
        }
      }
    });
  }
}

Deno.test("patchThreshold() gives the same in bands of rows as on the whole image", async () => {
  for (const [width, height] of [[97, 151], [90, 40]]) {
    for (const [patchSize, stride] of [[8, 4], [32, 8], [32, 32], [40, 20]]) {
      const masks: Float32Array[] = [];
      for (const compute of [await whole(), await banded()]) {
        using plane = compute.upload(floats(width, height));
        using mask = patchThreshold(plane, { patchSize, stride });
        masks.push(await mask.read());
      }
      assert.ok(masks[0].includes(1));
      assert.deepEqual(masks[1], masks[0], `${width} × ${height}, patches ${patchSize} / ${stride}`);
    }
  }
});

Deno.test("patchThreshold() decides ties and near ties of small patches exactly", async () => {
  const compute = await whole();
  // Few pixels and few levels: the criterion has equal and nearly equal maxima in many of these 4096 patches.
  const random = seeded(3);
  for (const levels of [4, 6, 9]) {
    const data = new Float32Array(256 * 256).map(() => Math.floor(levels * random()) * 255 / (levels - 1));
    const image = { width: 256, height: 256, channels: 1, data };
    for (const classes of [2, 3] as const) {
      using plane = compute.upload(image);
      using mask = patchThreshold(plane, { patchSize: 4, stride: 4, classes });
      const expected = patchThresholdOracle(image, { patchSize: 4, stride: 4, classes });
      assert.equal(differences(await mask.read(), expected), 0, `${levels} levels, ${classes} classes`);
    }
  }
});

Deno.test("patchThreshold() takes the darker threshold of a symmetric patch", async () => {
  const compute = await whole();
  // Four equal groups: {0}, {1}, {2, 3} ties with {0}, {1, 2}, {3} and with {0, 1}, {2}, {3}.
  const data = new Float32Array(16).map((_, i) => 10 * (i % 4));
  using plane = compute.upload({ width: 4, height: 4, channels: 1, data });
  using mask = patchThreshold(plane, { patchSize: 4, stride: 4 });
  assert.deepEqual(await mask.read(), data.map((value) => value === 0 ? 1 : 0));
});

Deno.test("patchThreshold() holds no crack where patches have fewer levels than classes", async () => {
  const compute = await whole();
  const data = new Float32Array(64 * 64).map((_, i) => i % 2 ? 200 : 10);
  using plane = compute.upload({ width: 64, height: 64, channels: 1, data });
  using three = patchThreshold(plane);
  using two = patchThreshold(plane, { classes: 2 });
  const [values3, values2] = await compute.read([three, two]);
  assert.ok(values3.every((value) => value === 0));
  assert.deepEqual(values2, data.map((value) => value === 10 ? 1 : 0));
});

Deno.test("patchThreshold() does not depend on scale and offset of the grey values", async () => {
  const compute = await whole();
  const image = testImage(101, 67, 1, "crack");
  using plane = compute.upload(image);
  using moved = compute.upload({ ...image, data: Float32Array.from(image.data, (v) => v * 4 - 1000) });
  using mask = patchThreshold(plane);
  using same = patchThreshold(moved);
  const [expected, actual] = await compute.read([mask, same]);
  assert.ok(expected.includes(1));
  assert.deepEqual(actual, expected);
});

Deno.test("patchThreshold() survives values that are not numbers", async () => {
  const compute = await whole();
  const data = new Float32Array(64 * 64).map((_, i) => [NaN, Infinity, -Infinity, i % 7][i % 4]);
  using plane = compute.upload({ width: 64, height: 64, channels: 1, data });
  using mask = patchThreshold(plane);
  assert.ok((await mask.read()).every((value) => value === 0 || value === 1));
});

Deno.test("patchThreshold() refuses colour, strides that do not divide the patch, and other classes", async () => {
  const compute = await whole();
  using colour = compute.upload({ width: 2, height: 2, channels: 3, data: new Uint8Array(12) });
  using grey = compute.upload({ width: 2, height: 2, channels: 1, data: new Uint8Array(4) });
  assert.throws(() => patchThreshold(colour), RangeError);
  for (const [patchSize, stride] of [[32, 12], [32, 0], [32, 64], [0, 1], [257, 1], [8.5, 1], [8, 2.5]]) {
    assert.throws(() => patchThreshold(grey, { patchSize, stride }), RangeError);
  }
  for (const classes of [1, 4] as unknown as 3[]) {
    assert.throws(() => patchThreshold(grey, { classes }), RangeError);
  }
});
