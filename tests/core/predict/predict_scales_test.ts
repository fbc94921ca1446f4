import assert from "node:assert/strict";
import { resize } from "../../../core/kernels/resize.ts";
import { detailSpectrum, startingScale } from "../../../core/predict/detail_spectrum.ts";
import type { PhotoProgress } from "../../../core/photo_progress.ts";
import { predictImage } from "../../../core/predict/predict_image.ts";
import { predictAtScales } from "../../../core/predict/predict_scales.ts";
import { warningOf } from "../../../core/predict/warning.ts";
import { resizeOracle } from "../../oracles/resize.ts";
import { assertClose, opaque, sharedCompute, SIZES, testImage, testPhoto } from "../testing.ts";
import { fuseScalesOracle } from "../../oracles/fuse_scales.ts";
import { FakeSegmenter } from "./fake_segmenter.ts";

const device = sharedCompute();

function randomImage(width: number, height: number): ImageData {
  const { data } = testImage(width, height, 4, "random", width + height);
  return opaque(new ImageData(Uint8ClampedArray.from(data), width, height));
}

/** What FakeSegmenter says of an image at a size: its red, resampled, over 255. */
function redAt({ width, height, data }: ImageData, [w, h]: [number, number]): Float64Array {
  const red = Float32Array.from({ length: width * height }, (_, i) => data[4 * i]);
  return resizeOracle({ width, height, channels: 1, data: red }, { width: w, height: h, filter: "bilinear" })
    .map((value) => value / 255);
}

Deno.test("predictAtScales() joins what a network says at each scale, by the oracle, whole and in tiles", async () => {
  const compute = await device();
  for (const [width, height] of [[97, 130], [64, 64], [150, 71]] as const) {
    const image = randomImage(width, height);
    for (const start of [1, 0.5, 0.7, 1.5]) {
      for (const tile of [1024, 64]) {
        const segmenter = new FakeSegmenter();
        const { confidence, scales } = await predictAtScales(compute, image, {
          segmenter,
          tile,
          levels: 2,
          start,
          selectivity: 3,
        });
        const sizes = [start, start / 2]
          .map((scale): [number, number] => [Math.round(width * scale), Math.round(height * scale)])
          .filter((_, i) => i === 0 || Math.min(width, height) * start / 2 >= 32);
        const maps = sizes.map((size) => redAt(image, size));
        const { weights } = fuseScalesOracle(maps, 3);
        const fused = new Float64Array(width * height);
        for (const [l, [w, h]] of sizes.entries()) {
          const source = { width: w, height: h, channels: 1, data: Float32Array.from(maps[l]) };
          resizeOracle(source, { width, height, filter: "bilinear" })
            .forEach((value, i) => fused[i] += weights[l] * value);
        }
        const message = `${width} × ${height} from ${start} on in tiles of ${tile}`;
        assert.deepEqual(scales.map(({ scale }) => scale), sizes.map((_, l) => start / 2 ** l), message);
        assertClose(scales.map(({ weight }) => weight), weights, 1e-4, message);
        assertClose(confidence, fused, 1e-4, message);
      }
    }
  }
});

Deno.test("predictAtScales() at one scale, the photo's own, gives what predictImage() gives, to the last digit", async () => {
  const compute = await device();
  for (const [width, height] of SIZES) {
    const image = randomImage(width, height);
    const options = { segmenter: new FakeSegmenter({ reach: 1 }), tile: 32, overlap: 0, threshold: 0.4 };
    const { scales, warning, ...prediction } = await predictAtScales(compute, image, {
      ...options,
      levels: 1,
      start: 1,
    });
    assert.deepEqual(prediction, await predictImage(compute, image, options));
    assert.deepEqual(scales, [{ scale: 1, weight: 1 }]);
    assert.equal(warning, warningOf(prediction, { scales }));
  }
});

