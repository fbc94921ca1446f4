import assert from "node:assert/strict";
import { randomStream } from "../../../../core/random.ts";
import type { Canvas } from "../../../../core/sampling/drawn/canvas.ts";
import { paintMotif } from "../../../../core/sampling/drawn/motifs.ts";
import { canvasOf } from "./canvases.ts";

const SIDE = 192, GROUND = 160;

function cracked(seed: number, ground: number | ArrayLike<number> = GROUND): Canvas {
  const canvas = canvasOf(SIDE, SIDE, ground);
  paintMotif(canvas, "cracks", randomStream(seed, 0));
  return canvas;
}

const crops = Array.from({ length: 120 }, (_, seed) => cracked(seed));

/** Whether some pixel of the 3 × 3 around one has crack at all. */
function isBeside({ crack }: Canvas, i: number): boolean {
  const x = i % SIDE, y = Math.floor(i / SIDE);
  for (let v = Math.max(0, y - 1); v <= Math.min(SIDE - 1, y + 1); v++) {
    for (let u = Math.max(0, x - 1); u <= Math.min(SIDE - 1, x + 1); u++) {
      if (crack[v * SIDE + u] > 0) return true;
    }
  }
  return false;
}

/** By which share of the ground a pixel is darker. */
function darkness({ pixels }: Canvas, i: number): number {
  return 1 - (pixels[3 * i] + pixels[3 * i + 1] + pixels[3 * i + 2]) / (3 * GROUND);
}

/** Side of the largest square of crack. */
function thickest({ crack }: Canvas): number {
  const sides = new Uint16Array(crack.length);
  let most = 0;
  for (let i = 0; i < crack.length; i++) {
    if (crack[i] < 128) continue;
    const inside = i % SIDE > 0 && i >= SIDE;
    sides[i] = 1 + (inside ? Math.min(sides[i - 1], sides[i - SIDE], sides[i - SIDE - 1]) : 0);
    most = Math.max(most, sides[i]);
  }
  return most;
}

Deno.test("what is noted as crack is darker than the ground", () => {
  let noted = 0, dark = 0;
  for (const crop of crops) {
    crop.crack.forEach((value, i) => {
      if (value < 255) return;
      noted++;
      if (darkness(crop, i) > 0.03) dark++;
    });
  }
  assert.ok(noted > 30_000, `${noted} pixels`);
  assert.ok(dark / noted > 0.99, `${dark} of ${noted}`);
});

Deno.test("what is much darker than the ground is noted as crack, to a pixel", () => {
  for (const [seed, crop] of crops.entries()) {
    // Dirt beside a crack makes it darker by 12 % at most.
    const strangers = crop.crack.filter((_, i) => darkness(crop, i) > 0.15 && !isBeside(crop, i)).length;
    assert.equal(strangers, 0, `seed ${seed}`);
  }
});

Deno.test("the area noted is the area that is seen as dark", () => {
  // Half as dark as cracks are inside is where an eye sees their border.
  let noted = 0, seen = 0;
  for (const crop of crops) {
    const all = Array.from(crop.crack, (_, i) => darkness(crop, i));
    const inside = all.filter((_, i) => crop.crack[i] === 255).sort((a, b) => a - b);
    if (inside.length === 0) continue;
    const half = inside[Math.floor(inside.length / 2)] / 2;
    seen += all.filter((value) => value > half).length;
    noted += crop.crack.reduce((sum, value) => sum + value, 0) / 255;
  }
  assert.ok(seen / noted > 0.9 && seen / noted < 1.1, `${seen} seen, ${noted} noted`);
});

Deno.test("cracks are of all widths: many thin, some very wide", () => {
  const widths = crops.map(thickest);
  const share = (is: (width: number) => boolean) => widths.filter(is).length / widths.length;
  assert.ok(share((width) => width <= 3) > 0.25, `${widths}`);
  assert.ok(share((width) => width > 3 && width <= 18) > 0.3, `${widths}`);
  assert.ok(share((width) => width > 18) > 0.01, `${widths}`);
  assert.ok(Math.max(...widths) <= 70, `${widths}`);
});

Deno.test("nearly every crop has crack, and none is all crack", () => {
  const shares = crops.map(({ crack }) => crack.reduce((sum, value) => sum + value, 0) / 255 / SIDE ** 2);
  assert.ok(shares.filter((share) => share > 0.0005).length > 0.9 * crops.length);
  assert.ok(Math.max(...shares) < 0.6);
});

Deno.test("a crack that could not be seen is not drawn: on black, and thin in the coarsest grain", () => {
  for (let seed = 0; seed < 30; seed++) {
    const black = cracked(seed, 0);
    assert.ok(black.pixels.every((value) => value === 0));
    assert.ok(black.crack.every((value) => value === 0));
  }
  const random = randomStream(9, 9);
  const grain = Array.from({ length: SIDE * SIDE }, () => random() < 0.5 ? 0 : 255).flatMap((v) => [v, v, v]);
  // Deviation and mean are equal there: only cracks some pixels wide can be told from it.
  const widths = Array.from({ length: 60 }, (_, seed) => thickest(cracked(seed, grain)));
  assert.ok(widths.every((width) => width === 0 || width > 1), `${widths}`);
  assert.ok(widths.some((width) => width === 0) && widths.some((width) => width > 3), `${widths}`);
});

Deno.test("the ground's texture remains in some cracks, and others hide it", () => {
  const texture = Array.from({ length: SIDE * SIDE }, (_, i) => i % 2 === 0 ? 150 : 170).flatMap((
    v,
  ) => [v, v, v]);
  // Contrast of the stripes inside cracks, against that of the ground.
  const left = Array.from({ length: 60 }, (_, seed) => {
    const { crack, pixels } = cracked(seed, texture);
    let even = 0, odd = 0, evens = 0, odds = 0;
    crack.forEach((value, i) => {
      if (value < 255) return;
      if (i % 2 === 0) even += pixels[3 * i], evens++;
      else odd += pixels[3 * i], odds++;
    });
    return evens > 20 && odds > 20 ? (odd / odds) / (even / evens) : undefined;
  }).filter((ratio) => ratio !== undefined);
  assert.ok(left.filter((ratio) => ratio > 1.1).length >= 5, `${left}`);
  assert.ok(left.filter((ratio) => ratio < 1.05).length >= 5, `${left}`);
});

Deno.test("what the caller has as crack stays, and is joined by the maximum", () => {
  const alone = cracked(1), joined = canvasOf(SIDE, SIDE, GROUND);
  joined.crack.forEach((_, i) => joined.crack[i] = i % 200);
  paintMotif(joined, "cracks", randomStream(1, 0));
  assert.deepEqual(joined.crack, alone.crack.map((value, i) => Math.max(value, i % 200)));
});
