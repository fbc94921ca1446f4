import type { Canvas, Colour } from "./canvas.ts";
import { anyAngle, between, happens, logBetween, oneOf, type Random, wholeBetween } from "./chance.ts";
import { curveAcross, lineAcross } from "./lines.ts";
import { Noise } from "./noise.ts";
import { type Node, paint, type Point, Shape } from "./shape.ts";

/** White or yellow bars of a road, worn where wheels went over them. */
export function paintLaneMarking(canvas: Canvas, random: Random): void {
  const side = Math.max(canvas.width, canvas.height), noise = new Noise(random);
  const colour = oneOf(random, PAINTS), angle = anyAngle(random);
  const cos = Math.cos(angle), sin = Math.sin(angle);
  const half = side * between(random, 0.03, 0.22), x = canvas.width * random(), y = canvas.height * random();
  const shape = new Shape(canvas);
  const bars = happens(random, 0.6) ? 1 : wholeBetween(random, 2, 5), step = half * between(random, 2.4, 5);
  const reach = happens(random, 0.6) ? 3 * side : side * between(random, 0.15, 0.5);
  for (let i = 0; i < bars; i++) {
    const corner = (u: number, v: number): Point => ({ x: x + u * cos - v * sin, y: y + u * sin + v * cos });
    const v = i * step;
    shape.polygon([
      corner(-reach, v - half),
      corner(reach, v - half),
      corner(reach, v + half),
      corner(-reach, v + half),
    ]);
  }
  const ragged = noise.plane(canvas, { cell: 3, octaves: 2 }),
    patchy = noise.plane(canvas, { cell: 25, octaves: 4 });
  const wear = between(random, 0, 1.2), worn = between(random, 0, 1.5), hides = between(random, 0.5, 0.95);
  const { depth } = shape;
  for (let i = 0; i < depth.length; i++) depth[i] += worn * ragged[i];
  paint(canvas, shape, {
    colour,
    light: (_, pixel) => 1 + 0.06 * ragged[pixel],
    softness: 0.8,
    // Paint goes from the high grains first, in places.
    opacity: (_, pixel) =>
      hides * Math.min(1, Math.max(0, 1.3 - wear * (0.6 + patchy[pixel] + 0.4 * ragged[pixel]))),
  });
}

const PAINTS: readonly Colour[] = [[235, 235, 230], [220, 222, 225], [200, 200, 195], [225, 190, 60], [
  205,
  165,
  50,
]];

/** What was written or drawn with chalk, pencil or spray: letters, arrows, lines beside a crack. */
export function paintLettering(canvas: Canvas, random: Random): void {
  const side = Math.max(canvas.width, canvas.height);
  const size = side * logBetween(random, 0.08, 0.5),
    radius = Math.max(0.5, size * between(random, 0.02, 0.1));
  const angle = happens(random, 0.6) ? between(random, -0.15, 0.15) : anyAngle(random);
  const cos = Math.cos(angle), sin = Math.sin(angle);
  const x = canvas.width * between(random, -0.2, 0.7), y = canvas.height * between(random, 0.1, 0.9);
  const shape = new Shape(canvas);
  for (let i = 0, letters = wholeBetween(random, 1, 8); i < letters; i++) {
    const nodes = drawLetter(random).map(([u, v]): Node => {
      const along = size * (u + 0.85 * i), down = size * v;
      return { x: x + along * cos - down * sin, y: y + along * sin + down * cos, radius };
    });
    shape.stroke(nodes);
  }
  const grain = new Noise(random).plane(canvas, { cell: 2.5, octaves: 2 });
  const strength = between(random, 0.6, 1);
  const chalky = happens(random, 0.5) ? between(random, 0.3, 1) : 0;
  paint(canvas, shape, {
    colour: oneOf(random, happens(random, 0.5) ? PENCILS : INKS),
    softness: happens(random, 0.4) ? 1.6 : 0.7,
    opacity: (_, pixel) => Math.min(1, Math.max(0, strength - chalky * (0.3 + grain[pixel]))),
  });
}

/** Something like a letter of an unknown script, from (0, 0) to (0.6, 1): a stroke through places of a grid, straight or round. */
function drawLetter(random: Random): (readonly [number, number])[] {
  const corners = Array.from(
    { length: wholeBetween(random, 2, 5) },
    () => [0.3 * wholeBetween(random, 0, 2), 0.5 * wholeBetween(random, 0, 2) - 0.5] as const,
  );
  if (happens(random, 0.5)) return corners;
  // A quadratic Bézier curve between the midpoints of its sides.
  return corners.flatMap((corner, i) => {
    const before = corners[Math.max(0, i - 1)], after = corners[Math.min(corners.length - 1, i + 1)];
    return [0, 0.25, 0.5, 0.75, 1].map((t) => {
      const a = (1 - t) * (1 - t) / 2, b = t * t / 2;
      return [
        a * before[0] + b * after[0] + (1 - a - b) * corner[0],
        a * before[1] + b * after[1] + (1 - a - b) * corner[1],
      ] as const;
    });
  });
}

/** Pencil, marker, tar. */
const PENCILS: readonly Colour[] = [[25, 25, 30], [70, 70, 75], [45, 40, 38]];
/** Chalk and spray. */
const INKS: readonly Colour[] = [[240, 240, 240], [200, 40, 40], [40, 70, 170], [230, 110, 40], [
  60,
  150,
  70,
]];

/** Dark bands that tyres leave, one or two side by side, straight or in a bend, ribbed by their tread or blurred. */
export function paintTyreMarks(canvas: Canvas, random: Random): void {
  const side = Math.max(canvas.width, canvas.height), noise = new Noise(random);
  const radius = side * between(random, 0.02, 0.1),
    softness = Math.max(1, radius * between(random, 0.1, 0.9));
  const line = happens(random, 0.5)
    ? lineAcross(canvas, anyAngle(random), radius, random)
    : curveAcross(canvas, radius, random);
  const ribs = happens(random, 0.5) ? radius * between(random, 0.3, 0.8) : 0;
  const light = between(random, 0.5, 0.9), patchy = noise.plane(canvas, { cell: side / 6, octaves: 4 });
  const opacity = (depth: number, pixel: number) => {
    const tread = ribs > 0 && (depth / ribs) % 1 < 0.35 ? 0.5 : 1;
    return tread * Math.min(1, Math.max(0, 0.8 + 0.8 * patchy[pixel]));
  };
  const apart = radius * between(random, 3, 6), isPair = happens(random, 0.4);
  for (const offset of isPair ? [0, apart] : [0]) {
    const nodes = line.map(({ x, y }) => ({ x: x + offset, y: y + offset / 3, radius }));
    paint(canvas, new Shape(canvas, softness).stroke(nodes), { light, softness, opacity });
  }
}
