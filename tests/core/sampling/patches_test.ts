import assert from "node:assert/strict";
import { randomStream } from "../../../core/random.ts";
import { cutSquare, type HostPixels, ORIENTATIONS } from "../../../core/sampling/cut_window.ts";
import {
  crackPixels,
  type DecodedPhoto,
  type PatchTruth,
  type PhotoSource,
} from "../../../core/sampling/decoded_photo.ts";
import { crackOf, cutPatches, patchShowsCrack, showsCrack } from "../../../core/sampling/patches.ts";
import { randomSampler } from "../../../core/sampling/random_patches.ts";
import { gridPatches, gridSampler, gridStarts } from "../../../core/sampling/training_grid.ts";
import { seeded } from "../testing.ts";

/** A photo whose red and green are the column and row of a pixel, blue its number, with a mask. */
function photo(
  width: number,
  height: number,
  isCrack: (x: number, y: number) => boolean,
): DecodedPhoto<PatchTruth> {
  const mask = new Uint8Array(width * height);
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      mask[i] = isCrack(x, y) ? 255 : 0;
      pixels.set([x, y, i % 251], i * 3);
    }
  }
  return { width, height, pixels, truth: crackPixels(mask) };
}

function sourceOf(...photos: DecodedPhoto<PatchTruth>[]): PhotoSource<PatchTruth> {
  return { count: photos.length, photo: (index) => photos[index] };
}

function imageOf({ width, height, pixels }: DecodedPhoto<PatchTruth>): HostPixels<Uint8Array> {
  return { width, height, channels: 3, data: pixels };
}

/** Reads a patch pixel by pixel: mirrored where outside, flipped, turned, in the order that the orientation's bits say. */
function slowPatch(
  source: DecodedPhoto<PatchTruth>,
  place: { x: number; y: number; size: number },
  orientation: number,
): number[] {
  const mirror = (i: number, n: number): number =>
    n === 1 ? 0 : i < 0 ? mirror(-i, n) : i >= n ? mirror(2 * (n - 1) - i, n) : i;
  const window = Array.from({ length: place.size }, (_, v) =>
    Array.from({ length: place.size }, (_, u) => {
      const i = mirror(place.y + v, source.height) * source.width + mirror(place.x + u, source.width);
      return [...source.pixels.subarray(i * 3, i * 3 + 3)];
    }));
  if (orientation & 1) { for (const row of window) row.reverse(); }
  if (orientation & 2) window.reverse();
  const turned = orientation & 4 ? window.map((_, v) => window.map((row) => row[v])) : window;
  return turned.flat(2);
}

Deno.test("cutSquare() cuts, mirrors and turns as the slow way does, in all orientations and at odd places", () => {
  for (const [width, height] of [[1, 1], [1, 7], [7, 1], [3, 5], [12, 9]]) {
    const source = photo(width, height, () => false);
    for (const place of [{ x: 0, y: 0, size: 1 }, { x: -3, y: 2, size: 5 }, { x: 5, y: -8, size: 11 }]) {
      for (const orientation of ORIENTATIONS) {
        const target = new Uint8Array(place.size ** 2 * 3);
        cutSquare(imageOf(source), place, { orientation, target });
        assert.deepEqual(
          [...target],
          slowPatch(source, place, orientation),
          `${width} × ${height}, ${orientation}`,
        );
      }
    }
  }
});

Deno.test("cutSquare() gives eight different images of an asymmetric patch", () => {
  const source = photo(9, 9, () => false);
  const images = ORIENTATIONS.map((orientation) => {
    const target = new Uint8Array(9 * 9 * 3);
    cutSquare(imageOf(source), { x: 0, y: 0, size: 9 }, { orientation, target });
    return target.join();
  });
  assert.equal(new Set(images).size, 8);
});

