import assert from "node:assert/strict";
import { closeAlongLines, lineOffsets, openAlongLines } from "../../../core/kernels/line_morphology.ts";
import { lineMorphologyOracle } from "../../oracles/line_morphology.ts";
import { sharedCompute, testImage } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 8192 });

Deno.test("openAlongLines() and closeAlongLines() equal the oracle at any size, in one band and in several", async () => {
  const lines = [0, 22.5, 90, 112.5, 135].map((angle) => ({ length: 7, angle }));
  const offsets = lines.map(lineOffsets);
  for (const [width, height] of [[1, 1], [1, 7], [7, 1], [3, 5], [33, 17], [67, 41]]) {
    for (const content of ["flat", "saturated", "random", "crack"] as const) {
      const image = testImage(width, height, 1, content);
      for (const compute of [await whole(), await banded()]) {
        using plane = compute.upload(image);
        using opened = openAlongLines(plane, lines);
        using closed = closeAlongLines(plane, lines);
        const about = `${width} × ${height} ${content}`;
        assert.deepEqual(await opened.read(), lineMorphologyOracle(image, offsets, ["min", "max"]), about);
        assert.deepEqual(await closed.read(), lineMorphologyOracle(image, offsets, ["max", "min"]), about);
      }
    }
  }
});

Deno.test("lineOffsets() goes straight along rows, columns and diagonals, and between them as near as pixels allow", () => {
  const sorted = (length: number, angle: number) =>
    lineOffsets({ length, angle }).sort(([a, b], [c, d]) => a - c || b - d);
  assert.deepEqual(sorted(5, 0), [[-2, 0], [-1, 0], [0, 0], [1, 0], [2, 0]]);
  assert.deepEqual(sorted(3, 90), [[0, -1], [0, 0], [0, 1]]);
  // Seven steps of a pixel are five pixels of a diagonal.
  assert.deepEqual(sorted(7, 45), [[-2, -2], [-1, -1], [0, 0], [1, 1], [2, 2]]);
  assert.deepEqual(sorted(5, 22.5), [[-2, -1], [-1, 0], [0, 0], [1, 0], [2, 1]]);
  assert.deepEqual(sorted(1, 30), [[0, 0]]);
});
