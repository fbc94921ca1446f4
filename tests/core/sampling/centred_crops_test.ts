import assert from "node:assert/strict";
import { centredCropSampler } from "../../../core/sampling/centred_crops.ts";
import type { DecodedPhoto, PixelTruth } from "../../../core/sampling/decoded_photo.ts";

/** A photo whose red says how much crack a pixel is. */
function photoOf(
  width: number,
  height: number,
  crack: (x: number, y: number) => boolean,
): DecodedPhoto<Uint8Array> {
  const truth = Uint8Array.from(
    { length: width * height },
    (_, i) => crack(i % width, Math.floor(i / width)) ? 255 : 0,
  );
  const pixels = Uint8Array.from(
    { length: 3 * truth.length },
    (_, i) => i % 3 === 0 ? truth[i / 3] : i % 251,
  );
  return { width, height, pixels, truth };
}

function sourceOf(...photos: DecodedPhoto<PixelTruth>[]) {
  return { count: photos.length, photo: (index: number) => photos[index] };
}

const middleOf = (masks: Uint8Array, size: number) =>
  Array.from({ length: masks.length / size ** 2 }, (_, i) => masks[i * size ** 2 + (size ** 2 - 1) / 2]);

Deno.test("centredCropSampler() puts crack into the middle of one crop in four, and turns masks as it turns photos", async () => {
  const source = sourceOf(
    photoOf(31, 17, (x, y) => x === y),
    photoOf(5, 4, (x, y) => x === 1 && y === 3),
    photoOf(9, 1, () => false),
  );
  const sampler = await centredCropSampler(source, { size: 7, batch: 10, seed: 5 });
  assert.equal(sampler.stepsPerEpoch, 2, "5 × 3 + 1 + 2 crops cover the photos");
  assert.equal(sampler.cropsPerEpoch, 20);
  for (const step of [0, 1, 999]) {
    const { count, width, height, pixels, truth, weight } = await sampler.batch(step);
    assert.deepEqual([count, width, height, weight], [10, 7, 7, undefined]);
    assert.deepEqual(middleOf(truth, 7), [255, 0, 0, 0, 255, 0, 0, 0, 255, 0]);
    assert.deepEqual(truth, pixels.filter((_, i) => i % 3 === 0));
    assert.deepEqual(await sampler.batch(step), await sampler.batch(step));
  }
  assert.notDeepEqual((await sampler.batch(0)).pixels, (await sampler.batch(1)).pixels);
  const all = await centredCropSampler(source, { size: 7, batch: 4, crackEvery: 1, crops: 5, seed: 5 });
  assert.deepEqual(middleOf((await all.batch(3)).truth, 7), [255, 255, 255, 255]);
  assert.equal(all.cropsPerEpoch, 8);
});

Deno.test("centredCropSampler() leaves ignored pixels out of the middle, and passes on what counts", async () => {
  const { truth, ...photo } = photoOf(12, 12, (x) => x % 2 === 0);
  // Known are the rows in the upper half only.
  const weight = Uint8Array.from({ length: 144 }, (_, i) => i < 72 ? 255 : 0);
  const source = sourceOf({ ...photo, truth: { truth, weight } }, photoOf(3, 3, (x) => x === 0));
  const sampler = await centredCropSampler(source, { size: 3, batch: 40, seed: 1 });
  const batch = await sampler.batch(0);
  assert.ok(middleOf(batch.weight!, 3).every((value) => value === 255));
  assert.ok(batch.weight!.includes(0), "beside the middle there are ignored pixels");
});

Deno.test("centredCropSampler() refuses what it cannot draw from in one sentence", async () => {
  const some = sourceOf(photoOf(5, 5, (x) => x === 0));
  for (const size of [0, 4, 2.5, -3]) {
    await assert.rejects(() => centredCropSampler(some, { size, batch: 1, seed: 0 }), {
      name: "RangeError",
      message: `Cannot centre crops of ${size} pixels: an odd number is wanted.`,
    });
  }
  for (const [crack, missing] of [[false, "a crack pixel"], [true, "a pixel without crack"]] as const) {
    await assert.rejects(
      () => centredCropSampler(sourceOf(photoOf(5, 5, () => crack)), { size: 3, batch: 1, seed: 0 }),
      {
        name: "RangeError",
        message:
          `Cannot draw crops with crack in their middle and without: none of the 1 photos has ${missing}.`,
      },
    );
  }
  await assert.rejects(
    () => centredCropSampler(sourceOf(), { size: 3, batch: 1, seed: 0 }),
    /none of the 0 photos/,
  );
});
