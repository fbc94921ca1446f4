import assert from "node:assert/strict";
import { fitInto, overlayOf, shrink } from "../../../tasks/batch/overlay.ts";

/** An image of random bytes (from a fixed seed). */
function noise(width: number, height: number): ImageData {
  const data = new Uint8ClampedArray(width * height * 4);
  let state = width * 31 + height;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = state >>> 24;
  }
  return new ImageData(data, width, height);
}

/** The mean over the area of an output pixel, sampled at 16 × 16 points that divide it into equal parts. */
function meanByPoints(
  image: ImageData,
  [width, height]: [number, number],
  [x, y, c]: [number, number, number],
): number {
  const points = 16;
  let sum = 0;
  for (let j = 0; j < points; j++) {
    for (let i = 0; i < points; i++) {
      const column = Math.floor((x + (i + 0.5) / points) * image.width / width);
      const row = Math.floor((y + (j + 0.5) / points) * image.height / height);
      sum += image.data[4 * (row * image.width + column) + c];
    }
  }
  return sum / (points * points);
}

Deno.test("shrink() takes the mean of the area that each pixel covers", () => {
  for (const [width, height, side] of [[64, 48, 16], [100, 30, 25], [7, 21, 7], [33, 17, 11]]) {
    const image = noise(width, height);
    const small = shrink(image, side);
    const size = fitInto(side, image);
    assert.deepEqual([small.width, small.height], size);
    assert.equal(Math.max(...size), side);
    // Where source pixels divide equally among the points, these give the area's mean exactly.
    const exact = width % size[0] === 0 && height % size[1] === 0 && 16 % (width / size[0]) === 0 &&
      16 % (height / size[1]) === 0;
    for (let y = 0; y < size[1]; y++) {
      for (let x = 0; x < size[0]; x++) {
        for (let c = 0; c < 4; c++) {
          const expected = meanByPoints(image, size, [x, y, c]);
          const actual = small.data[4 * (y * size[0] + x) + c];
          assert.ok(
            Math.abs(actual - expected) <= (exact ? 0.51 : 12),
            `${actual} for ${expected} at ${x}, ${y}`,
          );
        }
      }
    }
  }
});

Deno.test("shrink() keeps a flat image flat and a small one as it is", () => {
  const flat = new ImageData(new Uint8ClampedArray(101 * 67 * 4).fill(137), 101, 67);
  assert.ok(shrink(flat, 23).data.every((value) => value === 137));
  const small = noise(5, 3);
  assert.equal(shrink(small, 5), small);
  assert.deepEqual(fitInto(10, { width: 10000, height: 1 }), [10, 1]);
});

Deno.test("overlayOf() keeps every crack, however thin, and nothing else", () => {
  const [width, height] = [101, 67];
  const mask = new ImageData(width, height);
  for (const [x, y] of [[0, 0], [50, 33], [100, 66]]) {
    mask.data.fill(255, 4 * (y * width + x), 4 * (y * width + x) + 4);
  }
  const overlay = overlayOf(mask, 20);
  const coloured: number[] = [];
  for (let i = 0; i < overlay.width * overlay.height; i++) if (overlay.data[4 * i + 3] > 0) coloured.push(i);
  assert.deepEqual(coloured, [0, 6 * 20 + 9, overlay.width * overlay.height - 1]);
  assert.deepEqual([...overlay.data.subarray(0, 4)], [255, 31, 107, 255]);
  // In its own size it is the mask.
  assert.equal(overlayOf(mask, 101).data.filter((value, i) => i % 4 === 3 && value === 255).length, 3);
});
