import assert from "node:assert/strict";
import { randomStream } from "../../../../core/random.ts";
import type { Canvas } from "../../../../core/sampling/drawn/canvas.ts";
import { CRACK_MOTIFS, type Motif, MOTIFS, paintMotif } from "../../../../core/sampling/drawn/motifs.ts";
import { CONTENTS, SIZES, testImage } from "../../testing.ts";

/** A canvas of one grey, or of what is given. */
function canvasOf(width: number, height: number, ground: number | ArrayLike<number> = 140): Canvas {
  const pixels = typeof ground === "number"
    ? new Uint8Array(3 * width * height).fill(ground)
    : Uint8Array.from(ground);
  return { width, height, pixels, crack: new Uint8Array(width * height) };
}

/** Pixels that are not as they were. */
function altered(canvas: Canvas, before: Uint8Array): number[] {
  const found: number[] = [];
  for (let i = 0; i < canvas.crack.length; i++) {
    if ([0, 1, 2].some((c) => canvas.pixels[3 * i + c] !== before[3 * i + c])) found.push(i);
  }
  return found;
}

function painted(canvas: Canvas, motif: Motif, seed: number): Canvas {
  paintMotif(canvas, motif, randomStream(seed, 0));
  return canvas;
}

for (const motif of MOTIFS) {
  Deno.test(`${motif}: equal streams give equal pixels, others give others`, () => {
    const [a, b, other] = [3, 3, 4].map((seed) => painted(canvasOf(96, 80), motif, seed));
    assert.deepEqual(a, b);
    assert.notDeepEqual(a.pixels, other.pixels);
  });

  Deno.test(`${motif}: any size and any ground, of whole bytes`, () => {
    for (const [width, height] of SIZES) {
      for (const [seed, content] of CONTENTS.entries()) {
        const { data } = testImage(width, height, 3, content);
        const canvas = painted(canvasOf(width, height, data), motif, seed);
        assert.equal(canvas.pixels.length, 3 * width * height);
      }
    }
  });

  if (CRACK_MOTIFS.includes(motif)) {
    Deno.test(`${motif}: what the caller has as crack stays`, () => {
      const canvas = canvasOf(64, 64);
      canvas.crack.fill(200, 0, 64 * 20);
      painted(canvas, motif, 1);
      assert.ok(canvas.crack.subarray(0, 64 * 20).every((value) => value >= 200));
    });
  } else {
    Deno.test(`${motif}: alters pixels and no crack`, () => {
      let found = 0;
      for (let seed = 0; seed < 20; seed++) {
        const canvas = canvasOf(96, 96);
        canvas.crack.forEach((_, i) => canvas.crack[i] = i % 251);
        const crack = canvas.crack.slice(), before = canvas.pixels.slice();
        painted(canvas, motif, seed);
        assert.deepEqual(canvas.crack, crack);
        if (altered(canvas, before).length > 0) found++;
      }
      assert.ok(found >= 15, `${found} of 20`);
    });
  }
}

Deno.test("a canvas that is not whole is refused", () => {
  assert.throws(
    () => paintMotif({ ...canvasOf(5, 4), crack: new Uint8Array(19) }, "cracks", randomStream(1, 0)),
    /^RangeError: Cannot paint on a canvas of 5 × 4: it has 60 bytes of pixels and 19 of crack, and 60 and 20 are wanted\.$/,
  );
});
