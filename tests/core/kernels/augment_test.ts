import assert from "node:assert/strict";
import {
  augment,
  augmentationTable,
  defaultAugmentation,
  TABLE_WIDTH,
} from "../../../core/kernels/augment.ts";
import { augmentOracle } from "../../oracles/augment.ts";
import { assertClose, CONTENTS, sharedCompute, testImage } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 8192 });

const always = {
  jitter: { ...defaultAugmentation.jitter, probability: 1 },
  // A cosine as coarse as WGSL allows, 2⁻¹¹, makes 0.009 grey levels of it.
  gaussian: { probability: 1, sigma: 3 },
  multiplicative: { ...defaultAugmentation.multiplicative, probability: 1 },
};
const never = {
  jitter: { ...defaultAugmentation.jitter, probability: 0 },
  gaussian: { probability: 0, sigma: 3 },
  multiplicative: { ...defaultAugmentation.multiplicative, probability: 0 },
};

/** Mean, variance and kurtosis (3 for normal numbers). */
function moments(values: ArrayLike<number>): { mean: number; variance: number; kurtosis: number } {
  const about = (centre: number, power: number): number =>
    Array.from(values).reduce((sum, value) => sum + (value - centre) ** power, 0) / values.length;
  const mean = about(0, 1), variance = about(mean, 2);
  return { mean, variance, kurtosis: about(mean, 4) / variance ** 2 };
}

for (const [name, options] of Object.entries({ always, "by default": {} })) {
  Deno.test(`augment() equals the oracle to 0.01 grey levels, ${name}, at any size and content, in bands too`, async () => {
    for (const compute of [await whole(), await banded()]) {
      for (const [size, count] of [[1, 1], [1, 40], [3, 30], [7, 12], [25, 6]]) {
        for (const content of CONTENTS) {
          const image = testImage(size, size * count, 3, content);
          using patches = compute.upload(image);
          for (const [seed, step] of [[1, 0], [0xffffffff, 7]]) {
            using varied = augment(patches, { size, seed, step, options });
            const expected = augmentOracle(image.data, {
              ...defaultAugmentation,
              ...options,
              size,
              seed,
              step,
            });
            const message = `${count} of ${size} ${content}, seed ${seed}, step ${step}`;
            assertClose(await varied.read(), expected, 0.01, message);
          }
        }
      }
    }
  });
}

Deno.test("augment() leaves patches alone that nothing is to happen to", async () => {
  const compute = await whole();
  const image = testImage(16, 160, 3, "random");
  using patches = compute.upload(image);
  using same = augment(patches, { size: 16, seed: 3, step: 4, options: never });
  assert.deepEqual(await same.read(), image.data);
});

Deno.test("augment() repeats itself for a seed and step and for no other", async () => {
  const compute = await whole();
  using patches = compute.upload(testImage(16, 64, 3, "random"));
  const results = [];
  for (const [seed, step] of [[5, 6], [5, 6], [5, 7], [6, 6], [6, 5]]) {
    using varied = augment(patches, { size: 16, seed, step, options: always });
    results.push((await varied.read()).join());
  }
  assert.equal(results[0], results[1]);
  assert.equal(new Set(results).size, 4);
});

Deno.test("augment() adds noise that is normal, independent and of the drawn strength", async () => {
  const compute = await whole();
  const size = 128, count = 6;
  using patches = compute.upload(testImage(size, size * count, 3, "flat"));
  const options = { ...never, gaussian: always.gaussian };
  using varied = augment(patches, { size, seed: 11, step: 2, options });
  const values = await varied.read();
  const table = augmentationTable(count, { ...options, seed: 11, step: 2 });
  const pixels = size * size;
  const noises = Array.from(
    { length: count },
    (_, patch) => Array.from({ length: pixels }, (_, i) => values[(patch * pixels + i) * 3] - 131),
  );
  noises.forEach((noise, patch) => {
    const sigma = table[patch * TABLE_WIDTH + 8];
    assert.ok(sigma > 0 && sigma < 3, `sigma ${sigma}`);
    // Five standard errors each.
    const { mean, variance, kurtosis } = moments(noise);
    assert.ok(Math.abs(mean) < 5 * sigma / Math.sqrt(pixels), `mean ${mean}`);
    assert.ok(
      Math.abs(variance / sigma ** 2 - 1) < 5 * Math.sqrt(2 / pixels),
      `variance ${variance}, sigma ${sigma}`,
    );
    assert.ok(Math.abs(kurtosis - 3) < 5 * Math.sqrt(24 / pixels), `kurtosis ${kurtosis}`);
    const others = [noise.slice(1), noise.slice(size), noises[(patch + 1) % count]];
    others.forEach((other, i) => {
      const products = other.map((value, j) => value * noise[j]);
      const correlation = moments(products).mean / Math.sqrt(variance * moments(other).variance);
      assert.ok(Math.abs(correlation) < 5 / Math.sqrt(pixels), `correlation ${i} is ${correlation}`);
    });
    for (let i = 0; i < pixels; i += 97) {
      const at = (patch * pixels + i) * 3;
      assert.deepEqual(values.slice(at + 1, at + 3), values.slice(at, at + 2), "channels");
    }
  });
});

