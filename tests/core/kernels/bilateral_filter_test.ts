import assert from "node:assert/strict";
import { bilateralFilter, type BilateralFilterOptions } from "../../../core/kernels/bilateral_filter.ts";
import { bilateralFilterOracle } from "../../oracles/bilateral_filter.ts";
import { assertClose, sharedCompute, SIZES, testImage, testImages } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 8192 });
const DEFAULTS = {
  radius: 2,
  sigmaSpace: 120,
  sigmaRange: 120,
  window: "square",
  distance: "l2",
  round: false,
} as const;

/** Grey levels: float32 arithmetic and the adapters' exp2(), which OpenGL only asks to be good to 3 + 2|x| ulp. */
const TOLERANCE = 1e-3;

/** Small sizes for windows that are larger than the image and mirrored more than once. */
const SMALL = SIZES.filter(([width, height]) => width * height < 1000);

const VARIANTS: {
  title: string;
  options: BilateralFilterOptions;
  sizes?: readonly (readonly [number, number])[];
}[] = [
  { title: "with its defaults", options: {} },
  { title: "with the disc and the sum of absolute differences", options: { window: "disc", distance: "l1" } },
  { title: "with σ that distinguish places and values", options: { sigmaSpace: 1.5, sigmaRange: 25 } },
  { title: "with the smallest window", options: { radius: 1, sigmaRange: 40 } },
  { title: "with a window of 7 × 7", options: { radius: 3, sigmaSpace: 2, window: "disc" }, sizes: SMALL },
  {
    title: "with a window larger than the image",
    options: { radius: 9, sigmaSpace: 4, sigmaRange: 60 },
    sizes: SMALL,
  },
  {
    title: "with a disc larger than the image",
    options: { radius: 8, sigmaSpace: 4, window: "disc" },
    sizes: SMALL,
  },
];

for (const channels of [1, 3]) {
  for (const { title, options, sizes } of VARIANTS) {
    Deno.test(`bilateralFilter() equals the oracle ${title}, ${channels} channels, at any size and content`, async () => {
      for (const image of testImages(channels, sizes)) {
        const expected = bilateralFilterOracle(image, { ...DEFAULTS, ...options });
        for (const compute of [await whole(), await banded()]) {
          using plane = compute.upload(image);
          using filtered = bilateralFilter(plane, options);
          const message = `${image.width} × ${image.height} ${image.content}`;
          assertClose(await filtered.read(), expected, TOLERANCE, message);
        }
      }
    });
  }
}

Deno.test("bilateralFilter() rounds to integers", async () => {
  const compute = await whole();
  const image = testImage(33, 17, 3, "crack");
  using plane = compute.upload(image);
  using rounded = bilateralFilter(plane, { round: true });
  using exact = bilateralFilter(plane);
  const values = await rounded.read();
  assert.ok(values.every(Number.isInteger));
  assertClose(values, await exact.read(), 0.5 + TOLERANCE, "rounded");
});

Deno.test("bilateralFilter() leaves a flat image as it is, whatever its level", async () => {
  const compute = await whole();
  for (const level of [0, 0.1, 77.7, 255]) {
    using plane = compute.upload({
      width: 9,
      height: 6,
      channels: 1,
      data: new Float32Array(54).fill(level),
    });
    using filtered = bilateralFilter(plane);
    assertClose(await filtered.read(), new Float32Array(54).fill(level), 1e-4, `level ${level}`);
  }
});

Deno.test("bilateralFilter() keeps each value where σ is next to nothing, and averages where it is endless", async () => {
  const compute = await whole();
  const image = testImage(3, 1, 1, "random");
  using plane = compute.upload(image);
  using sharp = bilateralFilter(plane, { sigmaRange: 1e-30 });
  assertClose(await sharp.read(), image.data, 1e-4, "sharp");
  using mean = bilateralFilter(plane, { radius: 1, sigmaRange: Infinity, sigmaSpace: Infinity });
  const [a, b, c] = image.data;
  assertClose(await mean.read(), [(a + 2 * b) / 3, (a + b + c) / 3, (2 * b + c) / 3], 1e-4, "mean");
});

Deno.test("bilateralFilter() refuses channels, radii and σ that it cannot use", async () => {
  const compute = await whole();
  using pair = compute.create({ width: 1, height: 1, channels: 2 });
  assert.throws(() => bilateralFilter(pair), { name: "RangeError", message: /2 channels/ });
  using grey = compute.create({ width: 1, height: 1, channels: 1 });
  for (const radius of [0, -1, 1.5, NaN]) {
    assert.throws(() => bilateralFilter(grey, { radius }), { name: "RangeError", message: /radius/ });
  }
  for (const sigma of [0, -1, NaN]) {
    assert.throws(() => bilateralFilter(grey, { sigmaSpace: sigma }), {
      name: "RangeError",
      message: /sigmaSpace/,
    });
    assert.throws(() => bilateralFilter(grey, { sigmaRange: sigma }), {
      name: "RangeError",
      message: /sigmaRange/,
    });
  }
});
