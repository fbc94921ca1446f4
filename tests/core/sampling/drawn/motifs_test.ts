import assert from "node:assert/strict";
import { randomStream } from "../../../../core/random.ts";
import type { Canvas } from "../../../../core/sampling/drawn/canvas.ts";
import { CRACK_MOTIFS, type Motif, MOTIFS, paintMotif } from "../../../../core/sampling/drawn/motifs.ts";
import { CONTENTS, SIZES, testImage } from "../../testing.ts";
import { altered, canvasOf } from "./canvases.ts";

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

  Deno.test(`${motif}: alters something of most crops`, () => {
    const shares = Array.from({ length: 40 }, (_, seed) => {
      const canvas = canvasOf(128, 128), before = canvas.pixels.slice();
      return altered(painted(canvas, motif, seed), before).filter((is) => is).length / 128 ** 2;
    });
    const seen = shares.filter((share) => share > 0.001).length;
    assert.ok(seen >= 30, `${seen} of 40 crops`);
  });

  Deno.test(`${motif}: paints on any size and any ground, and beyond neither pixels nor crack`, () => {
    for (const [width, height] of SIZES) {
      for (const [seed, content] of CONTENTS.entries()) {
        const { data } = testImage(width, height, 3, content);
        const alone = painted(canvasOf(width, height, data), motif, seed);
        // The crop of a batch, with others before and behind it.
        const area = width * height;
        const pixels = new Uint8Array(9 * area).fill(77), crack = new Uint8Array(3 * area).fill(7);
        pixels.set(data, 3 * area);
        crack.fill(0, area, 2 * area);
        painted(
          {
            width,
            height,
            pixels: pixels.subarray(3 * area, 6 * area),
            crack: crack.subarray(area, 2 * area),
          },
          motif,
          seed,
        );
        assert.deepEqual(pixels.slice(3 * area, 6 * area), alone.pixels);
        assert.deepEqual(crack.slice(area, 2 * area), alone.crack);
        pixels.fill(77, 3 * area, 6 * area);
        crack.fill(7, area, 2 * area);
        assert.ok(pixels.every((value) => value === 77) && crack.every((value) => value === 7));
      }
    }
  });

  if (!CRACK_MOTIFS.includes(motif)) {
    Deno.test(`${motif}: leaves crack as it is`, () => {
      for (let seed = 0; seed < 20; seed++) {
        const canvas = canvasOf(96, 96);
        canvas.crack.forEach((_, i) => canvas.crack[i] = i % 251);
        const crack = canvas.crack.slice();
        assert.deepEqual(painted(canvas, motif, seed).crack, crack);
      }
    });
  }
}

Deno.test("a canvas whose pixels or crack do not fit its sides is refused", () => {
  assert.throws(
    () => paintMotif({ ...canvasOf(5, 4), crack: new Uint8Array(19) }, "cracks", randomStream(1, 0)),
    /^RangeError: Cannot paint on a canvas of 5 × 4: it has 60 bytes of pixels and 19 of crack, and 60 and 20 are wanted\.$/,
  );
  assert.throws(
    () => paintMotif({ ...canvasOf(5, 4), pixels: new Uint8Array(80) }, "shadow", randomStream(1, 0)),
    /^RangeError: .* it has 80 bytes of pixels and 20 of crack, and 60 and 20 are wanted\.$/,
  );
});
