import assert from "node:assert/strict";
import type { DecodedPhoto, PhotoSource, PixelTruth } from "../../../core/sampling/decoded_photo.ts";
import { cropSampler } from "../../../core/sampling/random_crops.ts";

/** Photos in which red is the column, green the row and blue the photo; masks hold the sum of the three. */
function photos(...sizes: [width: number, height: number][]): PhotoSource<PixelTruth> {
  const all = sizes.map(([width, height], index): DecodedPhoto<PixelTruth> => {
    const pixels = new Uint8Array(width * height * 3), truth = new Uint8Array(width * height);
    for (let i = 0; i < truth.length; i++) {
      pixels.set([i % width, Math.floor(i / width), index], 3 * i);
      truth[i] = i % width + Math.floor(i / width) + index;
    }
    return { width, height, pixels, truth };
  });
  return { count: all.length, photo: (index) => all[index] };
}

Deno.test("cropSampler() cuts photo and mask alike, inside the photo, in all orientations", async () => {
  const sampler = await cropSampler(photos([20, 17], [9, 30]), { size: 8, batch: 16, seed: 5 });
  assert.deepEqual([sampler.stepsPerEpoch, sampler.cropsPerEpoch], [2, 32]);
  const slopes = new Set<string>(), corners = new Set<string>();
  for (let step = 0; step < 4; step++) {
    const { count, width, height, pixels, truth } = await sampler.batch(step);
    assert.deepEqual([count, width, height, pixels.length, truth.length], [16, 8, 8, 3072, 1024]);
    for (let i = 0; i < truth.length; i++) {
      assert.equal(truth[i], pixels[3 * i] + pixels[3 * i + 1] + pixels[3 * i + 2]);
    }
    for (let i = 0; i < count; i++) {
      const [x, y] = pixels.subarray(192 * i), [right] = pixels.subarray(192 * i + 3);
      const [, down] = pixels.subarray(192 * i + 24);
      slopes.add(`${right - x} ${down - y}`);
      corners.add(`${x} ${y}`);
    }
  }
  // Along a row columns rise, fall or stay (transposed); so do rows down a column.
  assert.deepEqual([...slopes].sort(), ["-1 -1", "-1 1", "0 0", "1 -1", "1 1"]);
  assert.ok(corners.size > 40, `${corners.size}`);
});

Deno.test("cropSampler() takes each photo in turn, as often as its area asks, and repeats itself to the bit", async () => {
  const source = photos([8, 8], [16, 16], [9, 8]);
  const open = () => cropSampler(source, { size: 8, batch: 7, seed: 2 });
  const sampler = await open();
  assert.equal(sampler.stepsPerEpoch, 1);
  const counts = [0, 0, 0];
  const { pixels, count } = await sampler.batch(6);
  for (let i = 0; i < count; i++) counts[pixels[192 * i + 2]]++;
  assert.deepEqual(counts, [1, 4, 2]);
  // Whatever was asked for before.
  const other = await open();
  await other.batch(9);
  await other.batch(2);
  assert.deepEqual(await other.batch(6), await sampler.batch(6));
  assert.notDeepEqual(await sampler.batch(5), await sampler.batch(6));
  assert.equal((await cropSampler(source, { size: 8, batch: 4, crops: 9, seed: 2 })).stepsPerEpoch, 3);
});

