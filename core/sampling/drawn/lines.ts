import type { Area, Canvas, Colour } from "./canvas.ts";
import { anyAngle, between, happens, logBetween, oneOf, type Random, wholeBetween } from "./chance.ts";
import { type Node, paint, type Point, Shape } from "./shape.ts";

/** A straight line right across an area, through some point of it. */
export function lineAcross({ width, height }: Area, angle: number, radius: number, random: Random): Node[] {
  const x = width * random(), y = height * random(), reach = width + height;
  const dx = reach * Math.cos(angle), dy = reach * Math.sin(angle);
  return [{ x: x - dx, y: y - dy, radius }, { x: x + dx, y: y + dy, radius }];
}

/** A parabola through an area, nearly the curve in which cables hang. */
export function curveAcross({ width, height }: Area, radius: number, random: Random): Node[] {
  const reach = 0.75 * (width + height);
  const sag = between(random, -0.45, 0.45) * reach;
  return arc({ x: width * random(), y: height * random() }, { angle: anyAngle(random), reach, sag }).map((
    point,
  ) => ({
    ...point,
    radius,
  }));
}

/** Points of a parabola: `reach` to either side of its vertex, where t is 0, to the ends, where it is ±1 and the curve lies `sag` aside. */
function arc(
  { x, y }: Point,
  { angle, reach, sag }: { readonly angle: number; readonly reach: number; readonly sag: number },
  points = 33,
): (Point & { readonly t: number })[] {
  const cos = Math.cos(angle), sin = Math.sin(angle);
  return Array.from({ length: points }, (_, i) => {
    const t = 2 * i / (points - 1) - 1, u = reach * t, v = sag * t * t;
    return { x: x + u * cos - v * sin, y: y + u * sin + v * cos, t };
  });
}

/** Cables, wires, ropes and hoses: of one width all along, round, and of a colour of their own. */
export function paintWires(canvas: Canvas, random: Random): void {
  const radius = logBetween(random, 0.5, 5), colour = oneOf(random, SHEATHS);
  const count = happens(random, 0.6) ? 1 : wholeBetween(random, 2, 4);
  const shade = happens(random, 0.5) ? between(random, 0.5, 0.85) : 1;
  const shadeX = between(random, -6, 6), shadeY = between(random, 1, 8);
  const shine = happens(random, 0.7) ? between(random, 0.2, 1.2) : 0;
  for (let i = 0; i < count; i++) {
    const nodes = curveAcross(canvas, radius, random);
    if (shade < 1) {
      const below = nodes.map(({ x, y }) => ({ x: x + shadeX, y: y + shadeY, radius }));
      paint(canvas, new Shape(canvas).stroke(below), { light: shade, softness: 1.5 });
    }
    paint(canvas, new Shape(canvas).stroke(nodes), {
      colour,
      light: (depth) => 0.6 + 0.4 * Math.min(1, depth / radius) + shine * Math.max(0, depth / radius - 0.6),
      softness: 0.7,
    });
  }
}

/** Rubber, plastic, steel, copper, red, blue, hemp. */
const SHEATHS: readonly Colour[] = [
  [20, 20, 22],
  [45, 45, 45],
  [110, 110, 112],
  [200, 200, 200],
  [120, 70, 45],
  [180, 40, 35],
  [40, 70, 140],
  [190, 160, 110],
];

/** Scratches: thin and straight, lighter or darker than the ground, often side by side. */
export function paintScratches(canvas: Canvas, random: Random): void {
  const side = Math.max(canvas.width, canvas.height), heading = anyAngle(random);
  const spread = happens(random, 0.6) ? 0.15 : Math.PI;
  const isLight = happens(random, 0.6);
  for (let left = wholeBetween(random, 1, 12); left > 0; left--) {
    const reach = side * logBetween(random, 0.05, 0.6), radius = between(random, 0.4, 1.3);
    const points = arc({ x: canvas.width * random(), y: canvas.height * random() }, {
      angle: heading + between(random, -spread, spread),
      reach,
      sag: between(random, -0.2, 0.2) * reach,
    }, 9);
    // Pressed hardest in the middle.
    const nodes = points.map(({ x, y, t }) => ({ x, y, radius: radius * (1 - 0.7 * t * t) }));
    paint(canvas, new Shape(canvas).stroke(nodes), {
      light: isLight ? between(random, 1.15, 1.8) : between(random, 0.5, 0.88),
      opacity: between(random, 0.5, 1),
    });
  }
}
