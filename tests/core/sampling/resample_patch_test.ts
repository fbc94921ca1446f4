import assert from "node:assert/strict";
import { resamplePatch } from "../../../core/sampling/resample_patch.ts";
import { resizeOracle } from "../../oracles/resize.ts";

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
