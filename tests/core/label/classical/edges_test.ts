import assert from "node:assert/strict";
import { aTrousLabeller, cannyLabeller } from "../../../../core/label/classical/edges.ts";
import { sharedCompute } from "../../testing.ts";

const compute = sharedCompute();

const WIDTH = 96, HEIGHT = 64;

/** A photo of 180 with what a function makes darker. */
function photo(darker: (x: number, y: number) => number): ImageData {
  const image = new ImageData(WIDTH, HEIGHT);
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const value = 180 - darker(i % WIDTH, Math.floor(i / WIDTH));
    image.data.set([value, value, value, 255], 4 * i);
  }
  return image;
}

/** Rows of a column that are crack. */
function found(mask: Uint8Array, x: number): number[] {
  return Array.from({ length: HEIGHT }, (_, y) => y).filter((y) => mask[y * WIDTH + x] === 1);
}

for (const labellerOf of [aTrousLabeller, cannyLabeller]) {
  const name = labellerOf.name;

  Deno.test(`${name}() fills a dark stripe between its edges, and nothing beside a dark half or on a bright stripe`, async () => {
    const labeller = labellerOf(await compute());
    const stripe = await labeller.label(photo((_, y) => y >= 30 && y < 34 ? 120 : 0));
    const rows = found(stripe.mask, 40);
    assert.ok([30, 31, 32, 33].every((y) => rows.includes(y)), `${rows}`);
    // Not more than scale 2 blurs it by.
    assert.ok(rows.every((y) => y >= 28 && y <= 35), `${rows}`);
    assert.equal((await labeller.label(photo((_, y) => y < 32 ? 120 : 0))).crackPixels, 0);
    const bright = await labeller.label(photo((_, y) => y >= 30 && y < 34 ? -60 : 0));
    assert.deepEqual(found(bright.mask, 40).filter((y) => y >= 30 && y < 34), []);
  });

  Deno.test(`${name}() leaves out what is wider than it is told to, and refuses widths of no pixel`, async () => {
    const wide = photo((_, y) => y >= 20 && y < 40 ? 120 : 0);
    const device = await compute();
    assert.equal((await labellerOf(device).label(wide)).crackPixels, 0);
    const { mask } = await labellerOf(device, { settings: { width: 25 } }).label(wide);
    assert.deepEqual(found(mask, 40).filter((y) => y >= 20 && y < 40).length, 20);
    for (const width of [0, -1, 1.5, NaN]) {
      assert.throws(() => labellerOf(device, { settings: { width } }), {
        name: "RangeError",
        message: `Cannot label by edges with a width of ${width}: a positive number of pixels is wanted.`,
      });
    }
  });
}

Deno.test("cannyLabeller() keeps a faint crack that goes on from a strong one, and drops the same by itself", async () => {
  // Two lines that are strong and faint in halves, and one that is faint all along.
  const image = photo((x, y) => {
    if (Math.abs(y - 20) < 2) return x < 48 ? 120 : 60;
    return Math.abs(y - 45) < 2 && x > 40 ? 60 : 0;
  });
  const { mask } = await cannyLabeller(await compute()).label(image);
  assert.ok(found(mask, 20).includes(20));
  assert.ok(found(mask, 80).includes(20));
  assert.ok(!found(mask, 80).includes(45));
  const all = await cannyLabeller(await compute(), { settings: { low: 0 } }).label(image);
  assert.ok(all.crackPixels >= mask.filter((value) => value === 1).length);
  for (const low of [-0.1, 1.1, NaN]) {
    assert.throws(() => cannyLabeller({} as never, { settings: { low } }), /is wanted/);
  }
});
