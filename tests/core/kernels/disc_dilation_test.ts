import assert from "node:assert/strict";
import { discDilation } from "../../../core/kernels/disc_dilation.ts";
import { discDilationOracle } from "../../oracles/disc_dilation.ts";
import { sharedCompute, SIZES, testImage } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 24000 });

for (const radius of [0, 1, 2, 5]) {
  Deno.test(`discDilation() equals the oracle with a radius of ${radius}, at any size`, async () => {
    for (const [width, height] of SIZES) {
      for (const content of ["flat", "saturated", "random", "crack"] as const) {
        const image = testImage(width, height, 1, content);
        const expected = discDilationOracle(image, radius);
        for (const compute of [await whole(), await banded()]) {
          using plane = compute.upload(image);
          using dilated = discDilation(plane, radius);
          assert.deepEqual(await dilated.read(), expected, `${width} × ${height} ${content}`);
        }
      }
    }
  });
}

Deno.test("discDilation() makes a disc of a spot, of any radius", async () => {
  const width = 71, height = 53, x = 40, y = 20;
  const image = { width, height, channels: 1, data: new Float32Array(width * height) };
  image.data[y * width + x] = 1;
  for (const radius of [3, 9, 15, 16, 30]) {
    using plane = (await whole()).upload(image);
    using dilated = discDilation(plane, radius);
    const expected = image.data.map((_, i) =>
      Number((i % width - x) ** 2 + (Math.floor(i / width) - y) ** 2 <= radius ** 2)
    );
    assert.deepEqual(await dilated.read(), expected, `a radius of ${radius}`);
  }
});
