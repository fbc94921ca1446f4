import assert from "node:assert/strict";
import type { DecodedPhoto, PhotoSource, WeighedTruth } from "../../../core/sampling/decoded_photo.ts";
import { type CropMix, taughtCropSampler } from "../../../core/sampling/taught_crops.ts";

const NOTHING: CropMix = { labelled: 0, clear: 0, cracks: 0, joints: 0, crackedJoints: 0, distractors: 0 };
const SIZE = 32;

/** A grey photo with a labelled crack of half the weight down one column, unknown ground left of it and clear ground right of it. */
function photoWithCrack(width: number, height: number, column: number): DecodedPhoto<WeighedTruth> {
  const truth = new Uint8Array(width * height), weight = new Uint8Array(width * height);
  for (let i = 0; i < truth.length; i++) {
    const x = i % width;
    truth[i] = x === column ? 255 : 0;
    weight[i] = x === column ? 128 : x > column ? 255 : 0;
  }
  return { width, height, pixels: new Uint8Array(width * height * 3).fill(150), truth: { truth, weight } };
}

function clearPhoto(width: number, height: number): DecodedPhoto<WeighedTruth> {
  const truth = { truth: new Uint8Array(width * height), weight: new Uint8Array(width * height).fill(255) };
  return { width, height, pixels: new Uint8Array(width * height * 3).fill(150), truth };
}

function photos(...all: DecodedPhoto<WeighedTruth>[]): PhotoSource<WeighedTruth> {
  return { count: all.length, photo: (index) => all[index] };
}

const COMMON = { size: SIZE, batch: 4, crops: 40, zoom: [1, 1], seed: 3 } as const;

Deno.test("taughtCropSampler() shows a labelled crack in each crop that is to have one, with what it counts", async () => {
  const source = photos(clearPhoto(50, 40), photoWithCrack(90, 70, 44));
  const sampler = await taughtCropSampler(source, { ...COMMON, mix: { ...NOTHING, labelled: 1 } });
  assert.deepEqual([sampler.stepsPerEpoch, sampler.cropsPerEpoch], [10, 40]);
  for (let step = 0; step < 5; step++) {
    const { count, width, height, truth, weight = assert.fail() } = await sampler.batch(step);
    assert.deepEqual([count, width, height], [4, SIZE, SIZE]);
    for (let i = 0; i < count; i++) {
      const crop = truth.subarray(i * SIZE * SIZE, (i + 1) * SIZE * SIZE);
      // A whole row or column of it.
      assert.equal(crop.reduce((sum, value) => sum + value, 0), 255 * SIZE);
    }
    for (const [i, value] of truth.entries()) {
      if (value === 255) assert.equal(weight[i], 128);
      else assert.ok(weight[i] === 0 || weight[i] === 255);
    }
  }
});

Deno.test("taughtCropSampler() draws cracks whose truth is known on ground that is clear or unknown, and none elsewhere", async () => {
  const source = photos(photoWithCrack(64, 64, 20), clearPhoto(40, 60));
  const drawn = await taughtCropSampler(source, { ...COMMON, mix: { ...NOTHING, cracks: 1 } });
  let cracks = 0;
  for (let step = 0; step < 6; step++) {
    const { pixels, truth, weight = assert.fail() } = await drawn.batch(step);
    for (const [i, value] of truth.entries()) {
      // Drawn over unknown ground it is known nevertheless.
      if (value > 0) assert.ok(weight[i] >= Math.min(value, 128), `${weight[i]} of ${value}`);
      if (value === 255 && weight[i] === 255 && pixels[3 * i] < 140) cracks++;
    }
  }
  assert.ok(cracks > 500, `${cracks}`);
  for (const kind of ["joints", "distractors", "clear"] as const) {
    const sampler = await taughtCropSampler(photos(clearPhoto(40, 60)), {
      ...COMMON,
      mix: { ...NOTHING, [kind]: 1 },
    });
    let altered = 0;
    for (let step = 0; step < 6; step++) {
      const { pixels, truth } = await sampler.batch(step);
      assert.ok(truth.every((value) => value === 0), kind);
      for (const value of pixels) altered += Number(value !== 150);
    }
    assert.equal(altered > 0, kind !== "clear", `${kind}: ${altered}`);
  }
});

Deno.test("taughtCropSampler() takes kinds as often as their shares, at any zoom, and repeats itself to the bit", async () => {
  const source = photos(photoWithCrack(90, 70, 44), clearPhoto(33, 31), clearPhoto(1, 1));
  const mix: CropMix = { labelled: 1, clear: 3, cracks: 0, joints: 0, crackedJoints: 0, distractors: 0 };
  const open = () => taughtCropSampler(source, { ...COMMON, zoom: [0.25, 4], mix });
  const sampler = await open();
  let cracked = 0;
  for (let step = 0; step < 50; step++) {
    const { count, truth } = await sampler.batch(step);
    for (let i = 0; i < count; i++) {
      cracked += Number(truth.subarray(i * SIZE * SIZE, (i + 1) * SIZE * SIZE).some((value) => value > 0));
    }
  }
  // A quarter of 200 and the clear places beside the crack of the first photo; five deviations.
  assert.ok(cracked > 20 && cracked < 130, `${cracked}`);
  assert.deepEqual(await (await open()).batch(7), await sampler.batch(7));
});

Deno.test("taughtCropSampler() refuses shares that no photo can give", async () => {
  const of = (kind: keyof CropMix, ...all: DecodedPhoto<WeighedTruth>[]) =>
    taughtCropSampler(photos(...all), { ...COMMON, mix: { ...NOTHING, [kind]: 1 } });
  await assert.rejects(of("labelled", clearPhoto(9, 9)), {
    name: "RangeError",
    message: "Cannot draw crops with labelled cracks: no photo has one; at least 1 is wanted.",
  });
  const unknown = clearPhoto(9, 9);
  unknown.truth.weight.fill(0);
  await assert.rejects(of("joints", unknown), {
    name: "RangeError",
    message:
      "Cannot draw on crack-free ground: no photo has any that is known to be free of cracks; at least 1 is wanted.",
  });
});
