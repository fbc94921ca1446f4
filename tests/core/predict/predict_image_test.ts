import assert from "node:assert/strict";
import { predictImage } from "../../../core/predict/predict_image.ts";
import { layTiles } from "../../../core/predict/tiles.ts";
import { opaque, sharedCompute, SIZES, testImage } from "../testing.ts";
import { boxMean, FakeSegmenter } from "./fake_segmenter.ts";

const device = sharedCompute();
const narrow = sharedCompute({ maxBindingBytes: 8192 });

/** An image of random colours, and its red as a confidence. */
function randomImage(width: number, height: number): { image: ImageData; red: Float32Array<ArrayBuffer> } {
  const { data } = testImage(width, height, 4, "random", width + height);
  const image = opaque(new ImageData(Uint8ClampedArray.from(data), width, height));
  return { image, red: Float32Array.from({ length: width * height }, (_, i) => image.data[4 * i] / 255) };
}

Deno.test("layTiles() covers every pixel, with tiles that begin at multiples of 32 and share enough", () => {
  for (const [tile, overlap] of [[32, 0], [64, 32], [96, 32], [256, 128], [256, 64]]) {
    for (let length = 1; length < 1500; length += length < 300 ? 1 : 37) {
      const spans = layTiles(length, { tile, overlap });
      assert.equal(spans[0][0], 0);
      assert.equal(spans.at(-1)![1], length);
      const side = spans[0][1];
      for (const [i, [first, end]] of spans.entries()) {
        assert.equal(first % 32, 0);
        assert.ok(end - first <= tile && first < end);
        // No tile is much smaller than the others.
        if (length > tile) assert.ok(end - first > side - 32 && end - first <= side, `${length} in ${tile}`);
        if (i > 0) assert.ok(spans[i - 1][1] - first >= overlap, `${length} in ${tile} sharing ${overlap}`);
      }
      const least = Math.max(1, Math.ceil((length - overlap) / (tile - overlap)));
      assert.equal(spans.length, length <= tile ? 1 : least);
      // Shorter ones would not reach.
      const shorter = side - 32;
      assert.ok(spans.length === 1 || least * (shorter - overlap) + overlap < length, `${length} in ${tile}`);
    }
  }
});

Deno.test("layTiles() refuses tiles that cannot be", () => {
  for (const [tile, overlap] of [[0, 0], [48, 0], [64, 16], [64, 64], [64, -32], [NaN, 0], [64, 32.5]]) {
    assert.throws(() => layTiles(10, { tile, overlap }), RangeError, `${tile}, ${overlap}`);
  }
});

Deno.test("predictImage() shows an image of one tile's pixels at once", async () => {
  const compute = await device();
  for (const [width, height] of [...SIZES, [96, 96], [180, 33], [3, 270]]) {
    const { image, red } = randomImage(width, height);
    const segmenter = new FakeSegmenter();
    const prediction = await predictImage(compute, image, { segmenter, tile: 128 });
    assert.deepEqual(segmenter.shown, [[width, height]]);
    assert.deepEqual([prediction.width, prediction.height], [width, height]);
    assert.deepEqual(prediction.confidence, red);
    assert.deepEqual([...prediction.mask], [...red].map((value) => Number(value > 0.5)));
    assert.equal(prediction.crackPixels, prediction.mask.reduce((sum, value) => sum + value, 0));
  }
});

Deno.test("predictImage() gives the same in tiles where the network sees single pixels, to the last digit", async () => {
  for (const compute of [await device(), await narrow()]) {
    for (
      const [width, height, tile, overlap] of [
        [65, 64, 64, 32],
        [130, 97, 64, 32],
        [201, 67, 64, 0],
        [1, 700, 64, 32],
        [700, 3, 64, 32],
        [257, 301, 128, 32],
      ]
    ) {
      const { image, red } = randomImage(width, height);
      const segmenter = new FakeSegmenter();
      const { confidence } = await predictImage(compute, image, { segmenter, tile, overlap });
      assert.ok(segmenter.shown.length > 1);
      for (const [w, h] of segmenter.shown) assert.ok(w <= tile && h <= tile);
      assert.deepEqual(confidence, red, `${width} × ${height} in ${tile}`);
    }
  }
});

