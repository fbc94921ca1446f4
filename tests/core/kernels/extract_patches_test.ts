import assert from "node:assert/strict";
import { coveringGrid, extractPatches } from "../../../core/kernels/extract_patches.ts";
import { extractPatchesAt } from "../../../core/kernels/extract_patches_at.ts";
import { extractPatchesOracle, flipOracle, quarterTurnOracle } from "../../oracles/extract_patches.ts";
import { assertClose, seeded, sharedCompute, SIZES, testImage } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 3000 });
/** Room for the 16 rows of a turned patch, less than an image. */
const coarselyBanded = sharedCompute({ maxBindingBytes: 24_000 });

/** Upper left pixels of a grid of patches, row by row. */
function cornersOf(
  first: readonly [number, number],
  count: readonly [number, number],
  stride: number,
): [number, number][] {
  const corners: [number, number][] = [];
  for (let j = 0; j < count[1]; j++) {
    for (let i = 0; i < count[0]; i++) corners.push([first[0] + i * stride, first[1] + j * stride]);
  }
  return corners;
}

Deno.test("coveringGrid() lays each pixel under exactly size / stride patches and none without pixels", () => {
  for (const length of [1, 2, 7, 8, 9, 31, 32, 33, 100, 640]) {
    for (const [size, stride] of [[1, 1], [8, 8], [8, 4], [32, 16], [32, 8], [6, 2]]) {
      const { first, count } = coveringGrid(length, { size, stride });
      const cover = new Array(length).fill(0);
      for (let k = 0; k < count; k++) {
        let touched = 0;
        for (let x = first + k * stride; x < first + k * stride + size; x++) {
          if (x < 0 || x >= length) continue;
          cover[x]++;
          touched++;
        }
        assert.ok(touched > 0, `patch ${k} of ${length} lies outside`);
      }
      assert.deepEqual(cover, new Array(length).fill(size / stride), `${length}, ${size} / ${stride}`);
    }
  }
});

Deno.test("coveringGrid() counts the patches of a 640 × 360 image", () => {
  const count = (stride: number) =>
    coveringGrid(640, { size: 32, stride }).count * coveringGrid(360, { size: 32, stride }).count;
  assert.equal(count(16), 984);
  assert.equal(count(8), 3984);
});

Deno.test("coveringGrid() refuses a size that is no multiple of the stride", () => {
  assert.throws(() => coveringGrid(100, { size: 32, stride: 12 }), RangeError);
  assert.throws(() => coveringGrid(100, { size: 32, stride: 0 }), RangeError);
  assert.throws(() => coveringGrid(0, { size: 32, stride: 16 }), RangeError);
});

for (const channels of [1, 3]) {
  Deno.test(`extractPatches() equals the oracle at any size, in bands too (channels: ${channels})`, async () => {
    for (const compute of [await whole(), await banded()]) {
      for (const [width, height] of SIZES) {
        const image = testImage(width, height, channels, "random");
        for (const [size, stride] of [[1, 1], [8, 4], [7, 7], [32, 16]]) {
          if (stride === 1 && width > 40) continue;
          const [x, y] = [width, height].map((length) => coveringGrid(length, { size, stride }));
          const corners = cornersOf([x.first, y.first], [x.count, y.count], stride);
          using plane = compute.upload(image);
          using patches = extractPatches(plane, { size, stride });
          assert.deepEqual(
            [patches.width, patches.height, patches.channels],
            [size, size * corners.length, channels],
          );
          const message = `${width} × ${height}, ${size} / ${stride}`;
          assertClose(await patches.read(), extractPatchesOracle(image, size, corners), 0, message);
        }
      }
    }
  });
}

Deno.test("extractPatches() cuts any grid, however far outside", async () => {
  for (const compute of [await whole(), await banded()]) {
    for (const [width, height] of [[1, 1], [5, 3], [33, 17]]) {
      const image = testImage(width, height, 3, "random", 5);
      using plane = compute.upload(image);
      for (const first of [[-100, -90], [3, 77], [200, -1]] as const) {
        using patches = extractPatches(plane, { size: 9, stride: 20, first, count: [4, 3] });
        const expected = extractPatchesOracle(image, 9, cornersOf(first, [4, 3], 20));
        assertClose(await patches.read(), expected, 0, `${width} × ${height} from ${first}`);
      }
    }
  }
});

Deno.test("extractPatches() cuts the grid in batches", async () => {
  for (const compute of [await whole(), await banded()]) {
    using plane = compute.upload(testImage(33, 17, 3, "random"));
    using all = extractPatches(plane, { size: 8, stride: 4 });
    const patches = await all.read();
    const total = all.height / 8;
    let at = 0;
    for (let start = 0; start < total; start += 7) {
      using batch = extractPatches(plane, { size: 8, stride: 4, start, limit: 7 });
      assert.equal(batch.height, 8 * Math.min(7, total - start));
      const values = await batch.read();
      assert.deepEqual(values, patches.slice(at, at + values.length));
      at += values.length;
    }
    assert.equal(at, patches.length);
  }
});

Deno.test("extractPatches() refuses grids that hold no patch", async () => {
  const compute = await whole();
  using plane = compute.upload(testImage(9, 9, 1, "random"));
  const wrong = [{ size: 0 }, { stride: 0 }, { start: 9 }, { start: -1 }, { limit: 0 }, { limit: 1.5 }, {
    first: [0.5, 0] as const,
  }, { count: [0, 1] as const }];
  for (const options of wrong) {
    const grid = { size: 4, stride: 4, ...options };
    assert.throws(() => extractPatches(plane, grid), RangeError, JSON.stringify(options));
  }
});

Deno.test("extractPatchesAt() equals the oracle at random places, turns and flips", async () => {
  const random = seeded(3);
  for (const compute of [await whole(), await coarselyBanded()]) {
    for (const [width, height] of SIZES) {
      for (const channels of [1, 3]) {
        const image = testImage(width, height, channels, "random");
        using plane = compute.upload(image);
        for (const size of [1, 5, 16]) {
          const at = new Int32Array(4 * 13);
          let expected: number[] = [];
          for (let i = 0; i < at.length; i += 4) {
            at[i] = Math.floor((random() * 1.6 - 0.3) * width);
            at[i + 1] = Math.floor((random() * 1.6 - 0.3) * height);
            at[i + 2] = Math.floor(random() * 9) - 4;
            at[i + 3] = Math.floor(random() * 2);
            let patch = extractPatchesOracle(image, size, [[at[i], at[i + 1]]]);
            for (let turn = 0; turn < (at[i + 2] + 4) % 4; turn++) {
              patch = quarterTurnOracle(patch, size, channels);
            }
            if (at[i + 3]) patch = flipOracle(patch, size, channels);
            expected = expected.concat(patch);
          }
          using patches = extractPatchesAt(plane, { size, at });
          assertClose(await patches.read(), expected, 0, `${width} × ${height}, ${size}, [${at}]`);
        }
      }
    }
  }
});

Deno.test("extractPatchesAt() refuses a broken table", async () => {
  const compute = await whole();
  using plane = compute.upload(testImage(9, 9, 1, "random"));
  for (const at of [[], [1, 2, 3], [1, 2, 0.5, 0], [NaN, 0, 0, 0], [2 ** 24, 0, 0, 0]]) {
    assert.throws(
      () => extractPatchesAt(plane, { size: 4, at: Float32Array.from(at) }),
      RangeError,
      `[${at}]`,
    );
  }
  assert.throws(() => extractPatchesAt(plane, { size: 0, at: new Int32Array(4) }), RangeError);
});
