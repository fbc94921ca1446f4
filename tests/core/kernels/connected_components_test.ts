import assert from "node:assert/strict";
import { connectedComponents } from "../../../core/kernels/connected_components.ts";
import { componentLabels } from "../../../core/measure/component_labels.ts";
import { connectedComponentsOracle } from "../../oracles/connected_components.ts";
import { sharedCompute } from "../testing.ts";
import { testMasks } from "./masks.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 24000 });

Deno.test("connectedComponents() and componentLabels() equal the oracle on masks of any size and content", async () => {
  for (const mask of testMasks()) {
    const { width, what } = mask;
    // Pieces are numbered in the order of their first squares of 2 × 2 pixels.
    const firstSquare = (piece: readonly number[]) =>
      Math.min(
        ...piece.map((i) => Math.floor(Math.floor(i / width) / 2) * width + Math.floor((i % width) / 2)),
      );
    const pieces = connectedComponentsOracle(mask).sort((a, b) => firstSquare(a) - firstSquare(b));
    const expected = new Float32Array(mask.data.length);
    pieces.forEach((piece, i) => piece.forEach((pixel) => expected[pixel] = i + 1));
    assert.deepEqual(Float32Array.from(componentLabels(mask)), expected, what);
    for (const compute of [await whole(), await banded()]) {
      using plane = compute.upload(mask);
      using labels = connectedComponents(plane);
      assert.deepEqual(await labels.read(), expected, what);
    }
  }
});

Deno.test("connectedComponents() follows one line through a large mask, and refuses one that no binding holds", async () => {
  const width = 640, height = 360;
  // Rows that are joined at alternate ends: the longest way that a number can have to go.
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const x = i % width, y = Math.floor(i / width);
    return Number(y % 4 === 0 || x === (y % 8 < 4 ? width - 1 : 0));
  });
  using plane = (await whole()).upload({ width, height, channels: 1, data });
  using labels = connectedComponents(plane);
  assert.deepEqual(await labels.read(), Float32Array.from(data));
  assert.deepEqual(componentLabels({ width, height, data: Uint8Array.from(data) }), Uint32Array.from(data));

  using large = (await banded()).create({ width: 400, height: 100, channels: 1 });
  assert.throws(
    () => connectedComponents(large),
    /a quarter of it takes 40000 bytes, and a binding shows 24000 at most/,
  );
});
