import assert from "node:assert/strict";
import type { Pixels, Point } from "../../../tasks/studio/page/box.ts";
import { CrackPen } from "../../../tasks/studio/page/crack_pen.ts";
import { seeded } from "../../core/testing.ts";

const WIDTH = 121, HEIGHT = 83;

/** The middle of a drawn crack, by column. */
const middle = (x: number) => 40 + 20 * Math.sin(x / 15);

/** A photo of grey values. */
function greyPhoto(width: number, height: number, values: ArrayLike<number>): Pixels {
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < values.length; i++) data.fill(values[i], 4 * i, 4 * i + 3);
  return { width, height, data };
}

const tracedCrack = (photo: Pixels, from: Point, to: Point) => new CrackPen(photo).trace(from, to);

/** A dark line of this width along {@linkcode middle} on noisy ground. */
function drawn(width: number): { readonly photo: Pixels; readonly truth: Set<number> } {
  const random = seeded(3);
  const truth = new Set<number>();
  const data = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const x = i % WIDTH, y = Math.floor(i / WIDTH);
    // The distance from a slanting line is less than straight down.
    const slope = 20 / 15 * Math.cos(x / 15);
    const inside = Math.abs(y - middle(x)) / Math.hypot(1, slope) <= width / 2;
    if (inside) truth.add(i);
    return (inside ? 60 : 150) + 20 * (random() - 0.5);
  });
  return { photo: greyPhoto(WIDTH, HEIGHT, data), truth };
}

const ends = [{ x: 4, y: middle(4) }, { x: 116, y: middle(116) }] as const;

for (const width of [2, 5]) {
  Deno.test(`the crack pen follows a dark line ${width} pixels wide round its curves, as wide as it is`, () => {
    const { photo, truth } = drawn(width);
    const pixels = tracedCrack(photo, ...ends);
    const between = [...truth].filter((i) => i % WIDTH >= 4 && i % WIDTH <= 116);
    const shared = pixels.filter((i) => truth.has(i)).length;
    const f1 = 2 * shared / (pixels.length + between.length);
    assert.ok(f1 > 0.85, `F1 ${f1}: ${pixels.length} pixels for ${between.length}`);
  });
}

Deno.test("the crack pen draws a straight line where a photo shows none, and a point where both clicks are one", () => {
  const photo = greyPhoto(WIDTH, HEIGHT, new Uint8Array(WIDTH * HEIGHT).fill(140));
  const line = tracedCrack(photo, { x: 10, y: 20 }, { x: 30, y: 20 });
  assert.deepEqual(line.toSorted((a, b) => a - b), Array.from({ length: 21 }, (_, i) => 20 * WIDTH + 10 + i));
  assert.deepEqual(tracedCrack(photo, { x: 0, y: 0 }, { x: 0.3, y: -0.2 }), [0]);
});

Deno.test("the crack pen stays in a photo of one row and of one pixel", () => {
  const row = greyPhoto(9, 1, [9, 200, 9, 200, 9, 200, 9, 200, 9]);
  assert.deepEqual(
    tracedCrack(row, { x: 0, y: 0 }, { x: 8, y: 0 }).toSorted(),
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
  );
  assert.deepEqual(
    tracedCrack(greyPhoto(1, 1, [7]), { x: 0, y: 0 }, { x: 0, y: 0 }),
    [0],
  );
});

Deno.test("where clicks are far apart, the crack pen follows the line that it first found in blocks of pixels", () => {
  // More pixels than are searched at once.
  const width = 801, height = 501;
  const random = seeded(4);
  const centre = (x: number) => 250 + 120 * Math.sin(x / 150);
  const data = new Float32Array(width * height);
  for (let i = 0; i < data.length; i++) {
    const x = i % width, y = Math.floor(i / width);
    data[i] = (Math.abs(y - centre(x)) < 2 ? 60 : 150) + 30 * (random() - 0.5);
  }
  const pixels = tracedCrack(greyPhoto(width, height, data), { x: 3, y: centre(3) }, {
    x: 1497,
    y: centre(1497),
  });
  const beside = pixels.filter((pixel) => Math.abs(Math.floor(pixel / width) - centre(pixel % width)) > 5);
  assert.ok(
    beside.length < 0.02 * pixels.length,
    `${beside.length} of ${pixels.length} pixels are off the line`,
  );
  // Without a gap.
  assert.ok(new Set(pixels.map((pixel) => pixel % width)).size >= 795);
});
