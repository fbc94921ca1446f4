import assert from "node:assert/strict";
import { niblackThreshold } from "../../../core/kernels/niblack_threshold.ts";
import { niblackOracle } from "../../oracles/niblack_threshold.ts";
import { sharedCompute, SIZES, testImage, testImages } from "../testing.ts";

const whole = sharedCompute();
const tiled = sharedCompute({ maxBindingBytes: 16384 });
const DEFAULTS = { windowSize: 33, k: 0.2 };

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

for (const { title, options, sizes } of VARIANTS) {
  Deno.test(`niblackThreshold() equals the oracle ${title}, but where value and threshold meet`, async () => {
    let judged = 0, met = 0;
    for (const image of testImages(1, sizes)) {
      const thresholds = niblackOracle(image, { ...DEFAULTS, ...options });
      for (const compute of [await whole(), await tiled()]) {
        using plane = compute.upload(image);
        using dark = niblackThreshold(plane, options);
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

Deno.test("niblackThreshold() takes all of a flat image as dark, whatever its level", async () => {
  const compute = await whole();
  for (const level of [0, 0.1, 77.7, 255]) {
    const flat = { width: 50, height: 40, channels: 1, data: new Float32Array(2000).fill(level) };
    using plane = compute.upload(flat);
    using dark = niblackThreshold(plane);
    assert.ok((await dark.read()).every((value) => value === 1), `level ${level}`);
  }
});

Deno.test("niblackThreshold() refuses colour, even windows and a k that is no number", async () => {
  const compute = await whole();
  using plane = compute.upload(testImage(3, 3, 1, "random"));
  using colour = compute.upload(testImage(3, 3, 3, "random"));
  assert.throws(() => niblackThreshold(colour), { name: "RangeError", message: /channels/ });
  assert.throws(() => niblackThreshold(plane, { windowSize: 4 }), { name: "RangeError", message: /odd/ });
  assert.throws(() => niblackThreshold(plane, { k: NaN }), { name: "RangeError", message: /k of NaN/ });
});