Deno.test("cropSampler() zooms by all factors up to the one given, photo and mask alike", async () => {
  const sampler = await cropSampler(photos([120, 110]), { size: 16, batch: 100, zoom: 3, seed: 4 });
  const { count, width, height, pixels, truth } = await sampler.batch(0);
  assert.deepEqual([count, width, height], [100, 16, 16]);
  const factors: number[] = [];
  for (let i = 0; i < count; i++) {
    const own = pixels.subarray(768 * i, 768 * (i + 1));
    // Red is the column: cut from z times as many pixels, it changes by z from pixel to pixel, along the row or down the column.
    const slope = (from: number, to: number) => Math.abs(own[3 * to] - own[3 * from]) / 9;
    factors.push(Math.max(slope(3 * 16 + 3, 3 * 16 + 12), slope(3 * 16 + 3, 12 * 16 + 3)));
    for (let k = 0; k < 256; k++) {
      // Both are rounded after they are interpolated, which is linear.
      assert.ok(Math.abs(truth[256 * i + k] - own[3 * k] - own[3 * k + 1]) <= 1.5, `crop ${i}, pixel ${k}`);
    }
  }
  const [least, most] = [Math.min(...factors), Math.max(...factors)];
  assert.ok(least > 0.2 && least < 0.45 && most > 2.4 && most < 3.1, `${least} ${most}`);
  assert.ok(Math.abs(factors.filter((factor) => factor > 1).length - 50) < 15, "as often up as down");

  const open = (options: object) => cropSampler(photos([9, 9]), { size: 8, batch: 1, seed: 1, ...options });
  await assert.rejects(open({ zoom: 0.5 }), /Cannot zoom crops by up to 0.5: a number from 1 on is wanted/);
  await assert.rejects(open({ size: "whole", zoom: 2 }), /Cannot zoom whole photos by up to 2: 1 is wanted/);
});

Deno.test("cropSampler() mirrors photos smaller than a crop", async () => {
  const sampler = await cropSampler(photos([3, 1]), { size: 8, batch: 2, seed: 1 });
  const { pixels } = await sampler.batch(0);
  assert.ok(pixels.every((value) => value <= 2));
});

Deno.test("cropSampler() takes whole photos, brought to a multiple", async () => {
  const one = await cropSampler(photos([20, 9], [5, 5]), { size: "whole", multiple: 8, batch: 1, seed: 1 });
  assert.equal(one.stepsPerEpoch, 2);
  const sizes = new Set<string>();
  for (let step = 0; step < 24; step++) {
    const { width, height } = await one.batch(step);
    sizes.add(`${width} × ${height}`);
  }
  assert.deepEqual([...sizes].sort(), ["16 × 24", "24 × 16", "8 × 8"]);
  const equal = await cropSampler(photos([20, 9], [20, 9]), { size: "whole", batch: 2, seed: 1 });
  for (let step = 0; step < 8; step++) {
    const { count, width, height } = await equal.batch(step);
    assert.deepEqual([count, width, height], [2, 20, 9]);
  }
  await assert.rejects(
    cropSampler(photos([20, 9], [5, 5]), { size: "whole", batch: 2, seed: 1 }),
    /Cannot put 2 whole photos into a batch: they are 20 × 9, 5 × 5, and one size is wanted/,
  );
  await assert.rejects(cropSampler(photos(), { size: 8, batch: 1, seed: 1 }), /there are 0 photos/);
});

Deno.test("cropSampler() draws places of which something is known, and gives ignored pixels no weight", async () => {
  const [width, height, side] = [40, 20, 8];
  const known = (i: number) => i % width >= width - 10;
  // Red says whether a pixel is known.
  const pixels = Uint8Array.from(
    { length: 3 * width * height },
    (_, i) => known(Math.floor(i / 3)) ? 255 : 0,
  );
  const weight = Uint8Array.from({ length: width * height }, (_, i) => known(i) ? 255 : 0);
  const partly = { width, height, pixels, truth: { truth: new Uint8Array(width * height), weight } };
  const source: PhotoSource<PixelTruth> = { count: 1, photo: () => partly };
  const sampler = await cropSampler(source, { size: side, batch: 32, crops: 32, seed: 5 });
  const batch = await sampler.batch(0);
  const weights = batch.weight ?? assert.fail("no weight");
  assert.deepEqual([...weights], Array.from(weights, (_, i) => batch.pixels[3 * i]));
  // A place at random shows something known in less than half of all cases; of eight places nearly always one does.
  const shown = Array.from({ length: 32 }, (_, i) => weights.subarray(i * side * side, (i + 1) * side * side))
    .filter((crop) => crop.includes(255)).length;
  assert.ok(shown >= 30, `${shown} of 32`);
  const whole = await cropSampler(photos([40, 20]), { size: side, batch: 4, seed: 5 });
  assert.equal((await whole.batch(0)).weight, undefined);
});