Deno.test("augmentationTable() draws each strength uniformly from its range, as often as asked for", () => {
  const count = 20_000;
  const table = augmentationTable(count, { ...defaultAugmentation, seed: 8, step: 0 });
  const column = (i: number): number[] =>
    Array.from({ length: count }, (_, patch) => table[patch * TABLE_WIDTH + i]);
  const factors = (operation: number): number[] =>
    Array.from({ length: count }, (_, patch) => {
      const row = table.subarray(patch * TABLE_WIDTH, (patch + 1) * TABLE_WIDTH);
      return row[[0, 2, 4].find((i) => row[i] === operation)! + 1];
    });
  const drawn: [string, number[], number, number, number, number][] = [
    ["brightness", factors(0), 1, 0.75, 0.8, 1.2],
    ["contrast", factors(1), 1, 0.75, 0.8, 1.2],
    ["saturation", factors(2), 1, 0.75, 0.8, 1.2],
    ["hue", column(7), 0, 0.75, -0.2, 0.2],
    ["sigma", column(8), 0, 0.3, 0, 2.55],
    ["factor", column(9), 1, 0.3, 0.75, 1.25],
  ];
  for (const [name, values, none, probability, low, high] of drawn) {
    const changed = values.filter((value) => value !== none);
    const share = changed.length / count;
    assert.ok(
      Math.abs(share - probability) < 5 * Math.sqrt(probability * (1 - probability) / count),
      `${name} ${share}`,
    );
    assert.ok(
      changed.every((value) => value > low - 1e-6 && value < high + 1e-6),
      `${name} leaves its range`,
    );
    const { mean, variance } = moments(changed);
    const spread = (high - low) ** 2 / 12;
    assert.ok(
      Math.abs(mean - (low + high) / 2) < 5 * Math.sqrt(spread / changed.length),
      `${name}: mean ${mean}`,
    );
    assert.ok(
      Math.abs(variance / spread - 1) < 5 * Math.sqrt(0.8 / changed.length),
      `${name}: variance ${variance}`,
    );
  }
});

Deno.test("augmentationTable() puts the four operations in each of their 24 orders equally often", () => {
  const count = 24_000;
  const table = augmentationTable(count, { ...defaultAugmentation, seed: 9, step: 1 });
  const orders = new Map<string, number>();
  for (let patch = 0; patch < count; patch++) {
    const row = table.subarray(patch * TABLE_WIDTH, (patch + 1) * TABLE_WIDTH);
    assert.deepEqual([row[0], row[2], row[4]].toSorted(), [0, 1, 2]);
    const order = [row[0], row[2], row[4], row[6]].join();
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  assert.equal(orders.size, 24);
  for (const [order, times] of orders) {
    assert.ok(Math.abs(times - 1000) < 5 * Math.sqrt(1000), `${order}: ${times}`);
  }
});

Deno.test("augment() refuses what is not a stack of colour patches, and seeds beyond 32 bits", async () => {
  const compute = await whole();
  using stack = compute.upload(testImage(8, 24, 3, "flat"));
  using grey = compute.upload(testImage(8, 24, 1, "flat"));
  assert.throws(() => augment(grey, { size: 8, seed: 0, step: 0 }), RangeError);
  assert.throws(() => augment(stack, { size: 7, seed: 0, step: 0 }), RangeError);
  assert.throws(() => augment(stack, { size: 24, seed: 0, step: 0 }), RangeError);
  for (const wrong of [-1, 0.5, 2 ** 32, NaN]) {
    assert.throws(() => augment(stack, { size: 8, seed: wrong, step: 0 }), RangeError);
    assert.throws(() => augment(stack, { size: 8, seed: 0, step: wrong }), RangeError);
  }
});

Deno.test("augment() varies rectangles as squares of the same memory", async () => {
  const compute = await whole();
  const { data } = testImage(4, 12, 3, "random");
  using squares = compute.upload({ width: 4, height: 12, channels: 3, data });
  using rectangles = compute.upload({ width: 8, height: 6, channels: 3, data });
  using expected = augment(squares, { size: 4, seed: 3, step: 5 });
  using actual = augment(rectangles, { size: 8, rows: 2, seed: 3, step: 5 });
  assert.deepEqual([actual.width, actual.height], [8, 6]);
  assert.deepEqual(await actual.read(), await expected.read());
  assert.throws(() => augment(rectangles, { size: 8, rows: 4, seed: 3, step: 5 }), RangeError);
});
