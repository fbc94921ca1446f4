import assert from "node:assert/strict";
import { ruledShare } from "../../../../core/label/hairline/ruled_lines.ts";

const SIDE = 160;

/** A map that is 1 within `half` of the places where a function of x and y is 0, given as a distance in pixels. */
function drawn(
  distance: (x: number, y: number) => number,
  { half = 1.5, scale = 1 } = {},
): {
  readonly width: number;
  readonly height: number;
  mask: Uint8Array;
  confidence: Float32Array;
  scale: number;
} {
  const side = SIDE / scale;
  const confidence = Float32Array.from(
    { length: side * side },
    (_, i) =>
      Math.max(
        0,
        Math.min(1, half + 0.5 - Math.abs(distance(i % side * scale, Math.floor(i / side) * scale))),
      ),
  );
  const mask = Uint8Array.from(confidence, (value) => Number(value > 0.5));
  return { width: side, height: side, mask, confidence, scale };
}

/** How far a place is from the nearest line of a grid, turned by an angle. */
const grid = (degrees: number, cell: number) => (x: number, y: number): number => {
  const [cos, sin] = [Math.cos(degrees * Math.PI / 180), Math.sin(degrees * Math.PI / 180)];
  const nearest = (at: number) => Math.abs(at - cell * Math.round(at / cell));
  return Math.min(nearest(x * cos + y * sin), nearest(y * cos - x * sin));
};

/** From the middle line of one that turns by up to 32° to each side. */
const winding = (x: number, y: number): number =>
  (y - SIDE / 2 - 10 * Math.sin(x / 16)) / Math.hypot(1, 10 / 16 * Math.cos(x / 16));

Deno.test("ruledShare() finds joints, however the wall is turned and however large the photo is", () => {
  for (const degrees of [0, 17, 45, 80]) {
    for (const cell of [30, 70]) {
      const share = ruledShare(drawn(grid(degrees, cell)));
      assert.ok(share > 0.85, `${degrees}°, ${cell}: ${share}`);
    }
  }
  assert.ok(ruledShare(drawn(grid(17, 40), { scale: 0.25 })) > 0.85);
});

Deno.test("ruledShare() is small for what wanders, and in between for joints that a crack crosses", () => {
  const wandering = ruledShare(drawn(winding));
  assert.ok(wandering < 0.5, `${wandering}`);
  assert.ok(ruledShare(drawn((x, y) => Math.hypot(x - 80, y - 80) - 50)) < 0.2, "a ring has all directions");
  const both = ruledShare(drawn((x, y) => Math.min(Math.abs(winding(x, y)), grid(0, 150)(x, y))));
  assert.ok(both > 0.4 && both < 0.8, `${both}`);
});

Deno.test("ruledShare() is 0 where nothing has a direction", () => {
  assert.equal(ruledShare({ ...drawn(winding), mask: new Uint8Array(SIDE * SIDE) }), 0);
  const flat = {
    width: 9,
    height: 7,
    mask: new Uint8Array(63).fill(1),
    confidence: new Float32Array(63).fill(1),
    scale: 1,
  };
  assert.equal(ruledShare(flat), 0);
  assert.equal(ruledShare({ ...flat, width: 1, height: 1 }), 0);
});
