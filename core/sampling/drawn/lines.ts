import { type Canvas, type Colour, groundOf } from "./canvas.ts";
import { anyAngle, between, happens, logBetween, oneOf, type Random, wholeBetween } from "./chance.ts";
import { Noise } from "./noise.ts";
import { paint } from "./paint.ts";
import { type Node, Shape } from "./shape.ts";

interface Area {
  readonly width: number;
  readonly height: number;
}

/** A straight line right across an area, through some point of it. */
export function lineAcross({ width, height }: Area, angle: number, radius: number, random: Random): Node[] {
  const x = width * random(), y = height * random(), reach = width + height;
  const dx = reach * Math.cos(angle), dy = reach * Math.sin(angle);
  return [{ x: x - dx, y: y - dy, radius }, { x: x + dx, y: y + dy, radius }];
}

/** A smooth curve right across an area, as cables hang: a parabola. */
export function curveAcross({ width, height }: Area, radius: number, random: Random): Node[] {
  const side = width + height, angle = anyAngle(random);
  const cos = Math.cos(angle), sin = Math.sin(angle), sag = between(random, -0.35, 0.35);
  const x = width * random(), y = height * random();
  return Array.from({ length: 33 }, (_, i) => {
    const t = i / 16 - 1;
    const u = t * side * 0.75, v = sag * side * t * t;
    return { x: x + u * cos - v * sin, y: y + u * sin + v * cos, radius };
  });
}

/** Cables, wires, ropes and hoses: of one width all along, round, and of a colour of their own. */
export function paintWires(canvas: Canvas, random: Random): void {
  const radius = logBetween(random, 0.5, 5);
  const count = happens(random, 0.6) ? 1 : wholeBetween(random, 2, 4);
  const colour = oneOf(random, WIRES);
  const casts = happens(random, 0.5);
  const shine = happens(random, 0.7) ? between(random, 0.2, 1.2) : 0;
  const shadowX = between(random, -6, 6), shadowY = between(random, 1, 8);
  const darkness = between(random, 0.5, 0.85);
  for (let i = 0; i < count; i++) {
    const nodes = curveAcross(canvas, radius, random);
    if (casts) {
      const shadow = nodes.map((node) => ({ ...node, x: node.x + shadowX, y: node.y + shadowY }));
      paint(canvas, new Shape(canvas, 3).stroke(shadow), { light: darkness, softness: 1.5 });
    }
    paint(canvas, new Shape(canvas).stroke(nodes), {
      colour,
      light: (depth) => 0.6 + 0.4 * Math.min(1, depth / radius) + shine * Math.max(0, depth / radius - 0.6),
      softness: 0.7,
    });
  }
}

const WIRES: readonly Colour[] = [
  [20, 20, 22],
  [45, 45, 45],
  [110, 110, 112],
  [200, 200, 200],
  [120, 70, 45],
  [
    180,
    40,
    35,
  ],
  [40, 70, 140],
  [190, 160, 50],
];

/** Scratches: thin and straight, lighter or darker than the ground, often side by side. */
export function paintScratches(canvas: Canvas, random: Random): void {
  const side = Math.max(canvas.width, canvas.height);
  const count = wholeBetween(random, 1, 12), angle = anyAngle(random);
  const spread = happens(random, 0.6) ? 0.15 : Math.PI;
  const isLight = happens(random, 0.6);
  for (let i = 0; i < count; i++) {
    const heading = angle + between(random, -spread, spread), length = side * logBetween(random, 0.1, 1.2);
    const x = canvas.width * random(),
      y = canvas.height * random(),
      bend = between(random, -0.1, 0.1) * length;
    const width = between(random, 0.4, 1.3);
    const nodes = Array.from({ length: 9 }, (_, k) => {
      const t = k / 4 - 1, u = t * length / 2, v = bend * t * t;
      return {
        x: x + u * Math.cos(heading) - v * Math.sin(heading),
        y: y + u * Math.sin(heading) + v * Math.cos(heading),
        // Pressed hardest in the middle.
        radius: width * (1 - 0.7 * t * t),
      };
    });
    paint(canvas, new Shape(canvas).stroke(nodes), {
      light: isLight ? between(random, 1.15, 1.8) : between(random, 0.5, 0.88),
      opacity: between(random, 0.5, 1),
    });
  }
}

