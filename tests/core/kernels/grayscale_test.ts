import assert from "node:assert/strict";
import { grayscale } from "../../../core/kernels/grayscale.ts";
import { grayscaleOracle } from "../../oracles/grayscale.ts";
import { assertClose, sharedCompute, testImages } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 2048 });
const BT601 = [0.299, 0.587, 0.114];

for (const channels of [3, 4]) {
  Deno.test(`grayscale() equals the oracle with ${channels} channels, at any size and content`, async () => {
    for (const compute of [await whole(), await banded()]) {
      for (const image of testImages(channels)) {
        if (image.width * channels * 4 > compute.maxBindingBytes - 256) continue;
        using plane = compute.upload(image);
        using grey = grayscale(plane);
        const message = `${image.width} × ${image.height} ${image.content}`;
        assertClose(await grey.read(), grayscaleOracle(image, BT601), 1e-4, message);
      }
    }
  });
}

Deno.test("grayscale() takes other weights", async () => {
  const compute = await whole();
  using plane = compute.upload({ width: 1, height: 1, channels: 3, data: new Uint8Array([10, 20, 30]) });
  using grey = grayscale(plane, { weights: [0, 0, 1] });
  assert.deepEqual([...await grey.read()], [30]);
});

Deno.test("grayscale() refuses a plane without colour", async () => {
  const compute = await whole();
  using plane = compute.upload({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) });
  assert.throws(() => grayscale(plane), RangeError);
});
