import assert from "node:assert/strict";
import { PhotoWindow } from "../../../core/label/photo_window.ts";
import { recipes } from "../../../core/label/recipe.ts";
import { layStrips } from "../../../core/label/strips.ts";
import { sharedCompute } from "../testing.ts";

const shared = sharedCompute();

Deno.test("layStrips() covers each row once, with what its label depends on, within the pixels", () => {
  for (const [width, height] of [[8000, 6000], [6000, 8000], [4001, 3001], [65535, 131], [100, 100_000]]) {
    for (const pixels of [1, 2 ** 20, 2 ** 23]) {
      const { strips, rows, alignment } = layStrips({ width, height }, { recipe: recipes.paper, pixels });
      let next = 0;
      for (const { inner: [first, end], outer: [top, bottom] } of strips) {
        assert.equal(first, next);
        assert.ok(end > first);
        // Bilateral filter and closing 2 + 2, threshold patches 31 before the bilateral filter's 2.
        assert.ok(top === 0 || top <= first - 37, `${top} to ${first}`);
        assert.ok(bottom === height || bottom >= end + 37, `${end} to ${bottom}`);
        assert.ok(bottom - top <= rows);
        assert.equal(top % alignment, 0);
        next = end;
      }
      assert.equal(next, height);
      assert.equal(alignment % recipes.paper.thresholdStride, 0);
      // The least strip has its surroundings and as many rows as threshold patches ask for.
      const least = Math.min(height, 2 * 48 + 24);
      assert.ok(rows <= Math.max(least, pixels / width), `${rows} rows of ${width} for ${pixels} pixels`);
    }
  }
});

Deno.test("layStrips() leaves a photo whole that fits", () => {
  const { strips, rows } = layStrips({ width: 300, height: 200 }, { recipe: recipes.paper, pixels: 60_000 });
  assert.deepEqual(strips, [{ inner: [0, 200], outer: [0, 200] }]);
  assert.equal(rows, 200);
});

Deno.test("PhotoWindow shows any rows of a photo, and holds no more rows than asked for", async () => {
  const compute = await shared();
  const image = new ImageData(3, 40);
  image.data.forEach((_, i) => image.data[i] = i % 251);
  using photo = new PhotoWindow(compute, image, { rows: 12, alignment: 4 });
  for (const [first, end] of [[0, 5], [3, 12], [5, 9], [30, 31], [37, 40], [0, 40], [20, 24], [0, 1]]) {
    const plane = photo.show([first, end]);
    assert.equal(photo.top % 4, 0);
    assert.ok(photo.top <= first && end <= photo.top + plane.height, `${first} to ${end}`);
    assert.ok(plane.height <= Math.max(12, end - first), `${plane.height} rows`);
    const expected = Array.from(
      { length: plane.length },
      (_, i) => image.data[(photo.top * 3 + Math.floor(i / 3)) * 4 + i % 3],
    );
    assert.deepEqual([...await plane.read()], expected);
  }
});

Deno.test("PhotoWindow gives the plane that it has as long as it holds the rows", async () => {
  const compute = await shared();
  using photo = new PhotoWindow(compute, new ImageData(2, 30), { rows: 10, alignment: 1 });
  const plane = photo.show([4, 6]);
  assert.equal(photo.show([5, 14]), plane);
  assert.notEqual(photo.show([3, 5]), plane);
});