/** One joint or a pair: where two pours, lanes or plates meet, an expansion joint with its edges, a kerb. */
export function paintSeam(canvas: Canvas, random: Random): void {
  const noise = new Noise(random), angle = anyAngle(random);
  const width = logBetween(random, 1, 16), crooked = happens(random, 0.5) ? between(random, 0.1, 0.8) : 0;
  const [from] = lineAcross(canvas, angle, width / 2, random);
  const alongX = Math.cos(angle), alongY = Math.sin(angle);
  const wave = between(random, 10, 50);
  // How far a place lies to the one side of the seam's middle.
  const aside = (x: number, y: number) =>
    alongX * (y - from.y) - alongY * (x - from.x) + crooked * noise.rough(x / wave, y / wave, 3);
  if (happens(random, 0.4)) {
    // What lies beyond is of another make.
    const other = new Shape(canvas).fill(aside);
    paint(canvas, other, { light: between(random, 0.75, 1.25) });
  }
  const level = happens(random, 0.75) ? between(random, 0.15, 0.85) : between(random, 1.1, 1.6);
  const grain = between(random, 0, 0.15);
  const seam = new Shape(canvas, 3).fill((x, y) => width / 2 - Math.abs(aside(x, y)));
  const colour = width > 3 && happens(random, 0.5) ? groundOf(canvas)?.colour : undefined;
  paint(canvas, seam, {
    colour,
    light: (_, x, y) => level * (1 + grain * noise.rough(x / 4, y / 4, 2)),
    softness: between(random, 0.5, 1.3),
  });
  if (happens(random, 0.35)) {
    const edge = between(random, 0.7, 1.4), thick = between(random, 1, 3), sharp = between(random, 0.5, 1);
    const edges = new Shape(canvas).fill((x, y) =>
      thick / 2 - Math.abs(Math.abs(aside(x, y)) - width / 2 - 1)
    );
    paint(canvas, edges, { light: edge, softness: sharp });
  }
}

/** What boards leave on concrete: faint lines side by side, each board a little lighter or darker, grain, holes of nails and ties. */
export function paintBoardMarks(canvas: Canvas, random: Random): void {
  const side = Math.max(canvas.width, canvas.height), noise = new Noise(random);
  const angle = happens(random, 0.7)
    ? between(random, -0.06, 0.06) + oneOf(random, [0, Math.PI / 2])
    : anyAngle(random);
  const cos = Math.cos(angle), sin = Math.sin(angle);
  const board = logBetween(random, 10, Math.max(20, 0.5 * side)), start = board * random();
  const across = (x: number, y: number) => (cos * y - sin * x + start) / board;
  const along = (x: number, y: number) => cos * x + sin * y;
  const spread = between(random, 0, 0.1), grain = between(random, 0, 0.08);
  const whole = new Shape(canvas).fill(() => 1);
  paint(canvas, whole, {
    light(_, x, y) {
      const v = across(x, y), u = along(x, y);
      return 1 + spread * noise.cell(Math.floor(v), 7) + grain * noise.at(u / 40, v * board / 2);
    },
  });
  const level = happens(random, 0.6) ? between(random, 0.55, 0.92) : between(random, 1.08, 1.35);
  const thick = logBetween(random, 1, 4);
  const lines = new Shape(canvas).fill((x, y) => {
    const v = across(x, y), nearest = Math.round(v);
    const crooked = 0.5 * noise.at(along(x, y) / 25, nearest);
    return thick / 2 - Math.abs(board * (v - nearest) + crooked);
  });
  const wear = between(random, 0, 1);
  paint(canvas, lines, {
    light: level,
    softness: between(random, 0.5, 1.5),
    opacity: (_, x, y) => Math.min(1, Math.max(0, 1 - wear * (0.5 + noise.rough(x / 25, y / 25, 2)))),
  });
  if (happens(random, 0.6)) {
    const holes = new Shape(canvas), radius = logBetween(random, 0.7, 5), step = between(random, 15, 60);
    for (let k = 0, count = wholeBetween(random, 1, 12); k < count; k++) {
      // In rows, at either end of a board.
      const u = step * wholeBetween(random, -6, 6),
        v = board * wholeBetween(random, -6, 6) + 3 * radius - start;
      const x = canvas.width / 2 + u * cos - v * sin, y = canvas.height / 2 + u * sin + v * cos;
      holes.stroke([{ x, y, radius }]);
    }
    paint(canvas, holes, { light: between(random, 0.3, 0.75), softness: 0.8 });
  }
}
