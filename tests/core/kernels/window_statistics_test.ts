import assert from "node:assert/strict";
import { windowStatistics } from "../../../core/kernels/window_statistics.ts";
import { windowStatisticsOracle } from "../../oracles/window_statistics.ts";
import { assertClose, sharedCompute, SIZES, testImage, testImages } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 16384 });

/** Small sizes for windows that are larger than the image, whose oracle is slow. */
const SMALL = SIZES.filter(([width, height]) => width * height < 1000);

for (const [windowSize, sizes] of [[1, SMALL], [3, SIZES], [9, SIZES], [33, SMALL], [101, SMALL]] as const) {
  Deno.test(`windowStatistics() equals the oracle with a window of ${windowSize}, at any size and content`, async () => {
    for (const image of testImages(1, sizes)) {
      const { mean, deviation } = windowStatisticsOracle(image, windowSize);
      for (const compute of [await whole(), await banded()]) {
        using plane = compute.upload(image);
        using statistics = windowStatistics(plane, windowSize);
        const values = await statistics.read();
        const message = `${image.width} × ${image.height} ${image.content}`;
        assertClose(values.filter((_, i) => i % 2 === 0), mean, 1e-4, `mean, ${message}`);
        assertClose(values.filter((_, i) => i % 2 === 1), deviation, 5e-4, `deviation, ${message}`);
      }
    }
  });
}

Deno.test("windowStatistics() finds a deviation of exactly 0 and the very value in flat images of any level", async () => {
  const compute = await whole();
  for (const level of [0, 0.1, 1 / 3, 77.7, 255, -4, 1e6]) {
    const data = new Float32Array(40 * 45).fill(level);
    using plane = compute.upload({ width: 40, height: 45, channels: 1, data });
    using statistics = windowStatistics(plane, 33);
    const values = await statistics.read();
    assert.ok(values.every((value, i) => value === (i % 2 === 0 ? data[0] : 0)), `level ${level}`);
  }
});

Deno.test("windowStatistics() keeps a small deviation apart from a large mean, beside saturated parts", async () => {
  const compute = await whole();
  // 254.99 and 255 in turn: what sums of squares in float32 would lose. Black at the right, beyond the reach of the left half.
  const image = testImage(70, 20, 1, "black");
  for (let i = 0; i < image.data.length; i++) {
    if (i % 70 < 50) image.data[i] = i % 2 === 0 ? 254.99 : 255;
  }
  const { mean, deviation } = windowStatisticsOracle(image, 15);
  using plane = compute.upload(image);
  using statistics = windowStatistics(plane, 15);
  const values = await statistics.read();
  for (let i = 0; i < mean.length; i++) {
    const tolerance = i % 70 < 40 ? 2e-5 : 5e-4;
    assertClose([values[2 * i]], [mean[i]], 1e-4, `mean ${i}`);
    assertClose([values[2 * i + 1]], [deviation[i]], tolerance, `deviation ${i}`);
  }
});

Deno.test("windowStatistics() refuses colour and even windows", async () => {
  const compute = await whole();
  using colour = compute.create({ width: 1, height: 1, channels: 3 });
  assert.throws(() => windowStatistics(colour, 3), { name: "RangeError", message: /3 channels/ });
  using grey = compute.create({ width: 1, height: 1, channels: 1 });
  for (const windowSize of [0, 2, 32, -1, 1.5, NaN]) {
    assert.throws(() => windowStatistics(grey, windowSize), { name: "RangeError", message: /odd/ });
  }
});
