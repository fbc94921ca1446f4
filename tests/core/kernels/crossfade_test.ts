import assert from "node:assert/strict";
import { crossfade } from "../../../core/kernels/crossfade.ts";
import { crossfadeOracle } from "../../oracles/crossfade.ts";
import { assertClose, sharedCompute, SIZES, testImage, testImages } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 1024 });

Deno.test("crossfade() equals the oracle at any size, place and content", async () => {
  for (const compute of [await whole(), await banded()]) {
    for (const image of testImages(1)) {
      const { width, height } = image;
      const around = testImage(width + 5, height + 9, 1, "random", 3);
      for (
        const [left, top, columns, rows] of [[0, 0, 0, 0], [5, 9, 7, 0], [2, 3, 0, 4], [1, 4, width, height]]
      ) {
        using source = compute.upload(image);
        using target = compute.upload(around);
        crossfade(target, { source, left, top, columns, rows });
        const expected = crossfadeOracle(around, { source: image, left, top, columns, rows });
        const message = `${width} × ${height} ${image.content} at ${left}, ${top}`;
        assertClose(await target.read(), expected, 1e-4, message);
      }
    }
  }
});

Deno.test("crossfade() leaves maps that agree as they are, to the last digit", async () => {
  const compute = await whole();
  for (const [width, height] of SIZES) {
    const data = Float32Array.from(testImage(width, height, 1, "random").data, (value) => value / 255);
    using target = compute.upload({ width, height, channels: 1, data });
    using source = compute.upload({ width, height, channels: 1, data });
    crossfade(target, { source, columns: width, rows: height });
    assert.deepEqual(await target.read(), data);
  }
});

Deno.test("crossfade() does not read what lies below its opaque part", async () => {
  const compute = await whole();
  using target = compute.upload({ width: 4, height: 1, channels: 1, data: new Float32Array(4).fill(NaN) });
  using source = compute.upload({ width: 3, height: 1, channels: 1, data: new Float32Array([1, 2, 3]) });
  crossfade(target, { source, left: 1 });
  assert.deepEqual([...await target.read()], [NaN, 1, 2, 3]);
});

Deno.test("crossfade() refuses a map that sticks out, and several channels", async () => {
  const compute = await whole();
  using target = compute.create({ width: 4, height: 4, channels: 1 });
  using source = compute.create({ width: 3, height: 3, channels: 1 });
  using colour = compute.create({ width: 3, height: 3, channels: 3 });
  assert.throws(() => crossfade(target, { source, left: 2 }), RangeError);
  assert.throws(() => crossfade(target, { source, top: -1 }), RangeError);
  assert.throws(() => crossfade(target, { source: colour }), RangeError);
});
