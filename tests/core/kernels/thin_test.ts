import assert from "node:assert/strict";
import { thin } from "../../../core/kernels/thin.ts";
import { connectedComponentsOracle, countHoles } from "../../oracles/connected_components.ts";
import { thinOracle } from "../../oracles/thin.ts";
import { sharedCompute } from "../testing.ts";
import { testMasks } from "./masks.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 24000 });

Deno.test("thin() equals the oracle on masks of any size and content, and keeps their pieces and holes", async () => {
  for (const mask of testMasks()) {
    const expected = thinOracle(mask);
    for (const compute of [await whole(), await banded()]) {
      using plane = compute.upload(mask);
      using skeleton = await thin(plane);
      const data = await skeleton.read();
      assert.deepEqual(data, expected, mask.what);
      const thinned = { ...mask, data };
      assert.ok(data.every((value, i) => value <= mask.data[i]), `${mask.what}: nothing is added`);
      assert.equal(
        connectedComponentsOracle(thinned).length,
        connectedComponentsOracle(mask).length,
        `${mask.what}: pieces`,
      );
      assert.equal(countHoles(thinned), countHoles(mask), `${mask.what}: holes`);
    }
  }
});

Deno.test("thin() leaves the middle line of a bar, and a pixel of a square of four", async () => {
  const width = 60, height = 40;
  const data = new Float32Array(width * height);
  for (let y = 10; y < 15; y++) data.fill(1, y * width + 4, y * width + 50);
  for (const y of [30, 31]) data.fill(1, y * width + 20, y * width + 22);
  using plane = (await whole()).upload({ width, height, channels: 1, data });
  using skeleton = await thin(plane);
  const found = await skeleton.read();
  for (let x = 8; x < 46; x++) {
    const rows = Array.from({ length: 20 }, (_, y) => y).filter((y) => found[y * width + x] === 1);
    assert.deepEqual(rows, [12], `column ${x}`);
  }
  assert.equal(found.subarray(30 * width).reduce((sum, value) => sum + value, 0), 1);
});

Deno.test("thin() goes on until a wide mask is thin", async () => {
  const side = 301;
  using plane = (await whole()).upload({
    width: side,
    height: side,
    channels: 1,
    data: new Uint8Array(side * side).fill(1),
  });
  using skeleton = await thin(plane);
  using again = await thin(skeleton);
  const found = await skeleton.read();
  assert.deepEqual(await again.read(), found);
  const pixels = found.reduce((sum, value) => sum + value, 0);
  assert.ok(pixels > 0 && pixels < 3 * side, `${pixels} pixels`);
});
