import type { Canvas } from "./canvas.ts";
import { anyAngle, between, happens, logBetween, oneOf, type Random, wholeBetween } from "./chance.ts";
import { Noise } from "./noise.ts";
import { groundUnder, paint, type Point, Shape } from "./shape.ts";

/** One joint: where two pours, lanes or plates meet, or road and kerb; some with edges, as expansion joints have them. */
export function paintSeam(canvas: Canvas, random: Random): void {
  const noise = new Noise(random), angle = anyAngle(random);
  const width = logBetween(random, 1, 16);
  const crooked = happens(random, 0.5) ? between(random, 0.1, 0.8) : 0;
  const warp = noise.plane(canvas, { cell: between(random, 10, 50), octaves: 3 });
  const alongX = Math.cos(angle), alongY = Math.sin(angle);
  const fromX = canvas.width * random(), fromY = canvas.height * random();
  // How far a pixel lies to the one side of the seam's middle.
  const beyond = new Shape(canvas).fill((x, y, pixel) =>
    alongX * (y - fromY) - alongY * (x - fromX) + crooked * warp[pixel]
  );
  if (happens(random, 0.4)) paint(canvas, beyond, { light: between(random, 0.75, 1.25) });
  const aside = beyond.depth;
  const seam = new Shape(canvas).fill((_x, _y, pixel) => width / 2 - Math.abs(aside[pixel]));
  const level = happens(random, 0.75) ? between(random, 0.15, 0.85) : between(random, 1.1, 1.6);
  const uneven = between(random, 0, 0.15), grain = noise.plane(canvas, { cell: 4, octaves: 2 });
  const isFilled = width > 3 && happens(random, 0.5);
  paint(canvas, seam, {
    colour: isFilled ? groundUnder(canvas, seam)?.colour : undefined,
    light: (_, pixel) => level * (1 + uneven * grain[pixel]),
    softness: between(random, 0.5, 1.3),
  });
  if (happens(random, 0.35)) {
    const thick = between(random, 1, 3);
    const edges = new Shape(canvas).fill((_x, _y, pixel) =>
      thick / 2 - Math.abs(Math.abs(aside[pixel]) - width / 2 - thick / 2)
    );
    paint(canvas, edges, { light: between(random, 0.7, 1.4), softness: between(random, 0.5, 1) });
  }
}

/** What boards leave on concrete: faint lines side by side, boards a little lighter or darker, their grain, holes of nails and ties. */
export function paintBoardMarks(canvas: Canvas, random: Random): void {
  const side = Math.max(canvas.width, canvas.height), noise = new Noise(random);
  const angle = happens(random, 0.7)
    ? between(random, -0.06, 0.06) + oneOf(random, [0, Math.PI / 2])
    : anyAngle(random);
  const cos = Math.cos(angle), sin = Math.sin(angle);
  const board = logBetween(random, 10, Math.max(20, side / 2)), offset = board * random();
  const across = (x: number, y: number) => (cos * y - sin * x + offset) / board;
  const spread = between(random, 0, 0.1), ribbed = between(random, 0, 0.08);
  // Bright or dark, and by how much, by the board and by a fibre in it.
  const tone = new Shape(canvas).fill((x, y) => {
    const v = across(x, y);
    return 1 + spread * noise.cell(Math.floor(v), 7) +
      (ribbed > 0 ? ribbed * noise.at((cos * x + sin * y) / 40, v * board / 2) : 0);
  });
  paint(canvas, tone, { light: (depth) => depth });
  const thick = logBetween(random, 1, 4),
    wear = random(),
    worn = noise.plane(canvas, { cell: 25, octaves: 2 });
  const lines = new Shape(canvas).fill((x, y, pixel) => {
    const v = across(x, y);
    return thick / 2 - Math.abs(board * (v - Math.round(v)) + 0.5 * worn[pixel]);
  });
  paint(canvas, lines, {
    light: happens(random, 0.6) ? between(random, 0.55, 0.92) : between(random, 1.08, 1.35),
    softness: between(random, 0.5, 1.5),
    opacity: (_, pixel) => Math.min(1, Math.max(0, 1 - wear * (0.5 + worn[pixel]))),
  });
  if (happens(random, 0.6)) paintNailHoles(canvas, { cos, sin, board, offset }, random);
}

/** Holes in rows, along either edge of boards. */
function paintNailHoles(
  canvas: Canvas,
  { cos, sin, board, offset }: Readonly<Record<"cos" | "sin" | "board" | "offset", number>>,
  random: Random,
): void {
  const holes = new Shape(canvas), radius = logBetween(random, 0.7, 5);
  const step = between(random, 15, 60), inset = Math.min(board / 3, 3 * radius);
  for (let left = wholeBetween(random, 1, 12); left > 0; left--) {
    const u = step * wholeBetween(random, -6, 12);
    const v = board * wholeBetween(random, -6, 12) + oneOf(random, [inset, -inset]) - offset;
    holes.stroke([{ x: u * cos - v * sin, y: u * sin + v * cos, radius }]);
  }
  paint(canvas, holes, { light: between(random, 0.3, 0.75), softness: 0.8 });
}

/** A piece that was cut out and filled again: of another tone, smoother or grainier, its edge sealed, open or neither. */
export function paintRepair(canvas: Canvas, random: Random): void {
  const side = Math.max(canvas.width, canvas.height), noise = new Noise(random);
  const angle = anyAngle(random), cos = Math.cos(angle), sin = Math.sin(angle);
  const x = canvas.width * random(), y = canvas.height * random();
  const halfU = side * between(random, 0.12, 0.8), halfV = side * between(random, 0.12, 0.5);
  const corner = (u: number, v: number): Point => {
    const skewU = u * halfU * between(random, 0.9, 1.1), skewV = v * halfV * between(random, 0.9, 1.1);
    return { x: x + skewU * cos - skewV * sin, y: y + skewU * sin + skewV * cos };
  };
  const corners = [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
  const crooked = happens(random, 0.6) ? between(random, 0.5, 4) : 0;
  const warp = noise.plane(canvas, { cell: between(random, 8, 40), octaves: 3 });
  const exact = new Shape(canvas, 16).polygon(corners).depth;
  const piece = new Shape(canvas).fill((_x, _y, pixel) => exact[pixel] + crooked * warp[pixel]);
  const grain = noise.plane(canvas, { cell: between(random, 1.2, 3), octaves: 2 }),
    uneven = between(random, 0, 0.15);
  const ground = happens(random, 0.6) ? groundUnder(canvas, piece)?.colour : undefined;
  const level = between(random, 0.55, 1.25);
  paint(canvas, piece, {
    colour: ground,
    light: (_, pixel) => level * (1 + uneven * grain[pixel]),
    opacity: between(random, 0.5, 1),
    softness: between(random, 0.5, 1.5),
  });
  if (happens(random, 0.7)) {
    const thick = logBetween(random, 1, 9), { depth } = piece;
    const edge = new Shape(canvas).fill((_x, _y, pixel) => thick / 2 - Math.abs(depth[pixel]));
    paint(canvas, edge, {
      light: happens(random, 0.75) ? between(random, 0.25, 0.85) : between(random, 1.1, 1.4),
      softness: between(random, 0.6, 1.4),
      opacity: (_, pixel) => Math.min(1, Math.max(0.2, 0.8 + 0.7 * warp[pixel])),
    });
  }
}
