import assert from "node:assert/strict";
import { resize } from "../../../core/kernels/resize.ts";
import { resizeOracle } from "../../oracles/resize.ts";
import { assertClose, sharedCompute, SIZES, testImage } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 12_000 });
const FILTERS = ["lanczos3", "hamming", "bilinear", "nearest"] as const;

for (const filter of FILTERS) {
  Deno.test(`resize() equals the oracle with ${filter}, up and down, from any size to any`, async () => {
    const compute = await whole();
    for (const [fromWidth, fromHeight] of SIZES) {
      const image = testImage(fromWidth, fromHeight, 1, "random");
      using plane = compute.upload(image);
      for (const [width, height] of SIZES) {
        using resized = resize(plane, { width, height, filter });
        assert.deepEqual([resized.width, resized.height, resized.channels], [width, height, 1]);
        const expected = resizeOracle(image, { width, height, filter });
        const message = `${fromWidth} × ${fromHeight} to ${width} × ${height}`;
        assertClose(await resized.read(), expected, 2e-4, message);
      }
    }
  });

  Deno.test(`resize() with ${filter} shows the part in the box`, async () => {
    const compute = await whole();
    const image = testImage(33, 17, 2, "crack");
    using plane = compute.upload(image);
    const boxes = [[0, 0, 32.5, 16.25], [3.3, 4.7, 5.1, 5.9], [32, 0, 33, 17], [0.5, 1, 33, 2]] as const;
    for (const box of boxes) {
      for (const [width, height] of [[1, 1], [40, 3], [7, 29]]) {
        using resized = resize(plane, { width, height, filter, box });
        const expected = resizeOracle(image, { width, height, filter, box });
        assertClose(await resized.read(), expected, 2e-4, `[${box}] to ${width} × ${height}`);
      }
    }
  });

  Deno.test(`resize() with ${filter} gives single rows the values that they have in the whole`, async () => {
    const image = testImage(33, 67, 3, "crack");
    for (const [width, height] of [[40, 130], [9, 20], [35, 67]]) {
      for (const box of [undefined, [1.5, 0.25, 32, 66.5] as const]) {
        for (const compute of [await whole(), await banded()]) {
          using plane = compute.upload(image);
          using resized = resize(plane, { width, height, filter, box });
          const expected = await resized.read();
          for (const rows of [[0, 1], [3, 11], [height - 5, height], [0, height]] as const) {
            using part = resize(plane, { width, height, filter, box, rows });
            assert.deepEqual([part.width, part.height, part.channels], [width, rows[1] - rows[0], 3]);
            assert.deepEqual(await part.read(), expected.slice(rows[0] * width * 3, rows[1] * width * 3));
          }
        }
      }
    }
  });

  Deno.test(`resize() with ${filter} gives the same in bands`, async () => {
    const image = testImage(33, 67, 3, "crack");
    for (const [width, height] of [[101, 130], [9, 20], [33, 201], [7, 300]]) {
      const results = [];
      for (const compute of [await whole(), await banded()]) {
        using plane = compute.upload(image);
        using resized = resize(plane, { width, height, filter });
        results.push(await resized.read());
      }
      assert.deepEqual(results[1], results[0], `${width} × ${height}`);
    }
  });

  Deno.test(`resize() with ${filter} keeps a plane of its size and a flat one of any size`, async () => {
    const compute = await whole();
    const image = testImage(33, 17, 3, "random");
    using plane = compute.upload(image);
    using same = resize(plane, { width: 33, height: 17, filter });
    assert.deepEqual(await same.read(), image.data);

    using flat = compute.upload(testImage(9, 31, 1, "flat"));
    using resized = resize(flat, { width: 40, height: 3, filter });
    assertClose(await resized.read(), new Array(120).fill(131), 1e-4, "flat");
  });
}

Deno.test("resize() equals hand-computed values", async () => {
  const compute = await whole();
  using plane = compute.upload({ width: 2, height: 1, channels: 1, data: new Float32Array([0, 1]) });
  using up = resize(plane, { width: 4, height: 1, filter: "bilinear" });
  assertClose(await up.read(), [0, 0.25, 0.75, 1], 1e-7, "bilinear");
  using nearest = resize(plane, { width: 5, height: 1, filter: "nearest" });
  assertClose(await nearest.read(), [0, 0, 1, 1, 1], 0, "nearest");
});

Deno.test("resize() takes a box that ends at the border but for rounding errors", async () => {
  const compute = await whole();
  using plane = compute.upload(testImage(7, 7, 1, "random"));
  const options = { width: 20, height: 5, filter: "lanczos3" } as const;
  using exact = resize(plane, options);
  using rounded = resize(plane, { ...options, box: [0, 0, 7.000000000000001, 6.999999999999999] });
  assert.deepEqual(await rounded.read(), await exact.read());
});

Deno.test("resize() refuses empty sizes, boxes outside the plane and rows outside the result", async () => {
  const compute = await whole();
  using plane = compute.upload(testImage(8, 8, 1, "random"));
  const wrong = [
    { width: 0 },
    { height: 2.5 },
    { box: [0, 0, 9, 8] as const },
    { box: [-1, 0, 8, 8] as const },
    { box: [4, 0, 4, 8] as const },
    { box: [0, NaN, 8, 8] as const },
    { rows: [0, 5] as const },
    { rows: [-1, 2] as const },
    { rows: [2, 2] as const },
    { rows: [0.5, 2] as const },
    { rows: [NaN, 2] as const },
  ];
  for (const options of wrong) {
    assert.throws(
      () => resize(plane, { width: 4, height: 4, filter: "bilinear", ...options }),
      RangeError,
      JSON.stringify(options),
    );
  }
});