Deno.test("patchShowsCrack() counts as the mask does, at any place", () => {
  const random = seeded(5);
  const source = photo(33, 17, () => random() < 0.01);
  const { truth } = source;
  assert.ok(typeof truth !== "boolean");
  const found = new Set<boolean>();
  for (let y = -4; y < 18; y++) {
    for (let x = -4; x < 34; x++) {
      const expected: boolean = crackOf(truth).some((i: number) => {
        const column = i % 33, row = Math.floor(i / 33);
        return column >= x && column < x + 5 && row >= y && row < y + 5;
      });
      assert.equal(patchShowsCrack(source, { x, y, size: 5 }), expected, `${x}, ${y}`);
      found.add(expected);
    }
  }
  assert.equal(found.size, 2);
  assert.equal(showsCrack(source), true);
  assert.equal(showsCrack(photo(3, 3, () => false)), false);
});

Deno.test("gridStarts() covers every pixel and stays inside, or centres a patch that is too large", () => {
  for (const length of [1, 5, 31, 32, 33, 48, 100, 320]) {
    const starts = gridStarts(length, { size: 32, stride: 16 });
    if (length <= 32) {
      assert.equal(starts.length, 1);
      const before = -starts[0], after = starts[0] + 32 - length;
      assert.ok(before >= 0 && Math.abs(before - after) <= 1, `${length}: ${before} before, ${after} after`);
      continue;
    }
    const covered = new Set(starts.flatMap((start) => Array.from({ length: 32 }, (_, i) => start + i)));
    assert.equal(covered.size, length);
    assert.ok(Math.min(...covered) === 0 && Math.max(...covered) === length - 1);
  }
  assert.deepEqual(gridStarts(320, { size: 128, stride: 64 }), [0, 64, 128, 192]);
});

Deno.test("gridSampler() shows every patch in every orientation once an epoch, in another order in the next", async () => {
  const source = sourceOf(photo(10, 6, (x) => x === 0), photo(5, 9, () => false));
  const patches = await gridPatches(source, { size: 4, stride: 3 });
  assert.equal(patches.length, 3 * 2 + 2 * 3);
  assert.deepEqual(
    [...new Set(patches.filter(({ crack }) => crack).map(({ photo, x }) => `${photo} ${x}`))],
    ["0 0"],
  );
  const sampler = gridSampler(source, patches, { batch: 7, seed: 3 });
  assert.equal(sampler.patchesPerEpoch, 96);
  assert.equal(sampler.stepsPerEpoch, 14);
  const seen = async (epoch: number) => {
    const all: string[] = [];
    for (let step = 0; step < 14; step++) {
      const { pixels, crack, count } = await sampler.batch(epoch * 14 + step);
      assert.equal(count, step < 13 ? 7 : 5);
      for (let i = 0; i < count; i++) {
        all.push(`${crack[i]}: ${pixels.subarray(i * 48, (i + 1) * 48).join()}`);
      }
    }
    return all;
  };
  const first = await seen(0), second = await seen(1);
  const expected: string[] = [];
  for (const patch of patches) {
    for (const orientation of ORIENTATIONS) {
      const { pixels, crack } = await cutPatches(source, [{ ...patch, orientation }]);
      expected.push(`${crack[0]}: ${pixels.join()}`);
    }
  }
  assert.deepEqual([...first].sort(), expected.sort());
  assert.deepEqual([...second].sort(), expected);
  assert.notDeepEqual(first, second);
});

Deno.test("gridSampler() gives the batch of a step by the seed and the step alone", async () => {
  const source = sourceOf(photo(40, 30, (x, y) => x === y));
  const patches = await gridPatches(source, { size: 8, stride: 4 });
  const batch = async (seed: number, step: number) =>
    (await gridSampler(source, patches, { batch: 4, seed }).batch(step)).pixels.join();
  assert.equal(await batch(1, 5), await batch(1, 5));
  assert.notEqual(await batch(1, 5), await batch(2, 5));
  assert.notEqual(await batch(1, 5), await batch(1, 6));
});