Deno.test("predictAtScales() hands on what the network says at each level", async () => {
  const compute = await device();
  const image = randomImage(97, 130);
  const levels: { scale: number; size: [number, number]; confidence: Float32Array }[] = [];
  await predictAtScales(compute, image, {
    segmenter: new FakeSegmenter(),
    tile: 64,
    levels: 2,
    start: 0.7,
    onLevel: async (map, scale) => {
      levels.push({ scale, size: [map.width, map.height], confidence: await map.read() });
    },
  });
  assert.deepEqual(levels.map(({ scale, size }) => [scale, size]), [[0.7, [68, 91]], [0.35, [34, 46]]]);
  for (const { size, confidence } of levels) assertClose(confidence, redAt(image, size), 1e-4, `${size}`);
});

Deno.test("predictAtScales() leaves out the coarsest levels until what is left is accepted, or one is", async () => {
  const compute = await device();
  const image = randomImage(140, 133);
  const options = { segmenter: new FakeSegmenter({ reach: 2 }), start: 1, selectivity: 2 };
  const seen: number[] = [];
  const refusing = (times: number) => ({
    ...options,
    levels: 3,
    accept: ({ crackPixels }: { readonly crackPixels: number }) => seen.push(crackPixels) > times,
  });
  for (const [times, left] of [[0, 3], [1, 2], [2, 1]]) {
    seen.length = 0;
    const { scales, warning: _, ...found } = await predictAtScales(compute, image, refusing(times));
    const { scales: wanted, warning: __, ...expected } = await predictAtScales(compute, image, {
      ...options,
      levels: left,
    });
    assert.deepEqual(found.confidence, expected.confidence, `${left} left`);
    assert.equal(found.crackPixels, expected.crackPixels);
    assert.deepEqual(scales.slice(0, left), wanted);
    assert.deepEqual(scales.slice(left).map(({ weight }) => weight), new Array(3 - left).fill(0));
    // The first level alone is not asked about.
    assert.equal(seen.length, Math.min(times + 1, 2));
  }
});

Deno.test("predictAtScales() leaves out levels that are too small, and takes single pixels and flat photos", async () => {
  const compute = await device();
  const scalesAt = async (width: number, height: number, doubt = /no detail/) => {
    const image = opaque(new ImageData(new Uint8ClampedArray(4 * width * height).fill(51), width, height));
    const segmenter = new FakeSegmenter();
    const { scales, confidence, warning } = await predictAtScales(compute, image, { segmenter });
    assert.ok(confidence.every((value) => Math.abs(value - 0.2) < 1e-6));
    assert.match(warning!, doubt);
    return scales.map(({ scale }) => scale);
  };
  assert.deepEqual(await scalesAt(1, 1, /1 × 1/), [1]);
  assert.deepEqual(await scalesAt(300, 63), [1]);
  assert.deepEqual(await scalesAt(64, 64), [1, 0.5]);
  assert.deepEqual(await scalesAt(128, 130), [1, 0.5, 0.25]);
  assert.deepEqual(await scalesAt(600, 520), [1, 0.5, 0.25, 0.125]);
});

Deno.test("startingScale() finds by how much a photo was enlarged, be it noisy", async () => {
  const compute = await device();
  using small = compute.upload(testImage(80, 64, 1, "crack", 4));
  for (const octaves of [0, 1, 2, 3]) {
    const [width, height] = [80 * 2 ** octaves, 64 * 2 ** octaves];
    using enlarged = resize(small, { width, height, filter: "lanczos3" });
    const large = await enlarged.read();
    const noise = testImage(width, height, 1, "random", 9).data;
    const data = new Uint8ClampedArray(4 * width * height);
    for (let i = 0; i < data.length; i++) {
      data[i] = large[Math.floor(i / 4)] + (noise[Math.floor(i / 4)] - 127.5) / 64;
    }
    const spectrum = await detailSpectrum(compute, new ImageData(data, width, height));
    // The small one is as sharp as its pixels allow, and shown larger than it is.
    const scale = octaves === 0 ? 1.5 : 2 ** -octaves;
    assert.equal(startingScale(spectrum, { width, height, enlargement: 1.5 }), scale, spectrum.join(", "));
  }
});

