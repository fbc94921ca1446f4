import assert from "node:assert/strict";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { coverTransparent } from "../../../core/images/cover_transparent.ts";
import { labelImage, paperLabeller } from "../../../core/label/label_image.ts";
import type { Labeller } from "../../../core/label/labeller.ts";
import { labellers } from "../../../core/label/labellers.ts";
import { predictImage } from "../../../core/predict/predict_image.ts";
import { predictAtScales } from "../../../core/predict/predict_scales.ts";
import { FakeClassifier } from "../label/fake_classifier.ts";
import { FakeSegmenter } from "../predict/fake_segmenter.ts";
import { random } from "./image_fixtures.ts";

/** An image of noise of which so large a share is transparent, and black there. */
function noise(width: number, height: number, { share, seed }: { share: number; seed: number }): ImageData {
  const next = random(seed);
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    if (next() < share) continue;
    image.data.set([next() * 256, next() * 256, next() * 256, 255], 4 * i);
  }
  return image;
}

Deno.test("coverTransparent() gives each transparent pixel the colour of a nearest opaque one, and clears maps there", () => {
  for (const [width, height] of [[1, 9], [9, 1], [13, 7], [8, 8]]) {
    const photo = noise(width, height, { share: 0.9, seed: width });
    photo.data.set([1, 2, 3, 255], 0);
    const { image, clear } = coverTransparent(photo);
    const colours = new Uint32Array(image.data.buffer), stored = new Uint32Array(photo.data.buffer);
    const opaque = [...stored.keys()].filter((i) => photo.data[4 * i + 3] === 255);
    const distance = (i: number, j: number) =>
      Math.abs(i % width - j % width) + Math.abs(Math.floor(i / width) - Math.floor(j / width));
    for (let i = 0; i < width * height; i++) {
      const nearest = Math.min(...opaque.map((j) => distance(i, j)));
      assert.ok(opaque.some((j) => distance(i, j) === nearest && stored[j] === colours[i]), `pixel ${i}`);
    }
    const map = new Float32Array(width * height).fill(1);
    clear(map);
    assert.deepEqual(map, Float32Array.from(map, (_, i) => Number(opaque.includes(i))));
  }
});

Deno.test("coverTransparent() leaves an opaque image as it is, and covers one without any opaque pixel", () => {
  const opaque = noise(5, 4, { share: 0, seed: 1 });
  assert.equal(coverTransparent(opaque).image, opaque);
  const { image, clear } = coverTransparent(new ImageData(3, 2));
  assert.deepEqual([...image.data], Array(24).fill(255));
  const map = Uint8Array.of(1, 1, 1, 1, 1, 1);
  clear(map);
  assert.deepEqual([...map], [0, 0, 0, 0, 0, 0]);
});

Deno.test("labelImage() finds no crack in transparent pixels, whatever colour they have, nor one at their edge", async () => {
  const [width, height] = [64, 48];
  const photo = (rim: readonly number[]) => {
    const image = new ImageData(width, height);
    for (let i = 0; i < width * height; i++) {
      const grey = 180 + i % 7;
      image.data.set(i % width < 20 ? rim : [grey, grey, grey, 255], 4 * i);
    }
    return image;
  };
  using compute = await openCompute();
  const label = (image: ImageData) => labelImage(compute, image, { classifier: new FakeClassifier() });
  const black = await label(photo([0, 0, 0, 0]));
  const white = await label(photo([255, 255, 255, 0]));
  assert.deepEqual(black.confidence, white.confidence);
  assert.ok(black.mask.every((value, i) => i % width >= 20 || value === 0));
});

/** Two photos that differ only in what lies under their transparent pixels, a rim and a hole, and which these are. */
function holed(
  width: number,
  height: number,
): { photos: [ImageData, ImageData]; transparent: (i: number) => boolean } {
  const next = random(9);
  const transparent = (i: number) => {
    const x = i % width, y = Math.floor(i / width);
    return x < width / 4 || (x - width / 2) ** 2 + (y - height / 2) ** 2 < 30;
  };
  const photos = [new ImageData(width, height), new ImageData(width, height)] as const;
  for (let i = 0; i < width * height; i++) {
    // A dark line crosses all.
    const shade = Math.abs(Math.floor(i / width) - height / 3) < 2 ? 30 + next() * 20 : 150 + next() * 60;
    for (const { data } of photos) {
      const stored = transparent(i)
        ? [next() * 256, next() * 256, next() * 256, next() * 127]
        : [shade, shade, shade, 255];
      data.set(stored, 4 * i);
    }
  }
  return { photos: [...photos], transparent };
}

Deno.test("No method and no network finds crack in transparent pixels, and their colours touch nothing else, stages included", async () => {
  const [width, height] = [72, 60];
  const { photos, transparent } = holed(width, height);
  using compute = await openCompute();
  const segmenter = new FakeSegmenter({ reach: 2 });
  const networks = { classifier: new FakeClassifier(), segmenter };
  const methods: Labeller[] = [
    ...Object.values(labellers).map((open) => open(compute, networks)),
    paperLabeller(compute, { ...networks, recipe: "reference" }),
  ];
  for (const method of methods) {
    const [label, other] = [
      await method.label(photos[0], { stages: true }),
      await method.label(photos[1], { stages: true }),
    ];
    assert.deepEqual(label, other, method.title);
    assert.ok(label.confidence.some((value, i) => !transparent(i) && value > 0), method.title);
    for (let i = 0; i < width * height; i++) {
      if (transparent(i)) {
        assert.deepEqual([label.confidence[i], label.mask[i]], [0, 0], `${method.title}, pixel ${i}`);
      }
    }
    assert.ok(label.stages.length > 0);
    for (const { key, data, channels, ...size } of label.stages) {
      for (let i = 0; i < size.width * size.height; i++) {
        const x = Math.floor((i % size.width + 0.5) * width / size.width);
        const y = Math.floor((Math.floor(i / size.width) + 0.5) * height / size.height);
        if (!transparent(y * width + x)) continue;
        for (let c = 0; c < channels; c++) {
          assert.equal(data[i * channels + c], 0, `${method.title}, ${key}, ${x}, ${y}`);
        }
      }
    }
  }
  for (const predict of [predictImage, predictAtScales]) {
    const [prediction, other] = [
      await predict(compute, photos[0], { segmenter }),
      await predict(compute, photos[1], { segmenter }),
    ];
    assert.deepEqual(prediction, other);
    assert.ok(prediction.confidence.some((value, i) => !transparent(i) && value > 0.5));
    assert.ok(prediction.confidence.every((value, i) => !transparent(i) || value === 0));
    assert.ok(prediction.mask.every((value, i) => !transparent(i) || value === 0));
  }
});