const CRACKED = photo(60, 50, (x, y) => Math.abs(x - 30 - Math.round(4 * Math.sin(y / 5))) < 2);

Deno.test("randomSampler() draws half the patches with crack, by the rule of one pixel, at every size", async () => {
  const source = sourceOf(CRACKED, photo(40, 70, (x, y) => x === 3 && y === 60), photo(24, 9, () => false));
  const sampler = await randomSampler(source, { sizes: [5, 8, 16], batch: 8, patches: 60, seed: 2 });
  assert.equal(sampler.stepsPerEpoch, 8);
  assert.equal(sampler.patchesPerEpoch, 64);
  const sizes = new Set<number>();
  for (let step = 0; step < 40; step++) {
    const { size, count, crack, pixels } = await sampler.batch(step);
    sizes.add(size);
    assert.deepEqual([...crack], [1, 0, 1, 0, 1, 0, 1, 0]);
    for (let i = 0; i < count; i++) {
      // The pixels say where they came from: column in red, row in green; the third photo is 9 pixels high.
      const own = pixels.subarray(i * size * size * 3, (i + 1) * size * size * 3);
      const places = Array.from(
        { length: size * size },
        (_, k) => [own[k * 3], own[k * 3 + 1], own[k * 3 + 2]],
      );
      const photos = [CRACKED, await source.photo(1)].filter((candidate) =>
        places.every(([x, y, b]) => x < candidate.width && (y * candidate.width + x) % 251 === b)
      );
      const shows = photos.some(({ width, truth }) =>
        typeof truth !== "boolean" && places.some(([x, y]) => crackOf(truth).includes(y * width + x))
      );
      assert.equal(shows, crack[i] === 1, `step ${step}, patch ${i}`);
    }
  }
  assert.deepEqual([...sizes].sort((a, b) => a - b), [5, 8, 16]);
});

