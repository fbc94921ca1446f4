import assert from "node:assert/strict";
import { thin } from "../../../core/kernels/thin.ts";
import { maskSkeleton } from "../../../core/measure/mask_skeleton.ts";
import { thinOracle } from "../../oracles/thin.ts";
import { testMasks } from "../kernels/masks.ts";
import { sharedCompute } from "../testing.ts";

const device = sharedCompute();

Deno.test("maskSkeleton() equals the oracle on masks of any size and content", () => {
  for (const mask of testMasks()) {
    assert.deepEqual(Float32Array.from(maskSkeleton(mask.data, mask)), thinOracle(mask), mask.what);
  }
});

Deno.test("maskSkeleton() gives what the kernel gives, of a mask that is wide, too", async () => {
  const width = 301, height = 260;
  const data = new Uint8Array(width * height).map((_, i) =>
    Number(Math.hypot(i % width - 150, i / width - 130) < 125 && i % 997 > 0)
  );
  using plane = (await device()).upload({ width, height, channels: 1, data });
  using skeleton = await thin(plane);
  const expected = await skeleton.read(), found = maskSkeleton(data, { width, height });
  assert.ok(found.every((value, i) => value === expected[i]));
  assert.ok(found.includes(1));
});
