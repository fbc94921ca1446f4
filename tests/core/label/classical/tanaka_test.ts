import assert from "node:assert/strict";
import { tanakaLabeller } from "../../../../core/label/classical/tanaka.ts";
import { sharedCompute } from "../../testing.ts";

const compute = sharedCompute();

/** A photo of 200 with a line of 50, one pixel wide and 40 long, and a dot of 3 × 3. */
function photo(): ImageData {
  const image = new ImageData(new Uint8ClampedArray(64 * 48 * 4).fill(200), 64, 48);
  for (let i = 0; i < 64 * 48; i++) {
    const x = i % 64, y = Math.floor(i / 64);
    const dark = (y === 10 && x >= 12 && x < 52) || (Math.abs(x - 32) <= 1 && Math.abs(y - 35) <= 1);
    image.data.set(dark ? [50, 50, 50, 255] : [200, 200, 200, 255], 4 * i);
  }
  return image;
}

Deno.test("tanakaLabeller() finds how dark a line is, and nothing of a dot", async () => {
  const labeller = tanakaLabeller(await compute(), {
    settings: { smoothing: 0, width: 15, length: 21, least: 40 },
  });
  const { stages: [narrow, long], mask, crackPixels } = await labeller.label(photo(), { stages: true });
  const [onLine, onDot] = [10 * 64 + 30, 35 * 64 + 32];
  for (const [map, expected] of [[narrow, [150, 150]], [long, [150, 0]]] as const) {
    for (const [i, at] of [onLine, onDot].entries()) {
      assert.ok(Math.abs(map.data[at] - expected[i]) < 1e-4, `${map.key}: ${map.data[at]}`);
    }
  }
  assert.equal(crackPixels, 40);
  for (let x = 12; x < 52; x++) assert.equal(mask[10 * 64 + x], 1);
});

Deno.test("tanakaLabeller() drops pieces that are too small, and keeps a confidence in them", async () => {
  const labeller = tanakaLabeller(await compute(), { settings: { smoothing: 0, length: 21 } });
  const { crackPixels, confidence } = await labeller.label(photo());
  assert.equal(crackPixels, 0);
  assert.ok(Math.abs(confidence[10 * 64 + 30] - 127 / 255) < 1e-6);
});

Deno.test("tanakaLabeller() refuses lines without a middle and fewer than no pixels", async () => {
  const device = await compute();
  for (const settings of [{ width: 14 }, { length: 0 }, { length: 2.5 }, { least: -1 }, { smoothing: 0.5 }]) {
    assert.throws(() => tanakaLabeller(device, { settings }), {
      name: "RangeError",
      message: /^Cannot label by morphology with .+ is wanted\.$/,
    });
  }
});