Deno.test("randomSampler() leaves out patches with crack in their rim only", async () => {
  const only = photo(90, 90, (x, y) => x === 45 && y === 45);
  const columns = async (ignoreMargin: number) => {
    const sampler = await randomSampler(sourceOf(only), {
      sizes: [8],
      batch: 200,
      patches: 200,
      seed: 1,
      ignoreMargin,
    });
    const { pixels } = await sampler.batch(0);
    const found: number[] = [];
    for (let i = 0; i < 200; i += 2) {
      for (let k = 0; k < 64; k++) {
        const p = (i * 64 + k) * 3;
        if (pixels[p] === 45 && pixels[p + 1] === 45) found.push(k % 8, Math.floor(k / 8));
      }
    }
    assert.equal(found.length, 200);
    return found;
  };
  assert.deepEqual([...new Set(await columns(0))].sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual([...new Set(await columns(0.25))].sort(), [2, 3, 4, 5]);
});

Deno.test("randomSampler() enlarges patches as resize() does, by all factors up to zoom, and keeps their class", async () => {
  // Red is the column: enlarged z times, it grows by 1 / z from pixel to pixel.
  const sampler = await randomSampler(sourceOf(CRACKED), {
    sizes: [16],
    batch: 100,
    patches: 100,
    seed: 4,
    zoom: 3,
  });
  const { size, pixels, crack } = await sampler.batch(0);
  assert.equal(size, 16);
  const factors: number[] = [];
  for (let i = 0; i < 100; i++) {
    const own = pixels.subarray(i * 768, (i + 1) * 768);
    const red = Array.from({ length: 256 }, (_, k) => own[k * 3]), green = red.map((_, k) => own[k * 3 + 1]);
    const columns = Math.max(...red) - Math.min(...red) + 1,
      rows = Math.max(...green) - Math.min(...green) + 1;
    assert.ok(Math.abs(columns - rows) <= 1, "still a square");
    factors.push(16 / columns);
    const shows = typeof CRACKED.truth !== "boolean" &&
      crackOf(CRACKED.truth).some((pixel) =>
        red.some((x, k) => x === pixel % 60 && green[k] === Math.floor(pixel / 60))
      );
    if (crack[i] === 0) assert.equal(shows, false, `patch ${i}`);
    else assert.ok(shows, `patch ${i}`);
  }
  assert.ok(Math.min(...factors) < 1.1 && Math.max(...factors) > 2.5 && Math.max(...factors) < 3.3);
});

Deno.test("randomSampler() takes photos that are labelled as a whole", async () => {
  const whole = (truth: boolean, shade: number): DecodedPhoto<PatchTruth> => ({
    width: 6,
    height: 5,
    pixels: new Uint8Array(90).fill(shade),
    truth,
  });
  const sampler = await randomSampler(sourceOf(whole(true, 10), whole(false, 200)), {
    sizes: [4, 9],
    batch: 4,
    patches: 4,
    seed: 0,
  });
  for (let step = 0; step < 5; step++) {
    const { size, pixels, crack } = await sampler.batch(step);
    for (let i = 0; i < 4; i++) assert.equal(pixels[i * size * size * 3], crack[i] === 1 ? 10 : 200);
  }
});

Deno.test("randomSampler() refuses photos of one class, impossible sizes and rims", async () => {
  const options = { sizes: [4], batch: 2, patches: 2, seed: 0 };
  await assert.rejects(
    randomSampler(sourceOf(photo(9, 9, () => false)), options),
    /none of the 1 photos shows a crack/,
  );
  const dense = sourceOf(photo(9, 9, (x) => x % 4 === 0));
  const sampler = await randomSampler(dense, options);
  await assert.rejects(sampler.batch(0), /Cannot find a patch of 4 × 4 without crack/);
  await assert.rejects(randomSampler(sourceOf(CRACKED), { ...options, ignoreMargin: 0.5 }), RangeError);
  await assert.rejects(randomSampler(sourceOf(CRACKED), { ...options, zoom: 0.5 }), RangeError);
});

Deno.test("randomStream() is uniform, and another for another seed or step", () => {
  const random = randomStream(7, 3);
  const bins = new Array(10).fill(0);
  for (let i = 0; i < 10_000; i++) bins[Math.floor(random() * 10)]++;
  // Five standard deviations of a binomial count: 5 · √(10⁴ · 0.1 · 0.9) = 150.
  for (const count of bins) assert.ok(Math.abs(count - 1000) < 150, String(bins));
  const starts = [[7, 3], [3, 7], [7, 4], [0, 3]].map(([seed, step]) => randomStream(seed, step)());
  assert.equal(new Set(starts).size, starts.length);
});

Deno.test("Patches without crack that hold ignored pixels belong to neither class and are never drawn", async () => {
  const { truth, ...rest } = photo(24, 8, (x) => x === 1);
  assert.ok(truth instanceof Uint32Array);
  const ignored = Uint32Array.from({ length: 8 }, (_, y) => y * 24 + 10);
  const partly = { ...rest, truth: { crack: truth, ignored } };
  const at = (x: number) => patchShowsCrack(partly, { x, y: 0, size: 8 });
  assert.deepEqual([at(0), at(1), at(2), at(3), at(10), at(11), at(16)], [
    true,
    true,
    false,
    undefined,
    undefined,
    false,
    false,
  ]);
  const grid = await gridPatches(sourceOf(partly), { size: 8, stride: 8 });
  assert.deepEqual(grid.map(({ x, crack }) => [x, crack]), [[0, true], [16, false]]);
  const sampler = await randomSampler(sourceOf(partly), { sizes: [8], batch: 40, patches: 40, seed: 3 });
  const { pixels, crack } = await sampler.batch(0);
  for (let i = 0; i < 40; i++) {
    // Red is the column.
    const columns = new Set(Array.from({ length: 64 }, (_, k) => pixels[(i * 64 + k) * 3]));
    assert.equal(columns.has(1), crack[i] === 1);
    assert.ok(crack[i] === 1 || !columns.has(10));
  }
});
