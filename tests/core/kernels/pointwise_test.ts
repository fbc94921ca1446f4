import assert from "node:assert/strict";
import type { PlaneSource } from "../../../core/gpu/compute.ts";
import {
  binarise,
  geometricMean,
  lesser,
  localise,
  mean,
  multiply,
  normalise,
  scale,
  subtract,
} from "../../../core/kernels/pointwise.ts";
import { assertClose, sharedCompute, SIZES, testImage, testImages } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 2048 });

/** Both devices with every test image of `channels` channels and a second, random one of its shape, values 0..1. */
async function* pairs(channels: number) {
  for (const compute of [await whole(), await banded()]) {
    for (const image of testImages(channels)) {
      if (image.width * channels * 4 > compute.maxBindingBytes - 256) continue;
      const [a, b] = [image, testImage(image.width, image.height, channels, "random", 77)].map((source) => ({
        ...source,
        data: Float32Array.from(source.data, (value) => value / 255),
      }));
      yield { compute, a, b, message: `${image.width} × ${image.height} × ${channels} ${image.content}` };
    }
  }
}

const map = ({ data }: PlaneSource, formula: (value: number, i: number) => number): Float64Array =>
  Float64Array.from(data, formula);

Deno.test("localise() keeps the means above the threshold, at any size and content", async () => {
  for await (const { compute, a, b, message } of pairs(1)) {
    using planeA = compute.upload(a);
    using planeB = compute.upload(b);
    for (const threshold of [undefined, 0.3]) {
      using kept = localise(planeA, planeB, { threshold });
      const expected = map(a, (value, i) => {
        // Both the mean and the threshold as the device has them.
        const mean = Math.fround((value + b.data[i]) / 2);
        return mean > Math.fround(threshold ?? 0.5) ? mean : 0;
      });
      assertClose(await kept.read(), expected, 1e-6, message);
    }
  }
});

Deno.test("localise() gives 0 at the threshold itself", async () => {
  const compute = await whole();
  using a = compute.upload({ width: 3, height: 1, channels: 1, data: new Float32Array([0, 0.25, 1]) });
  using b = compute.upload({ width: 3, height: 1, channels: 1, data: new Float32Array([1, 0.875, 1]) });
  using kept = localise(a, b);
  assert.deepEqual([...await kept.read()], [0, 0.5625, 1]);
});

Deno.test("mean(), geometricMean() and lesser() equal the means and the minimum, at any size and content", async () => {
  for await (const { compute, a, b, message } of pairs(1)) {
    using planeA = compute.upload(a);
    using planeB = compute.upload(b);
    using least = lesser(planeA, planeB);
    assertClose(await least.read(), map(a, (value, i) => Math.min(value, b.data[i])), 1e-7, message);
    using arithmetic = mean(planeA, planeB);
    assertClose(await arithmetic.read(), map(a, (value, i) => (value + b.data[i]) / 2), 1e-7, message);
    using geometric = geometricMean(planeA, planeB);
    assertClose(await geometric.read(), map(a, (value, i) => Math.sqrt(value * b.data[i])), 2e-6, message);
  }
});

Deno.test("multiply() equals the product, at any size and content", async () => {
  for (const channels of [1, 3]) {
    for await (const { compute, a, b, message } of pairs(channels)) {
      using planeA = compute.upload(a);
      using planeB = compute.upload(b);
      using product = multiply(planeA, planeB);
      assertClose(await product.read(), map(a, (value, i) => value * b.data[i]), 1e-7, message);
    }
  }
});

Deno.test("subtract() equals the difference, at any size and content", async () => {
  for (const channels of [1, 3]) {
    for await (const { compute, a, b, message } of pairs(channels)) {
      using planeA = compute.upload(a);
      using planeB = compute.upload(b);
      using difference = subtract(planeA, planeB);
      assertClose(await difference.read(), map(a, (value, i) => value - b.data[i]), 1e-7, message);
    }
  }
});

Deno.test("scale() multiplies, cuts to a range and rounds, at any size and content", async () => {
  for await (const { compute, a, message } of pairs(1)) {
    using plane = compute.upload(a);
    using scaled = scale(plane, 255);
    assertClose(await scaled.read(), map(a, (value) => value * 255), 1e-4, message);
    using cut = scale(plane, 300, { clamp: [20, 255] });
    assertClose(await cut.read(), map(a, (value) => Math.min(Math.max(value * 300, 20), 255)), 1e-4, message);
    using bytes = scale(plane, 255, { clamp: [0, 255], round: true });
    assertClose(await bytes.read(), map(a, (value) => Math.round(value * 255)), 0, message);
  }
});

Deno.test("scale() rounds halves to the even neighbour", async () => {
  const compute = await whole();
  const data = new Float32Array([0.25, 0.75, 1.25, 1.3, 300, -300]);
  using plane = compute.upload({ width: 6, height: 1, channels: 1, data });
  using bytes = scale(plane, 2, { round: true, clamp: [0, 255] });
  assert.deepEqual([...await bytes.read()], [0, 2, 2, 3, 255, 0]);
});

Deno.test("binarise() gives 1 above the threshold only, at any size and content", async () => {
  for await (const { compute, a, message } of pairs(1)) {
    using plane = compute.upload(a);
    for (const threshold of [undefined, 0.5]) {
      using mask = binarise(plane, { threshold });
      assertClose(await mask.read(), map(a, (value) => Number(value > (threshold ?? 0))), 0, message);
    }
  }
});

Deno.test("normalise() divides by the one maximum, at any size and content", async () => {
  for await (const { compute, a, message } of pairs(1)) {
    using plane = compute.upload(a);
    for (const max of [2, 0, -1]) {
      using maximum = compute.upload({ width: 1, height: 1, channels: 1, data: new Float32Array([max]) });
      using normalised = normalise(plane, maximum);
      assertClose(await normalised.read(), map(a, (value) => max > 0 ? value / max : 0), 1e-7, message);
    }
  }
});

Deno.test("formulas of two planes refuse those of different shapes", async () => {
  const compute = await whole();
  for (const [width, height] of SIZES.slice(1)) {
    using a = compute.upload(testImage(width, height, 1, "flat"));
    using b = compute.upload(testImage(height + 1, width, 1, "flat"));
    for (const combine of [multiply, subtract, lesser, localise, mean, geometricMean]) {
      assert.throws(() => combine(a, b), RangeError);
    }
  }
});
