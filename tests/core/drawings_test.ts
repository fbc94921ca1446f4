import assert from "node:assert/strict";
import { drawCrack } from "../../core/draw_crack.ts";
import { drawDistraction } from "../../core/draw_distraction.ts";
import { randomStream } from "../../core/random_stream.ts";

const SIZE = 48;

/** What a drawing changed on flat ground of grey level 100: grey levels, negative where it got darker. */
function drawn(draw: typeof drawCrack, seed: number, size = SIZE): Int16Array {
  const pixels = new Uint8Array(size * size * 3).fill(100);
  draw({ pixels, size, random: randomStream(seed, 0) });
  const change = new Int16Array(size * size);
  for (let i = 0; i < change.length; i++) {
    change[i] = pixels[3 * i] - 100;
    assert.deepEqual([pixels[3 * i + 1], pixels[3 * i + 2]], [pixels[3 * i], pixels[3 * i]], "stays grey");
  }
  return change;
}

Deno.test("drawCrack() only darkens, visibly, in the patch's middle and not all of it", () => {
  for (let seed = 0; seed < 300; seed++) {
    const change = drawn(drawCrack, seed);
    assert.ok(Math.max(...change) <= 0, `seed ${seed}`);
    assert.ok(Math.min(...change) <= -5, `seed ${seed}: darkest ${Math.min(...change)}`);
    const share = change.filter((value) => value < 0).length / change.length;
    assert.ok(share > 0.002 && share < 0.6, `seed ${seed}: ${share} of the patch`);
    const middle = change.filter((_, i) => {
      const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
      return Math.min(x, y) >= SIZE / 8 - 1 && Math.max(x, y) <= SIZE * 7 / 8;
    });
    assert.ok(middle.some((value) => value < 0), `seed ${seed}: only at the edge`);
  }
});

Deno.test("drawCrack() draws hairlines and wide cracks", () => {
  const shares = Array.from(
    { length: 200 },
    (_, seed) => drawn(drawCrack, seed).filter((value) => value < 0).length / SIZE ** 2,
  );
  assert.ok(shares.filter((share) => share < 0.06).length > 30);
  assert.ok(shares.filter((share) => share > 0.2).length > 20);
});

Deno.test("drawDistraction() draws dark and bright things, differently for each seed and alike for the same", () => {
  const changes = Array.from({ length: 60 }, (_, seed) => drawn(drawDistraction, seed));
  assert.ok(changes.filter((change) => Math.min(...change) < 0).length > 20);
  assert.ok(changes.filter((change) => Math.max(...change) > 0).length > 8);
  assert.deepEqual(drawn(drawDistraction, 7), changes[7]);
  assert.notDeepEqual(changes[7], changes[8]);
});

Deno.test("a patch of one pixel, black or saturated, is drawn on without harm", () => {
  for (const draw of [drawCrack, drawDistraction]) {
    for (const value of [0, 255]) {
      for (const size of [1, 2, 3]) {
        for (let seed = 0; seed < 50; seed++) {
          const pixels = new Uint8Array(size * size * 3).fill(value);
          draw({ pixels, size, random: randomStream(seed, size) });
          // Light is taken or given as a share of what is there: black stays black.
          if (value === 0) assert.ok(pixels.every((v) => v === 0));
        }
      }
    }
  }
});
