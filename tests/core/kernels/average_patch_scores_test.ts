import assert from "node:assert/strict";
import { averagePatchScores } from "../../../core/kernels/average_patch_scores.ts";
import { coveringGrid } from "../../../core/kernels/extract_patches.ts";
import { resize } from "../../../core/kernels/resize.ts";
import { pixelScoresOracle } from "../../oracles/average_patch_scores.ts";
import { assertClose, seeded, sharedCompute } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 1500 });
const IMAGES = [[1, 1], [1, 40], [33, 17], [32, 64], [101, 67]] as const;

for (const [size, stride] of [[8, 8], [8, 4], [8, 2], [16, 8]] as const) {
  Deno.test(`averagePatchScores() gives each pixel the mean of its patches (size: ${size}, stride: ${stride})`, async () => {
    const random = seeded(size * stride);
    for (const compute of [await whole(), await banded()]) {
      for (const [width, height] of IMAGES) {
        const columns = coveringGrid(width, { size, stride }).count;
        const rows = coveringGrid(height, { size, stride }).count;
        const data = Float32Array.from({ length: columns * rows }, random);
        using scores = compute.upload({ width: columns, height: rows, channels: 1, data });
        using cells = averagePatchScores(scores, { overlap: size / stride });
        assert.deepEqual([cells.width, cells.height], [
          Math.ceil(width / stride),
          Math.ceil(height / stride),
        ]);
        const values = await cells.read();
        const pixels = Float64Array.from({ length: width * height }, (_, i) => {
          const x = i % width, y = Math.floor(i / width);
          return values[Math.floor(y / stride) * cells.width + Math.floor(x / stride)];
        });
        const expected = pixelScoresOracle(data, { width, height, size, stride });
        assertClose(pixels, expected, 1e-6, `${width} × ${height}`);
      }
    }
  });
}

Deno.test("resize() with the box of averagePatchScores() puts each cell at its true place", async () => {
  const compute = await whole();
  const random = seeded(9);
  const [width, height, size, stride] = [101, 67, 16, 8];
  const [columns, rows] = [width, height].map((length) => coveringGrid(length, { size, stride }).count);
  const data = Float32Array.from({ length: columns * rows }, random);
  using scores = compute.upload({ width: columns, height: rows, channels: 1, data });
  using cells = averagePatchScores(scores, { overlap: 2 });
  const box = [0, 0, width / stride, height / stride] as const;
  using map = resize(cells, { width, height, filter: "nearest", box });
  assertClose(await map.read(), pixelScoresOracle(data, { width, height, size, stride }), 1e-6, "pixels");
});

Deno.test("averagePatchScores() refuses an overlap that the grid does not have, and colours", async () => {
  const compute = await whole();
  using scores = compute.upload({ width: 3, height: 2, channels: 1, data: new Float32Array(6) });
  for (const overlap of [0, 1.5, 3, NaN]) {
    assert.throws(() => averagePatchScores(scores, { overlap }), RangeError, String(overlap));
  }
  using colours = compute.upload({ width: 2, height: 1, channels: 3, data: new Float32Array(6) });
  assert.throws(() => averagePatchScores(colours, { overlap: 1 }), RangeError);
});
