import assert from "node:assert/strict";
import { randomStream } from "../../../../core/random.ts";
import { Noise } from "../../../../core/sampling/drawn/noise.ts";

Deno.test("noise is of mean 0 within ± 1, takes its lattice's values on it, and lies between them elsewhere", () => {
  const noise = new Noise(randomStream(4, 0));
  const cells = Array.from({ length: 64 * 64 }, (_, i) => noise.cell(i % 64, Math.floor(i / 64)));
  const mean = cells.reduce((sum, value) => sum + value, 0) / cells.length;
  // Uniform in [−1, 1]: the mean of 4096 is within four deviations of 0.
  assert.ok(Math.abs(mean) < 4 * Math.sqrt(1 / 3 / 4096), `${mean}`);
  assert.ok(Math.max(...cells) <= 1 && Math.min(...cells) >= -1);
  assert.equal(noise.at(5, 9), noise.cell(5, 9));
  assert.equal(noise.at(-3, 70), noise.cell(61, 6));
  // Half way the fade is ½.
  const wanted = (noise.cell(5, 9) + noise.cell(6, 9) + noise.cell(5, 10) + noise.cell(6, 10)) / 4;
  assert.ok(Math.abs(noise.at(5.5, 9.5) - wanted) < 1e-12);
});

Deno.test("a plane is the noise at its pixels, octave by octave", () => {
  const noise = new Noise(randomStream(4, 1));
  for (const [width, height] of [[1, 1], [1, 9], [30, 17]]) {
    for (const cell of [0.8, 3, 50]) {
      const plane = noise.plane({ width, height }, { cell, octaves: 3 });
      plane.forEach((value, i) => {
        const x = i % width, y = Math.floor(i / width);
        let wanted = 0;
        for (let k = 0; k < 3; k++) {
          const side = cell / 2 ** k;
          wanted += noise.at(x / side + 21.3 * k, y / side + 21.3 * k) / 2 ** k;
        }
        assert.ok(Math.abs(value - wanted) < 1e-5, `${value} at ${x}, ${y}, wanted ${wanted}`);
      });
    }
  }
});

Deno.test("streams of other seeds give other noise", () => {
  const [a, b, same] = [1, 2, 1].map((seed) => new Noise(randomStream(seed, 0)).at(3.3, 4.4));
  assert.equal(a, same);
  assert.notEqual(a, b);
});
