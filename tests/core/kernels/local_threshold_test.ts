import assert from "node:assert/strict";
import type { Plane } from "../../../core/gpu/compute.ts";
import { niblackThreshold } from "../../../core/kernels/niblack_threshold.ts";
import { sauvolaThreshold } from "../../../core/kernels/sauvola_threshold.ts";
import { niblackOracle } from "../../oracles/niblack_threshold.ts";
import { sauvolaOracle } from "../../oracles/sauvola_threshold.ts";
import { sharedCompute, SIZES, testImage, testImages } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 16384 });

/** Small sizes for windows that are larger than the image, whose oracle is slow. */
const SMALL = SIZES.filter(([width, height]) => width * height < 1000);

/** Grey levels: a value nearer to its threshold than this may fall on either side. */
const EPSILON = 1e-3;

const VARIANTS = [
  { title: "with its defaults", options: {}, sizes: SMALL },
  { title: "with a window of 7", options: { windowSize: 7 }, sizes: SIZES },
  { title: "with a negative k", options: { windowSize: 5, k: -0.5 }, sizes: SMALL },
  { title: "with a window larger than the image", options: { windowSize: 71, k: 0.1 }, sizes: SMALL },
] as const;

const METHODS = [
  { name: "niblackThreshold", threshold: niblackThreshold, oracle: niblackOracle },
  { name: "sauvolaThreshold", threshold: sauvolaThreshold, oracle: sauvolaOracle },
] as const;
const DEFAULTS = { windowSize: 33, k: 0.2, r: 128 };

for (const { name, threshold, oracle } of METHODS) {
  for (const { title, options, sizes } of VARIANTS) {
    Deno.test(`${name}() equals the oracle ${title}, but where value and threshold meet`, async () => {
      let judged = 0, met = 0;
      for (const image of testImages(1, sizes)) {
        const thresholds = oracle(image, { ...DEFAULTS, ...options });
        for (const compute of [await whole(), await banded()]) {
          using plane = compute.upload(image);
          using dark = threshold(plane, options);
          const values = await dark.read();
          assert.equal(values.length, image.data.length);
          for (let i = 0; i < values.length; i++) {
            assert.ok(values[i] === 0 || values[i] === 1);
            if (Math.abs(image.data[i] - thresholds[i]) < EPSILON) {
              met++;
              continue;
            }
            judged++;
            const message = `${image.width} × ${image.height} ${image.content}, value ${i}`;
            assert.equal(values[i], image.data[i] <= thresholds[i] ? 1 : 0, message);
          }
        }
      }
      // Flat images meet their threshold everywhere, at most three of seven contents.
      assert.ok(judged > met, `${met} values were left out, ${judged} judged`);
    });
  }
}

/** Asserts what becomes of flat images: 1 throughout or 0 throughout. */
async function assertFlat(
  threshold: (plane: Plane) => Plane,
  expected: (level: number) => 0 | 1,
): Promise<void> {
  const compute = await whole();
  for (const level of [0, 0.1, 77.7, 255]) {
    const flat = { width: 50, height: 40, channels: 1, data: new Float32Array(2000).fill(level) };
    using plane = compute.upload(flat);
    using dark = threshold(plane);
    assert.ok((await dark.read()).every((value) => value === expected(level)), `level ${level}`);
  }
}

Deno.test("niblackThreshold() takes all of a flat image as dark, whatever its level", async () => {
  await assertFlat(niblackThreshold, () => 1);
});

Deno.test("sauvolaThreshold() takes no flat image as dark but a black one", async () => {
  await assertFlat(sauvolaThreshold, (level) => level === 0 ? 1 : 0);
});

Deno.test("sauvolaThreshold() takes another range of deviations", async () => {
  const compute = await whole();
  const image = testImage(33, 17, 1, "crack");
  const options = { windowSize: 9, k: 0.5, r: 30 };
  const thresholds = sauvolaOracle(image, options);
  using plane = compute.upload(image);
  using dark = sauvolaThreshold(plane, options);
  const values = await dark.read();
  for (let i = 0; i < values.length; i++) {
    if (Math.abs(image.data[i] - thresholds[i]) >= EPSILON) {
      assert.equal(values[i], image.data[i] <= thresholds[i] ? 1 : 0);
    }
  }
});

for (const { name, threshold } of METHODS) {
  Deno.test(`${name}() refuses colour, even windows and a k that is no number`, async () => {
    const compute = await whole();
    using plane = compute.upload(testImage(3, 3, 1, "random"));
    using colour = compute.upload(testImage(3, 3, 3, "random"));
    assert.throws(() => threshold(colour), { name: "RangeError", message: /channels/ });
    assert.throws(() => threshold(plane, { windowSize: 4 }), { name: "RangeError", message: /odd/ });
    for (const k of [NaN, Infinity]) {
      assert.throws(() => threshold(plane, { k }), { name: "RangeError", message: new RegExp(`k of ${k}`) });
    }
  });
}

Deno.test("sauvolaThreshold() refuses an r that is not positive", async () => {
  const compute = await whole();
  using plane = compute.upload(testImage(3, 3, 1, "random"));
  for (const r of [0, -1, NaN]) {
    assert.throws(() => sauvolaThreshold(plane, { r }), { name: "RangeError", message: /an r of/ });
  }
});
