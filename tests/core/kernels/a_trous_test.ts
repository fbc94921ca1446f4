import assert from "node:assert/strict";
import type { PlaneSource } from "../../../core/gpu/compute.ts";
import { aTrousGradients } from "../../../core/kernels/a_trous.ts";
import { edgePairs } from "../../../core/kernels/edge_pairs.ts";
import { gradientMaxima } from "../../../core/kernels/gradient_maxima.ts";
import { aTrousOracle } from "../../oracles/a_trous.ts";
import { assertClose, seeded, sharedCompute, testImage } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 16384 });

function at(values: ArrayLike<number>, channel: number): number[] {
  return Array.from({ length: values.length / 2 }, (_, i) => values[2 * i + channel]);
}

Deno.test("aTrousGradients() equals the oracle at any size, in one band and in several", async () => {
  for (const [width, height] of [[1, 1], [1, 7], [7, 1], [3, 5], [33, 17], [67, 41]]) {
    for (const content of ["flat", "saturated", "random", "crack"] as const) {
      const image = testImage(width, height, 1, content);
      const scales = [1, 2, 3, 4].map((scale) => aTrousOracle(image, scale));
      for (const compute of [await whole(), await banded()]) {
        using plane = compute.upload(image);
        for (const [i, gradient] of aTrousGradients(plane, 4).entries()) {
          const values = await gradient.read();
          gradient.dispose();
          const about = `${width} × ${height} ${content} at scale ${i + 1}`;
          assertClose(at(values, 0), scales[i].x, 1e-3, about);
          assertClose(at(values, 1), scales[i].y, 1e-3, about);
          if (content === "flat") assert.ok(values.every((value) => value === 0), about);
        }
      }
    }
  }
});

Deno.test("aTrousGradients() of a step of 1 peaks at 2, 1.5, 1.375, 1.34375 and 1.33594 over λ, between its pixels", async () => {
  const width = 128, height = 128;
  const data = Float32Array.from({ length: width * height }, (_, i) => i % width > 63 ? 1 : 0);
  using plane = (await whole()).upload({ width, height, channels: 1, data });
  const peaks = [2 / 1.5, 1.5 / 1.12, 1.375 / 1.03, 1.34375 / 1.01, 1.33594];
  for (const [i, gradient] of aTrousGradients(plane, 5).entries()) {
    const row = at(await gradient.read(), 0).slice(64 * width, 65 * width);
    gradient.dispose();
    assert.ok(Math.abs(Math.max(...row) - peaks[i]) < 1e-5, `scale ${i + 1}: ${Math.max(...row)}`);
    // The corner 63 lies between the pixels 63 and 64; as far to both sides the values are alike.
    for (const d of [1, 3, 7]) assert.ok(Math.abs(row[63 - d] - row[63 + d]) < 1e-6, `scale ${i + 1}`);
    assert.ok(Math.abs(row[63] - peaks[i]) < 1e-5, `scale ${i + 1}`);
  }
});

/** Random gradients, some of them zero. */
function gradients(width: number, height: number, share: number): PlaneSource {
  const random = seeded(width * height);
  const data = Float32Array.from({ length: width * height * 2 }, () => random() * 2 - 1);
  for (let i = 0; i < width * height; i++) if (random() > share) data.fill(0, 2 * i, 2 * i + 2);
  return { width, height, channels: 2, data };
}

const EIGHTH = Math.PI / 4;

Deno.test("gradientMaxima() keeps what no neighbour along the gradient exceeds, in one band and in several", async () => {
  for (const [width, height] of [[1, 1], [1, 7], [7, 1], [33, 17], [67, 41]]) {
    const image = gradients(width, height, 0.9);
    const { data } = image;
    const size = (x: number, y: number) =>
      x < 0 || y < 0 || x >= width || y >= height
        ? 0
        : data[2 * (y * width + x)] ** 2 + data[2 * (y * width + x) + 1] ** 2;
    const expected = data.map((value, k) => {
      const i = Math.floor(k / 2), x = i % width, y = Math.floor(i / width);
      const way = Math.round(Math.atan2(data[2 * i + 1], data[2 * i]) / EIGHTH) * EIGHTH;
      const [dx, dy] = [Math.round(Math.cos(way)), Math.round(Math.sin(way))];
      return size(x, y) >= size(x + dx, y + dy) && size(x, y) >= size(x - dx, y - dy) ? value : 0;
    });
    for (const compute of [await whole(), await banded()]) {
      using plane = compute.upload(image);
      using maxima = gradientMaxima(plane);
      assert.deepEqual(await maxima.read(), expected, `${width} × ${height}`);
    }
  }
});

Deno.test("edgePairs() finds the weaker of the edges that a pixel lies between, whatever way they go", async () => {
  for (const [width, height] of [[1, 1], [5, 3], [33, 17], [67, 41]]) {
    const image = gradients(width, height, 0.3);
    const edge = (x: number, y: number, angle: number): number => {
      if (x < 0 || y < 0 || x >= width || y >= height) return 0;
      const [u, v] = image.data.subarray(2 * (y * width + x));
      const size = Math.hypot(u, v);
      return size > 0 && (u * Math.cos(angle) + v * Math.sin(angle)) / size >= Math.SQRT1_2 ? size : 0;
    };
    const expected = Float64Array.from({ length: width * height }, (_, i) => {
      const x = i % width, y = Math.floor(i / width);
      let found = 0;
      for (let k = 0; k < 16; k++) {
        // From a corner to another: the pixel lies half a pixel from the nearest of either side.
        const angle = k * Math.PI / 8;
        // Without rounding at 90°.
        const [u, v] = [Math.cos(angle), Math.sin(angle)].map((value) => Math.round(value * 1e9) / 1e9);
        const corner = (d: number, sign: number): [number, number] => [
          Math.floor(x + sign * (d + 0.5) * u),
          Math.floor(y + sign * (d + 0.5) * v),
        ];
        for (let a = 0; a < 5; a++) {
          for (let b = 0; a + b < 5; b++) {
            const pair = [edge(...corner(a, 1), angle), edge(...corner(b, -1), angle + Math.PI)];
            found = Math.max(found, Math.min(...pair));
          }
        }
      }
      return found;
    });
    for (const compute of [await whole(), await banded()]) {
      using plane = compute.upload(image);
      using evidence = edgePairs(plane, 5);
      assertClose(await evidence.read(), expected, 1e-6, `${width} × ${height}`);
    }
  }
});
