import assert from "node:assert/strict";
import { close, dilate, erode, type MorphologyOptions, open } from "../../../core/kernels/morphology.ts";
import { morphologyOracle } from "../../oracles/morphology.ts";
import { sharedCompute, SIZES, testImage, testImages } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 8192 });

/** Small sizes for repeated and large windows, whose oracle is slow. */
const SMALL = SIZES.filter(([width, height]) => width * height < 1000);

const WINDOWS: {
  title: string;
  options: MorphologyOptions;
  sizes?: readonly (readonly [number, number])[];
}[] = [
  { title: "3 × 3", options: {} },
  { title: "3 × 3 four times", options: { iterations: 4 }, sizes: SMALL },
  { title: "1 × 1", options: { size: 1 }, sizes: SMALL },
  { title: "5 × 5", options: { size: 5 }, sizes: SMALL },
  { title: "7 × 7 twice", options: { size: 7, iterations: 2 }, sizes: SMALL },
  { title: "a copy, no times", options: { iterations: 0 }, sizes: SMALL },
  { title: "35 × 35", options: { size: 35 }, sizes: SMALL },
  { title: "larger than any image", options: { size: 301 }, sizes: SMALL },
];

for (const [operation, apply] of [["erode", erode], ["dilate", dilate]] as const) {
  for (const channels of [1, 3]) {
    for (const { title, options, sizes } of WINDOWS) {
      Deno.test(`${operation}() equals the oracle, ${title}, ${channels} channels, at any size and content`, async () => {
        for (const image of testImages(channels, sizes)) {
          const expected = morphologyOracle(operation, image, options);
          for (const compute of [await whole(), await banded()]) {
            using plane = compute.upload(image);
            using result = apply(plane, options);
            assert.deepEqual(
              await result.read(),
              expected.data,
              `${image.width} × ${image.height} ${image.content}`,
            );
          }
        }
      });
    }
  }

  Deno.test(`${operation}() reaches as far as its window, at each length of line`, async () => {
    const compute = await whole();
    const [ground, spot] = operation === "erode" ? [1, 0] : [0, 1];
    for (const size of [3, 9, 31, 33, 35, 99, 163, 165, 167, 501, 825, 827]) {
      const line = { width: 1001, height: 1, channels: 1, data: new Float32Array(1001).fill(ground) };
      line.data[430] = spot;
      const expected = line.data.map((_, x) => Math.abs(x - 430) <= (size - 1) / 2 ? spot : ground);
      using across = compute.upload(line);
      using alongX = apply(across, { size });
      assert.deepEqual(await alongX.read(), expected, `a row and a window of ${size}`);
      using down = compute.upload({ ...line, width: 1, height: 1001 });
      using alongY = apply(down, { size });
      assert.deepEqual(await alongY.read(), expected, `a column and a window of ${size}`);
    }
  });
}

Deno.test("erode() in bands equals that of the whole, with windows built up in several passes", async () => {
  const image = testImage(40, 300, 1, "random");
  const small = await sharedCompute({ maxBindingBytes: 24000 })();
  for (const size of [3, 33, 63, 101, 167]) {
    using plane = (await whole()).upload(image);
    using eroded = erode(plane, { size });
    using again = small.upload(image);
    using inBands = erode(again, { size });
    assert.deepEqual(await inBands.read(), await eroded.read(), `window of ${size}`);
  }
});

Deno.test("open() and close() equal the oracle's erosions and dilations in turn", async () => {
  for (const image of testImages(1)) {
    for (const options of [{}, { size: 5 }, { iterations: 2 }]) {
      const opened = morphologyOracle("dilate", morphologyOracle("erode", image, options), options);
      const closed = morphologyOracle("erode", morphologyOracle("dilate", image, options), options);
      for (const compute of [await whole(), await banded()]) {
        const message = `${image.width} × ${image.height} ${image.content}`;
        using plane = compute.upload(image);
        using ours = open(plane, options);
        assert.deepEqual(await ours.read(), opened.data, `open, ${message}`);
        using theirs = close(plane, options);
        assert.deepEqual(await theirs.read(), closed.data, `close, ${message}`);
      }
    }
  }
});

Deno.test("erode(), dilate(), open() and close() refuse even windows and broken counts", async () => {
  const compute = await whole();
  using plane = compute.create({ width: 1, height: 1, channels: 1 });
  for (const apply of [erode, dilate, open, close]) {
    for (const size of [0, 2, -3, 2.5, NaN]) {
      assert.throws(() => apply(plane, { size }), { name: "RangeError", message: /window/ });
    }
    for (const iterations of [-1, 0.5, NaN]) {
      assert.throws(() => apply(plane, { iterations }), { name: "RangeError", message: /times/ });
    }
  }
});
