import assert from "node:assert/strict";
import { applyThreshold } from "../../../core/kernels/apply_threshold.ts";
import { otsuThresholds } from "../../../core/kernels/otsu_thresholds.ts";
import { otsuOracle } from "../../oracles/otsu_thresholds.ts";
import { seeded, sharedCompute, testImages } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 4096 });

/** Pixels of each grey value 0..255. */
function count(data: Iterable<number>): number[] {
  const counts = new Array<number>(256).fill(0);
  for (const value of data) counts[Math.round(value)]++;
  return counts;
}

for (const classes of [2, 3] as const) {
  Deno.test(`otsuThresholds() equals the oracle with ${classes} classes, at any size and content`, async () => {
    for (const compute of [await whole(), await banded()]) {
      for (const image of testImages(1)) {
        using plane = compute.upload(image);
        const none = new Array<number>(classes - 1).fill(-1);
        assert.deepEqual(
          await otsuThresholds(plane, { classes }),
          otsuOracle(count(image.data), classes) ?? none,
          `${image.width} × ${image.height} ${image.content}`,
        );
      }
    }
  });
}

Deno.test("otsuThresholds() decides ties and near ties exactly", async () => {
  const compute = await whole();
  const random = seeded(5);
  for (let trial = 0; trial < 300; trial++) {
    // Few pixels on few levels, often mirrored about the middle: equal maxima are common.
    const half = Array.from({ length: 6 }, () => 10 * Math.floor(5 * random()));
    const data = new Uint8Array(trial % 2 ? [...half, ...half.map((v) => 100 - v)] : half);
    using plane = compute.upload({ width: data.length, height: 1, channels: 1, data });
    for (const classes of [2, 3] as const) {
      const expected = otsuOracle(count(data), classes) ?? new Array<number>(classes - 1).fill(-1);
      assert.deepEqual(await otsuThresholds(plane, { classes }), expected, `${data}`);
    }
  }
});

Deno.test("otsuThresholds() rounds halves up and cuts at 0 and 255", async () => {
  const compute = await whole();
  const below = new Float32Array([0.5]);
  new Uint32Array(below.buffer)[0]--;
  const data = new Float32Array([-7, below[0], 0.5, 1.4, 254.5, 300]);
  using plane = compute.upload({ width: 6, height: 1, channels: 1, data });
  // Levels 0, 0, 1, 1, 255, 255.
  assert.deepEqual(await otsuThresholds(plane, { classes: 3 }), [0, 1]);
});

Deno.test("otsuThresholds() refuses colour and other numbers of classes", async () => {
  const compute = await whole();
  using colour = compute.upload({ width: 1, height: 1, channels: 3, data: new Uint8Array(3) });
  using grey = compute.upload({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) });
  await assert.rejects(otsuThresholds(colour), RangeError);
  await assert.rejects(otsuThresholds(grey, { classes: 4 as 3 }), RangeError);
});

Deno.test("applyThreshold() marks values at or below the threshold, at any size", async () => {
  for (const compute of [await whole(), await banded()]) {
    for (const image of testImages(1)) {
      using plane = compute.upload(image);
      using mask = applyThreshold(plane, 131);
      const expected = Float32Array.from(image.data, (value) => value <= 131 ? 1 : 0);
      assert.deepEqual(await mask.read(), expected, `${image.width} × ${image.height} ${image.content}`);
    }
  }
});

Deno.test("applyThreshold() refuses colour", async () => {
  using colour = (await whole()).upload({ width: 1, height: 1, channels: 3, data: new Uint8Array(3) });
  assert.throws(() => applyThreshold(colour, 1), RangeError);
});
