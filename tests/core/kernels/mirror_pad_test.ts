import assert from "node:assert/strict";
import { mirrorPad } from "../../../core/kernels/mirror_pad.ts";
import { cutWindow } from "../../../core/sampling/cut_window.ts";
import { mirrorPadOracle } from "../../oracles/mirror_pad.ts";
import { sharedCompute, SIZES, testImage, testImages } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 2048 });

Deno.test("mirrorPad() equals the oracle at any size and content to the last bit, in bands too", async () => {
  for (const compute of [await whole(), await banded()]) {
    for (const channels of [1, 3]) {
      for (const image of testImages(channels)) {
        for (const [right, bottom] of [[0, 0], [1, 0], [0, 1], [15, 31]]) {
          const size = { width: image.width + right, height: image.height + bottom };
          using plane = compute.upload(image);
          using padded = mirrorPad(plane, size);
          assert.deepEqual(
            [padded.width, padded.height, padded.channels],
            [size.width, size.height, channels],
          );
          assert.deepEqual(
            Float64Array.from(await padded.read()),
            mirrorPadOracle(image, size),
            `${image.width} × ${image.height} × ${channels} ${image.content} to ${size.width} × ${size.height}`,
          );
        }
      }
    }
  }
});

Deno.test("mirrorPad() goes on from a single pixel and beyond several mirrors, and keeps what is no number", async () => {
  for (const compute of [await whole(), await banded()]) {
    for (const [width, height] of [[1, 1], [2, 1], [1, 3], [3, 2]]) {
      const data = Float32Array.from(
        { length: width * height * 3 },
        (_, i) => [NaN, -Infinity, 1e38, i][i % 4],
      );
      const image = { width, height, channels: 3, data };
      using plane = compute.upload(image);
      using padded = mirrorPad(plane, { width: 47, height: 53 });
      const expected = mirrorPadOracle(image, { width: 47, height: 53 });
      assert.deepEqual(await padded.read(), Float32Array.from(expected), `${width} × ${height}`);
    }
  }
});

Deno.test("mirrorPad() gives what cutWindow() cuts on the host", async () => {
  const compute = await whole();
  for (const [width, height] of SIZES) {
    const image = testImage(width, height, 3, "random");
    const [columns, rows] = [width, height].map((length) => 32 * Math.ceil(length / 32));
    const target = new Float32Array(columns * rows * 3);
    const data = Float32Array.from(image.data);
    cutWindow({ width, height, channels: 3, data }, { x: 0, y: 0, width: columns, height: rows }, { target });
    using plane = compute.upload(image);
    using padded = mirrorPad(plane, { width: columns, height: rows });
    assert.deepEqual(await padded.read(), target, `${width} × ${height}`);
  }
});

Deno.test("mirrorPad() refuses sides that are shorter or broken", async () => {
  const compute = await whole();
  using plane = compute.upload(testImage(9, 7, 1, "random"));
  for (const [width, height] of [[8, 7], [9, 6], [9.5, 7], [NaN, 7], [9, Infinity]]) {
    assert.throws(() => mirrorPad(plane, { width, height }), RangeError, `${width} × ${height}`);
  }
});
