import assert from "node:assert/strict";
import {
  countLabels,
  isLabelledAsWhole,
  patchLabelled,
  type PatchLabels,
  patchLabelsOfMask,
  possibleCrack,
  wholePhotoLabels,
} from "../../../core/datasets/patch_labels.ts";
import type { Sample, Truth } from "../../../core/datasets/sample.ts";
import { seeded } from "../testing.ts";

/** Pixel by pixel: asks every patch whether it lies over it. */
function slowPossible({ width, height, patches }: PatchLabels): number[] {
  return Array.from({ length: width * height }, (_, i) => {
    const px = i % width, py = Math.floor(i / width);
    const over = patches.filter(({ x, y, width, height }) =>
      px >= x && px < x + width && py >= y && py < y + height
    );
    return over.length === 0 ? 2 : over.every(({ crack }) => crack) ? 1 : 0;
  });
}

Deno.test("possibleCrack() asks every patch over a pixel, those that stick out of the photo or miss it, too", () => {
  const random = seeded(5);
  const integer = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  for (const [width, height] of [[1, 1], [1, 7], [13, 5], [20, 17]]) {
    for (let round = 0; round < 30; round++) {
      const patches = Array.from({ length: integer(0, 12) }, () => ({
        ...{
          x: integer(-9, width + 3),
          y: integer(-9, height + 3),
          width: integer(1, 9),
          height: integer(1, 9),
        },
        crack: random() < 0.7,
      }));
      const labels = { width, height, size: 9, stride: 9, patches };
      assert.deepEqual([...possibleCrack(labels)], slowPossible(labels));
    }
  }
});

Deno.test("patchLabelsOfMask() covers the photo, its last row and column flush with the border, and finds a single crack pixel", () => {
  const [width, height] = [11, 9];
  for (const crack of [0, 10, 57, 98]) {
    const data = new Uint8Array(width * height);
    data[crack] = 255;
    const labels = patchLabelsOfMask({ width, height, data }, { size: 4, stride: 2 });
    assert.deepEqual([...new Set(labels.patches.map(({ x }) => x))], [0, 2, 4, 6, 7]);
    assert.deepEqual([...new Set(labels.patches.map(({ y }) => y))], [0, 2, 4, 5]);
    assert.equal(labels.patches.length, 20);
    for (const { x, y, width: w, height: h, crack: found } of labels.patches) {
      const px = crack % width, py = Math.floor(crack / width);
      assert.deepEqual([w, h], [4, 4]);
      assert.equal(found, px >= x && px < x + 4 && py >= y && py < y + 4, `${crack} in ${x}, ${y}`);
    }
    const possible = possibleCrack(labels);
    assert.equal(possible[crack], 1);
    assert.ok(!possible.includes(2), "all pixels are known");
  }
});

Deno.test("patchLabelsOfMask() knows crack to within a smaller place the smaller its patches are", () => {
  const [width, height] = [256, 192];
  const data = Uint8Array.from(
    { length: width * height },
    (_, i) => Math.abs(i % width - 100 - 20 * Math.sin(i / width / 30)) < 2 ? 1 : 0,
  );
  const areas = [[128, 64], [64, 32], [32, 16]].map(([size, stride]) => {
    const possible = possibleCrack(patchLabelsOfMask({ width, height, data }, { size, stride }));
    assert.ok(data.every((value, i) => value === 0 || possible[i] === 1), "no crack pixel is excluded");
    return possible.filter((value) => value === 1).length;
  });
  assert.ok(areas[0] > 1.5 * areas[1] && areas[1] > 1.5 * areas[2], `${areas}`);
});

Deno.test("A photo smaller than a patch is known as a whole", () => {
  const data = new Uint8Array(15);
  data[7] = 1;
  const labels = patchLabelsOfMask({ width: 5, height: 3, data }, { size: 8, stride: 4 });
  assert.deepEqual(labels.patches, [{ x: -1, y: -2, width: 8, height: 8, crack: true }]);
  assert.ok(isLabelledAsWhole(labels));
  assert.deepEqual([...possibleCrack(labels)], new Array(15).fill(1));
  const narrow = patchLabelsOfMask({ width: 5, height: 20, data: new Uint8Array(100) }, {
    size: 8,
    stride: 8,
  });
  assert.equal(narrow.patches.length, 3);
  assert.ok(!isLabelledAsWhole(narrow));
});

Deno.test("wholePhotoLabels() says one thing of all pixels", () => {
  for (const crack of [true, false]) {
    const labels = wholePhotoLabels({ width: 7, height: 2 }, crack);
    assert.ok(isLabelledAsWhole(labels));
    assert.deepEqual([...possibleCrack(labels)], new Array(14).fill(Number(crack)));
  }
  assert.ok(!isLabelledAsWhole({ width: 7, height: 2, size: 1, stride: 1, patches: [] }));
});

Deno.test("patchLabelsOfMask() refuses patches without pixels and steps that never arrive", () => {
  const mask = { width: 2, height: 2, data: new Uint8Array(4) };
  for (const value of [0, -1, 1.5, NaN]) {
    assert.throws(() => patchLabelsOfMask(mask, { size: value, stride: 1 }), {
      name: "RangeError",
      message: /their size is .+, a positive integer is wanted\.$/,
    });
    assert.throws(() => patchLabelsOfMask(mask, { size: 1, stride: value }), /their stride is/);
  }
});

Deno.test("patchLabelled() shows a sample's patches in the place of its mask, and countLabels() what they cost", async () => {
  const image = new ImageData(4, 2);
  const sampleOf = (truth: Truth): Sample => ({
    ...{ name: "a", split: "train", imagePath: "a.png" },
    image: () => Promise.resolve(image),
    truth: () => Promise.resolve(truth),
    read: () => Promise.resolve({ image, truth }),
  });
  const form = { file: "8-bit PNG", values: "0/1", crack: "1" };
  const data = Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0);
  const grid = { size: 2, stride: 2 };
  const masked = patchLabelled(sampleOf({ width: 4, height: 2, data, form }), grid);
  const { image: shown, truth } = await masked.read();
  assert.equal(shown, image);
  assert.deepEqual([masked.name, masked.split, masked.imagePath], ["a", "train", "a.png"]);
  assert.deepEqual(truth.patches.map(({ x, crack }) => [x, crack]), [[0, true], [2, false]]);
  const whole = await patchLabelled(sampleOf(false), grid).truth();
  assert.deepEqual(whole, wholePhotoLabels(image, false));
  assert.deepEqual(countLabels([truth, whole]), { photos: 2, patches: 3, crackPatches: 1, crackPhotos: 1 });
});
