import assert from "node:assert/strict";
import { blockEntropies, oliveiraLabeller } from "../../../../core/label/classical/oliveira.ts";
import { assertClose, sharedCompute } from "../../testing.ts";

Deno.test("blockEntropies() gives the entropy of shares, in blocks that may be smaller at the rim", () => {
  // Four blocks of 20 pixels in a row with 1, 2, 5 and 10 dark ones.
  const row = [1, 2, 5, 10].flatMap((ones) => Array.from({ length: 20 }, (_, i) => Number(i < ones)));
  const shares = blockEntropies(row, { width: 80, height: 1, blockSize: 20 });
  assert.deepEqual([shares.width, shares.height], [4, 1]);
  assertClose(shares.data, [0.286397, 0.468996, 0.811278, 1], 1e-6, "H(p)");

  const rim = blockEntropies([1, 1, 0, 1, 1, 1, 1, 0, 1], { width: 3, height: 3, blockSize: 2 });
  assertClose(rim.data, [0, 1, 1, 0], 1e-6, "of 4, 2, 2 and 1 pixels");
});

Deno.test("oliveiraLabeller() takes dark pixels in blocks that are dark in part, not those that are dark as a whole", async () => {
  using compute = await sharedCompute()();
  const image = new ImageData(96, 64);
  for (let i = 0; i < 96 * 64; i++) {
    const x = i % 96, y = Math.floor(i / 96);
    // A line of 4 pixels through the middle of blocks, and a dark block.
    const dark = (x >= 22 && x < 26) || (x >= 64 && x < 80 && y >= 16 && y < 32);
    image.data.set(dark ? [40, 40, 40, 255] : [180, 180, 180, 255], 4 * i);
  }
  const { mask, stages: [dark, entropy] } = await oliveiraLabeller(compute, { settings: { openingSize: 1 } })
    .label(image, { stages: true });
  assert.deepEqual([dark.data[20 * 96 + 70], entropy.data[20 * 96 + 70]], [1, 0]);
  assert.ok(Math.abs(entropy.data[20 * 96 + 20] - 0.811278) < 1e-6);
  for (const [i, value] of mask.entries()) assert.equal(value, Number(i % 96 >= 22 && i % 96 < 26), `${i}`);

  assert.throws(() => oliveiraLabeller(compute, { settings: { blockSize: 0 } }), {
    name: "RangeError",
    message: "Cannot label by entropy in blocks of 0: a positive number of pixels is wanted.",
  });
});
