import assert from "node:assert/strict";
import { firstNonFinite } from "../../core/finite.ts";
import type { Plane } from "../../core/gpu/compute.ts";
import { labelImage } from "../../core/label/label_image.ts";
import { predictImage } from "../../core/predict/predict_image.ts";
import { predictAtScales } from "../../core/predict/predict_scales.ts";
import { FakeClassifier } from "./label/fake_classifier.ts";
import { FakeSegmenter } from "./predict/fake_segmenter.ts";
import { sharedCompute, testImage } from "./testing.ts";

const device = sharedCompute();

/** A plane like another, its last value replaced. */
async function spoilt(plane: Plane, value: number): Promise<Plane> {
  using whole = plane;
  const data = await whole.read();
  data[data.length - 1] = value;
  const { width, height, channels } = whole;
  return whole.compute.upload({ width, height, channels, data });
}

/** Gives NaN for the last pixel of an image. */
class DamagedSegmenter extends FakeSegmenter {
  override async predict(image: Plane): Promise<Plane> {
    return await spoilt(await super.predict(image), NaN);
  }
}

/** Gives infinity for the last patch. */
class DamagedClassifier extends FakeClassifier {
  override async scorePatches(patches: Plane, size: number): Promise<Plane> {
    return await spoilt(await super.scorePatches(patches, size), Infinity);
  }
}

function randomImage(): ImageData {
  return new ImageData(Uint8ClampedArray.from(testImage(150, 140, 4, "random", 3).data), 150, 140);
}

Deno.test("firstNonFinite() finds NaN and infinities, and nothing in the largest numbers", () => {
  assert.equal(firstNonFinite([0, -Infinity, NaN]), -Infinity);
  assert.ok(Number.isNaN(firstNonFinite([1, NaN])));
  assert.equal(firstNonFinite([Number.MAX_VALUE, -0, Number.MIN_VALUE]), undefined);
  assert.equal(firstNonFinite([]), undefined);
});

Deno.test("predictImage() and predictAtScales() refuse what a network gives if one value of it is NaN", async () => {
  const compute = await device();
  const image = randomImage();
  const refused = { name: "RangeError", message: /^Cannot use what .+ gives: NaN is among its outputs/ };
  await assert.rejects(predictImage(compute, image, { segmenter: new DamagedSegmenter() }), refused);
  await assert.rejects(
    predictAtScales(compute, image, { segmenter: new DamagedSegmenter(), levels: 2, start: 1 }),
    refused,
  );
});

Deno.test("labelImage() refuses an infinite score", async () => {
  const compute = await device();
  const refused = { name: "RangeError", message: /^Cannot use what darkest pixel gives: Infinity is among/ };
  const classifier = new DamagedClassifier();
  await assert.rejects(labelImage(compute, randomImage(), { classifier }), refused);
});
