import assert from "node:assert/strict";
import { distanceTransform } from "../../../core/kernels/distance_transform.ts";
import { distanceTransformOracle } from "../../oracles/distance_transform.ts";
import { sharedCompute } from "../testing.ts";
import { testMasks } from "./masks.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 24000 });

/** Of squares below 2²⁴, roots in float32 tell every one from the next. */
function squaresOf(distances: ArrayLike<number>): number[] {
  return Array.from(distances, (distance) => distance === Infinity ? Infinity : Math.round(distance ** 2));
}

Deno.test("distanceTransform() equals the oracle on masks of any size and content", async () => {
  for (const mask of testMasks()) {
    const expected = distanceTransformOracle(mask);
    for (const compute of [await whole(), await banded()]) {
      using plane = compute.upload(mask);
      using distances = distanceTransform(plane);
      const found = await distances.read();
      assert.deepEqual(squaresOf(found), squaresOf(expected), mask.what);
      assert.ok(
        found.every((d, i) => d === expected[i] || Math.abs(d - expected[i]) < 1e-6 * expected[i]),
        mask.what,
      );
    }
  }
});

Deno.test("distanceTransform() finds the one background pixel of a mask from its farthest corner", async () => {
  const width = 701, height = 333, hole = 5 * width + 690;
  const data = new Uint8Array(width * height).fill(1);
  data[hole] = 0;
  using plane = (await whole()).upload({ width, height, channels: 1, data });
  using distances = distanceTransform(plane);
  const found = await distances.read();
  for (const [x, y] of [[0, 0], [0, 332], [700, 332], [350, 160], [690, 31], [690, 32], [690, 64]]) {
    assert.equal(found[y * width + x], Math.fround(Math.hypot(x - 690, y - 5)), `${x}, ${y}`);
  }
});
