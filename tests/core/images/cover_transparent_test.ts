import assert from "node:assert/strict";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { coverTransparent } from "../../../core/images/cover_transparent.ts";
import { labelImage } from "../../../core/label/label_image.ts";
import { FakeClassifier } from "../label/fake_classifier.ts";
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
