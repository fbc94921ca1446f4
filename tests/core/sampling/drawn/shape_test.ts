import assert from "node:assert/strict";
import { randomStream } from "../../../../core/random.ts";
import { groundUnder, type Node, paint, recordCrack, Shape } from "../../../../core/sampling/drawn/shape.ts";
import { canvasOf } from "./canvases.ts";

/** The least distance from a stroke, by ternary search along each of its lines: on a line it has one minimum. */
function distanceBySearch(nodes: readonly Node[], x: number, y: number): number {
  let least = Infinity;
  for (let i = 1; i < nodes.length; i++) {
    const a = nodes[i - 1], b = nodes[i];
    const at = (t: number) => Math.hypot(x - a.x - t * (b.x - a.x), y - a.y - t * (b.y - a.y));
    let low = 0, high = 1;
    while (high - low > 1e-6) {
      const third = (high - low) / 3;
      if (at(low + third) < at(high - third)) high -= third;
      else low += third;
    }
    least = Math.min(least, at(low));
  }
  return least;
}

Deno.test("a stroke's depth is the distance to its border, negative outside", () => {
  const random = randomStream(1, 1);
  for (let trial = 0; trial < 10; trial++) {
    const radius = 0.5 + 6 * random();
    const nodes = Array.from({ length: 3 }, () => ({ x: 40 * random() - 4, y: 36 * random() - 4, radius }));
    const { depth } = new Shape({ width: 32, height: 28 }, 3).stroke(nodes);
    depth.forEach((value, i) => {
      const wanted = radius - distanceBySearch(nodes, i % 32 + 0.5, Math.floor(i / 32) + 0.5);
      if (wanted > -3 + 1e-3) {
        assert.ok(Math.abs(value - wanted) < 1e-3, `${value} where ${wanted} is wanted`);
      } else assert.ok(value < -3 + 1e-3, `${value} where less than −3 is wanted`);
    });
  }
});

Deno.test("a stroke that tapers is as wide as its nodes say, all along", () => {
  const { depth } = new Shape({ width: 100, height: 40 }).stroke([
    { x: 0, y: 20, radius: 2 },
    { x: 100, y: 20, radius: 12 },
  ]);
  for (let x = 0; x < 100; x++) {
    const inside = Array.from({ length: 40 }, (_, y) =>
      depth[y * 100 + x]).filter((value) => value > 0).length;
    const wanted = 2 * (2 + (x + 0.5) / 10);
    assert.ok(Math.abs(inside - wanted) <= 1.5, `${inside} rows at ${x}, wanted ${wanted}`);
  }
});

Deno.test("the crack noted of a stroke adds up to its area", () => {
  for (const width of [1, 1.5, 2, 3.3, 8, 20]) {
    const canvas = canvasOf(120, 80), radius = width / 2;
    recordCrack(canvas, new Shape(canvas).stroke([{ x: 20, y: 23.3, radius }, { x: 100, y: 51.7, radius }]));
    const area = canvas.crack.reduce((sum, value) => sum + value, 0) / 255;
    const wanted = width * Math.hypot(80, 28.4) + Math.PI * radius ** 2;
    assert.ok(Math.abs(area / wanted - 1) < 0.03, `${area} for a width of ${width}, wanted ${wanted}`);
  }
});

Deno.test("a polygon is the same in either order of its corners, and as large as it is", () => {
  const corners = [{ x: 5, y: 8 }, { x: 44, y: 3 }, { x: 50, y: 30 }, { x: 20, y: 37 }];
  const [there, back] = [corners, corners.toReversed()].map((corners) =>
    new Shape({ width: 60, height: 40 }).polygon(corners).depth
  );
  there.forEach((value, i) => assert.ok(value === back[i] || Math.abs(value - back[i]) < 1e-6));
  const area = corners.reduce((sum, { x, y }, i) => {
    const next = corners[(i + 1) % 4];
    return sum + (x * next.y - next.x * y) / 2;
  }, 0);
  const inside = there.filter((value) => value > 0).length;
  assert.ok(Math.abs(inside / area - 1) < 0.02, `${inside} pixels, wanted ${area}`);
});

Deno.test("roughness widens a stroke where it is positive, by no more than it says", () => {
  const area = { width: 60, height: 40 }, nodes = [{ x: 0, y: 20, radius: 6 }, { x: 60, y: 20, radius: 6 }];
  const plane = Float32Array.from({ length: 2400 }, (_, i) => i % 60 < 30 ? 1 : -1);
  const { depth } = new Shape(area).stroke(nodes, { most: 0.5, plane });
  const rows = (x: number) =>
    Array.from({ length: 40 }, (_, y) => depth[y * 60 + x]).filter((d) => d > 0).length;
  // 6 ± 0.5 · 6 / (1 + 6 / 8)
  assert.equal(rows(10), 16);
  assert.equal(rows(50), 8);
});

Deno.test("paint() moves the ground towards colour and light by coverage and opacity", () => {
  const canvas = canvasOf(4, 1, [100, 50, 200, 100, 50, 200, 100, 50, 200, 100, 50, 200]);
  const shape = new Shape(canvas).fill((x) => 2 - x);
  paint(canvas, shape, { light: 0.5, opacity: 0.8 });
  // Depths 1.5, 0.5, −0.5, −1.5: covered wholly, wholly, not at all.
  assert.deepEqual([...canvas.pixels], [60, 30, 120, 60, 30, 120, 100, 50, 200, 100, 50, 200]);
  paint(canvas, shape, { colour: [0, 255, 10], light: 2, softness: 1 });
  // Covered wholly, by ¾, by ¼; 2 · 255 is white.
  assert.deepEqual([...canvas.pixels], [0, 255, 20, 15, 255, 45, 75, 165, 155, 100, 50, 200]);
});

Deno.test("groundUnder() is mean and deviation of the pixels inside", () => {
  const canvas = canvasOf(4, 1, [10, 20, 30, 50, 60, 70, 255, 255, 255, 255, 255, 255]);
  const shape = new Shape(canvas).fill((x) => 2 - x);
  assert.deepEqual(groundUnder(canvas, shape), { colour: [30, 40, 50], deviation: 20 });
  assert.equal(groundUnder(canvas, new Shape(canvas)), undefined);
});