Deno.test("detailSpectrum() has no figure for a single row, and zeros for a flat photo", async () => {
  const compute = await device();
  const flat = (width: number, height: number) =>
    new ImageData(new Uint8ClampedArray(4 * width * height).fill(90), width, height);
  assert.deepEqual(await detailSpectrum(compute, flat(100, 1)), []);
  assert.deepEqual(await detailSpectrum(compute, flat(9, 20)), [0, 0, 0]);
  const size = { width: 480, height: 320, enlargement: 1.5 };
  assert.equal(startingScale([], size), 1);
  assert.equal(startingScale([0, 0, 0], size), 1);
  assert.equal(startingScale([3, 9, 30, 40], size), 0.25);
  // A fine octave that falls as noise does, below coarser ones that rise again, is grain; one that falls and is followed by less is detail.
  assert.equal(startingScale([6, 3, 2, 5, 14, 16], size), 0.125);
  assert.equal(startingScale([6, 5, 2, 5, 14, 16], size), 1);
  assert.equal(startingScale([90, 50, 30, 20], size), 1);
});

Deno.test("startingScale() enlarges a photo that is as sharp as its pixels allow, if it is small", () => {
  const sharp = [50, 48, 33, 20];
  for (
    const [width, height, scale] of [
      [1, 1, 1.5],
      [480, 320, 1.5],
      [640, 360, 1.25],
      [600, 600, 1],
      [4000, 3000, 1],
    ]
  ) assert.equal(startingScale(sharp, { width, height, enlargement: 1.5 }), scale, `${width} × ${height}`);
  const size = { width: 480, height: 320, enlargement: 1.5 };
  assert.equal(startingScale(sharp, { ...size, enlargement: 1.2 }), 1.2, "by less");
  assert.equal(startingScale(sharp, { ...size, enlargement: 1 }), 1, "not at all");
  assert.equal(startingScale([45, 48, 33, 20], size), 1, "a little soft");
  assert.equal(startingScale([50], size), 1, "of one octave");
  // White noise halves from octave to octave, whatever its strength.
  assert.equal(startingScale([50, 25, 12, 6], size), 1, "noise");
  assert.equal(startingScale([20, 18, 44, 50], size), 1, "fine detail is the least of it");
});

Deno.test("predictAtScales() looks at a sharp small photo enlarged", async () => {
  const compute = await device();
  const segmenter = new FakeSegmenter();
  const spectrum = [50, 48, 33, 20];
  const { scales } = await predictAtScales(compute, randomImage(96, 64), { segmenter, spectrum, levels: 2 });
  assert.deepEqual(scales.map(({ scale }) => scale), [1.5, 0.75]);
});

Deno.test("predictAtScales() refuses scales that cannot be", async () => {
  const compute = await device();
  const segmenter = new FakeSegmenter();
  for (
    const scales of [
      { levels: 0 },
      { levels: 1.5 },
      { start: 0 },
      { start: NaN },
      { start: Infinity },
      {
        selectivity: -1,
      },
      { enlargement: 0.9 },
      {
        enlargement: NaN,
      },
    ]
  ) {
    await assert.rejects(
      predictAtScales(compute, randomImage(9, 9), { segmenter, ...scales }),
      RangeError,
    );
  }
});

Deno.test("predictAtScales() and predictImage() tell of each tile, at all scales", async () => {
  const compute = await device();
  const image = testPhoto(100, 70, "crack");
  const segmenter = new FakeSegmenter();
  for (const [predict, total] of [[predictAtScales, 6 + 1], [predictImage, 6]] as const) {
    const told: PhotoProgress[] = [];
    await predict(compute, image, {
      ...{ segmenter, tile: 64, overlap: 32 },
      ...(predict === predictAtScales ? { start: 1, levels: 2 } : {}),
      onProgress: (progress) => told.push(progress),
    });
    assert.deepEqual(told, Array.from({ length: total }, (_, i) => ({ unit: "tile", done: i + 1, total })));
  }
});
