import assert from "node:assert/strict";
import { cutWindow, resamplePatch } from "../../../core/sampling/cut_window.ts";
import { mirrorIndex } from "../../oracles/mirror_index.ts";
import { resizeOracle } from "../../oracles/resize.ts";

Deno.test("cutWindow() turns rectangles in the eight ways, mirrored outside", () => {
  const data = Uint8Array.from({ length: 12 }, (_, i) => i);
  const image = { width: 4, height: 3, channels: 1, data };
  const place = { x: -1, y: 1, width: 3, height: 4 };
  const at = (x: number, y: number) => data[mirrorIndex(place.y + y, 3) * 4 + mirrorIndex(place.x + x, 4)];
  for (const orientation of [0, 1, 2, 3, 4, 5, 6, 7] as const) {
    const target = new Uint8Array(12);
    cutWindow(image, place, { orientation, target });
    const transposed = orientation >= 4;
    const columns = transposed ? 4 : 3;
    const expected = Array.from({ length: 12 }, (_, i) => {
      const u = i % columns, v = Math.floor(i / columns);
      const [x, y] = transposed ? [v, u] : [u, v];
      return at(orientation & 1 ? 2 - x : x, orientation & 2 ? 3 - y : y);
    });
    assert.deepEqual([...target], expected, `orientation ${orientation}`);
  }
});

Deno.test("resamplePatch() equals the oracle when it enlarges, shrinks and does neither", () => {
  let state = 1;
  const random = () => (state = state * 48271 % 2147483647) % 256;
  for (const channels of [1, 3]) {
    for (const [from, to] of [[1, 1], [1, 5], [7, 1], [5, 5], [3, 16], [17, 32], [33, 8], [40, 17]]) {
      for (const value of [() => 0, () => 255, random]) {
        const patch = Uint8Array.from({ length: from * from * channels }, value);
        const target = new Uint8Array(to * to * channels);
        resamplePatch(patch, { from, to, channels, target });
        const source = { width: from, height: from, channels, data: patch };
        const expected = resizeOracle(source, { width: to, height: to, filter: "bilinear" });
        for (const [i, found] of target.entries()) {
          // Half for rounding to bytes.
          const difference = Math.abs(found - expected[i]);
          assert.ok(difference < 0.501, `${from} to ${to}, value ${i}: ${difference}`);
        }
      }
    }
  }
});
