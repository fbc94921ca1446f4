import assert from "node:assert/strict";
import type { PlaneSource } from "../../../core/gpu/compute.ts";
import { guidedFilter } from "../../../core/kernels/guided_filter.ts";
import { guidedFilterOracle } from "../../oracles/guided_filter.ts";
import { assertClose, CONTENTS, sharedCompute, SIZES, testImage } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 32768 });

const SMALL = SIZES.filter(([width, height]) => width * height < 1000);

const VARIANTS = [
  { title: "with its defaults", options: {}, sizes: SIZES, tolerance: 1e-6 },
  { title: "with a radius of 1", options: { radius: 1, epsilon: 0.01 }, sizes: SIZES, tolerance: 1e-6 },
  { title: "with a window larger than the image", options: { radius: 40 }, sizes: SMALL, tolerance: 1e-6 },
  // Slopes are up to a hundred times steeper.
  { title: "with a tiny epsilon", options: { radius: 3, epsilon: 1e-6 }, sizes: SMALL, tolerance: 1e-4 },
] as const;

function confidences({ data, ...shape }: PlaneSource): PlaneSource {
  return { ...shape, data: Float32Array.from(data, (value) => value / 255) };
}

for (const { title, options, sizes, tolerance } of VARIANTS) {
  Deno.test(`guidedFilter() equals the oracle ${title}, in one band and in several`, async () => {
    for (const [width, height] of sizes) {
      for (const [i, content] of CONTENTS.entries()) {
        const guide = confidences(testImage(width, height, 1, content));
        const input = confidences(testImage(width, height, 1, CONTENTS[(i * 3 + 5) % CONTENTS.length], 7));
        const expected = guidedFilterOracle(guide, input, { radius: 5, epsilon: 0.065, ...options });
        for (const compute of [await whole(), await banded()]) {
          using guidePlane = compute.upload(guide);
          using inputPlane = compute.upload(input);
          using filtered = guidedFilter(guidePlane, inputPlane, options);
          assertClose(await filtered.read(), expected, tolerance, `${width} × ${height} ${content}`);
        }
      }
    }
  });
}

Deno.test("guidedFilter() keeps a flat input as it is, whatever guides it", async () => {
  const compute = await whole();
  const flat = { width: 40, height: 30, channels: 1, data: new Float32Array(1200).fill(0.3) };
  using guide = compute.upload(confidences(testImage(40, 30, 1, "random")));
  using input = compute.upload(flat);
  using filtered = guidedFilter(guide, input);
  assertClose(await filtered.read(), flat.data, 1e-6, "flat");
});

Deno.test("guidedFilter() smooths where the guide is flat and keeps the guide's edges", async () => {
  const compute = await whole();
  const data = Float32Array.from({ length: 32 * 32 }, (_, i) => i % 32 < 16 ? 0 : 1);
  const noisy = confidences(testImage(32, 32, 1, "random"));
  noisy.data = Float32Array.from(data, (value, i) => 0.8 * value + 0.2 * noisy.data[i]);
  using guide = compute.upload({ width: 32, height: 32, channels: 1, data });
  using input = compute.upload(noisy);
  using filtered = guidedFilter(guide, input, { epsilon: 1e-3 });
  const values = await filtered.read();
  for (const [i, value] of values.entries()) assert.ok(Math.abs(value - (data[i] ? 0.9 : 0.1)) < 0.05);
});

Deno.test("guidedFilter() refuses colour, unequal sizes, and radii and epsilons that are not positive", async () => {
  const compute = await whole();
  using plane = compute.upload(testImage(3, 3, 1, "random"));
  using colour = compute.upload(testImage(3, 3, 3, "random"));
  using wide = compute.upload(testImage(4, 3, 1, "random"));
  for (const [guide, input] of [[colour, plane], [colour, colour], [plane, colour], [plane, wide]]) {
    assert.throws(() => guidedFilter(guide, input), {
      name: "RangeError",
      message: /equal sizes and 1 channel/,
    });
  }
  for (const radius of [0, -1, 1.5, NaN]) {
    assert.throws(() => guidedFilter(plane, plane, { radius }), { name: "RangeError", message: /radius of/ });
  }
  for (const epsilon of [0, -1, NaN, Infinity]) {
    assert.throws(() => guidedFilter(plane, plane, { epsilon }), {
      name: "RangeError",
      message: /epsilon of/,
    });
  }
});