Deno.test("predictImage() shows no seam where a network looks around", async () => {
  const compute = await device();
  const [width, height, reach] = [230, 190, 3];
  const { image, red } = randomImage(width, height);
  const whole = boxMean(red, { width, height, reach });
  const [tile, overlap] = [96, 32];
  const { confidence } = await predictImage(compute, image, {
    segmenter: new FakeSegmenter({ reach }),
    tile,
    overlap,
  });
  // A tile lacks its surroundings within `reach` of its edges only, where it counts little; elsewhere nothing may differ.
  const edges = (length: number) =>
    layTiles(length, { tile, overlap }).flat().filter((at) => at > 0 && at < length);
  const near = (at: number, length: number) =>
    edges(length).some((edge) => at >= edge - reach && at < edge + reach);
  let [far, closest] = [0, 0];
  for (let i = 0; i < confidence.length; i++) {
    const difference = Math.abs(confidence[i] - whole[i]);
    if (near(i % width, width) || near(Math.floor(i / width), height)) {
      closest = Math.max(closest, difference);
    } else far = Math.max(far, difference);
  }
  assert.ok(far < 1e-6, `away from the edges of tiles it differs by ${far}`);
  assert.ok(closest > 1e-6 && closest < 0.02, `near the edges of tiles it differs by ${closest}`);

  // Without an overlap, the same network leaves seams.
  const cut = await predictImage(compute, image, {
    segmenter: new FakeSegmenter({ reach }),
    tile,
    overlap: 0,
  });
  assert.ok(Math.max(...cut.confidence.map((value, i) => Math.abs(value - whole[i]))) > 0.1);
});

Deno.test("predictImage() chooses tiles that the network takes, and takes another threshold", async () => {
  const compute = await device();
  const { image, red } = randomImage(150, 90);
  const segmenter = new FakeSegmenter({ most: 5000 });
  const { confidence, mask } = await predictImage(compute, image, { segmenter, threshold: 0.25 });
  assert.deepEqual(confidence, red);
  assert.deepEqual([...mask], [...red].map((value) => Number(value > 0.25)));
  assert.ok(segmenter.shown.every(([w, h]) => w <= 64 && h <= 64));
  const large = new FakeSegmenter();
  await predictImage(compute, image, { segmenter: large });
  assert.deepEqual(large.shown, [[150, 90]]);
});

Deno.test("predictImage() names tiles that fit where the memory is full, having tried them", async () => {
  const compute = await device();
  const { image } = randomImage(300, 200);
  const cases = [[undefined, "300 × 200"], [256, "256 × 200"]] as const;
  for (const [tile, size] of cases) {
    const segmenter = new FakeSegmenter({ most: 20000 });
    // pixelsAtOnce() promises more than predict() takes.
    segmenter.pixelsAtOnce = () => Promise.resolve(Infinity);
    await assert.rejects(predictImage(compute, image, { segmenter, tile }), (error) => {
      assert.ok(error instanceof RangeError);
      assert.match(
        error.message,
        new RegExp(
          `^Cannot predict ${size} pixels at once with redness: cannot allocate so much: the memory is full; tiles of 128 pixels fit\\.$`,
        ),
      );
      return true;
    });
    const [width, height] = segmenter.shown.at(-1)!;
    assert.deepEqual([width, height], [128, 128]);
    assert.equal((await predictImage(compute, image, { segmenter, tile: 128 })).width, 300);
  }
});

Deno.test("predictImage() reports what a network fails for, where no tile helps", async () => {
  const compute = await device();
  const { image } = randomImage(300, 200);
  const failure = new Error("Cannot do anything: it is broken.");
  const segmenter = new FakeSegmenter();
  segmenter.predict = () => Promise.reject(failure);
  await assert.rejects(predictImage(compute, image, { segmenter, tile: 64 }), (error) => error === failure);
});

Deno.test("predictImage() keeps a network that works on several tiles at a time busy, with the same result", async () => {
  const compute = await device();
  const { image } = randomImage(230, 190);
  const cut = { tile: 96, overlap: 32 };
  const alone = await predictImage(compute, image, { segmenter: new FakeSegmenter({ reach: 1 }), ...cut });
  const segmenter = new FakeSegmenter({ reach: 1 });
  let [busy, most] = [0, 0];
  const together = await predictImage(compute, image, {
    segmenter: {
      name: "several",
      pixelsAtOnce: () => segmenter.pixelsAtOnce(),
      picturesAtOnce: (_, pixels) => {
        assert.equal(pixels, 96 * 96);
        return Promise.resolve(2);
      },
      async predict(shown) {
        most = Math.max(most, ++busy);
        // Later tiles are ready first.
        await new Promise((resolve) => setTimeout(resolve, segmenter.shown.length % 2 === 0 ? 5 : 0));
        const map = await segmenter.predict(shown);
        busy--;
        return map;
      },
    },
    ...cut,
  });
  assert.deepEqual(together, alone);
  // Two at work and one that waits.
  assert.equal(most, 3);
});
