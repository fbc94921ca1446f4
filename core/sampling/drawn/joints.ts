import { type Area, type Canvas, clamped, type Colour, paler } from "./canvas.ts";
import { anyAngle, between, happens, logBetween, oneOf, type Random } from "./chance.ts";
import { Noise } from "./noise.ts";
import { groundUnder, paint, Shape } from "./shape.ts";

/** How stones are laid, in pixels. */
interface Bond {
  /** From the middle of a joint to the middle of the next. */
  readonly width: number;
  readonly height: number;
  /** By how much of its width each row is shifted against the one before. */
  readonly shift: number;
  /** The most by which stones of a row differ in width, as a share. */
  readonly irregular: number;
  /** Width of the joints. */
  readonly joint: number;
  /** Of the stones' corners. */
  readonly radius: number;
}

/** Tiles, bricks, slabs or panels, and the joints between them. No joint is crack. */
export function paintJoints(canvas: Canvas, random: Random): void {
  const noise = new Noise(random);
  const bond = drawBond(canvas, random);
  const { shape, stones, sides } = lay(canvas, bond, noise, random);
  colourStones(canvas, stones, random);
  if (happens(random, 0.4)) {
    // Bevelled or standing out: edges that face the light are bright, the others dark.
    const strength = between(random, -0.35, 0.35), reach = between(random, 1, 3.5);
    paint(canvas, shape, {
      softness: reach,
      light: (depth, pixel) => depth > 0.5 ? 1 : 1 + strength * sides[pixel],
    });
  }
  paintMortar(canvas, shape, noise, random);
}

function drawBond({ width, height }: Area, random: Random): Bond {
  const side = Math.max(8, width, height);
  const size = side * logBetween(random, 0.09, 0.9);
  const irregular = happens(random, 0.25) ? between(random, 0.1, 0.6) : 0;
  const kind = random();
  // Bricks are flat and in running bond, tiles square, slabs and panels anything.
  const stone = kind < 0.4
    ? {
      width: size,
      height: Math.max(5, size * between(random, 0.28, 0.5)),
      shift: oneOf(random, [1 / 2, 1 / 2, 1 / 3, 1 / 4]),
      irregular,
    }
    : kind < 0.7
    ? { width: size, height: size, shift: happens(random, 0.25) ? 0.5 : 0, irregular: 0 }
    : {
      width: size,
      height: Math.max(6, size * logBetween(random, 0.3, 3)),
      shift: happens(random, 0.5) ? 0 : random(),
      irregular,
    };
  const least = Math.min(stone.width, stone.height);
  return {
    ...stone,
    joint: logBetween(random, 1, Math.min(12, least / 3)),
    radius: happens(random, 0.4) ? between(random, 0, least / 6) : 0,
  };
}

/** What was laid on a canvas. */
interface Laid {
  /** The joints. */
  readonly shape: Shape;
  /** H × W values in [−1, 1], the same all over a stone. */
  readonly stones: Float32Array;
  /** H × W: on which side of its stone a pixel lies, 1 to the right or below, −1 to the left or above. */
  readonly sides: Int8Array;
}

/** Lays stones mostly upright with a slight slant, sometimes at any angle, and often seen in perspective. */
function lay(canvas: Canvas, bond: Bond, noise: Noise, random: Random): Laid {
  const { width, height, shift, irregular, joint, radius } = bond;
  const side = Math.max(canvas.width, canvas.height);
  const angle = happens(random, 0.7)
    ? between(random, -0.12, 0.12) + oneOf(random, [0, 0, Math.PI / 2])
    : anyAngle(random);
  const cos = Math.cos(angle), sin = Math.sin(angle);
  const most = happens(random, 0.6) ? 0.35 / side : 0;
  const tiltX = between(random, -most, most), tiltY = between(random, -most, most);
  const shear = between(random, -0.1, 0.1);
  const offsetU = side * random(), offsetV = side * random();
  // Hand-laid stones have crooked edges.
  const crooked = happens(random, 0.6) ? between(random, 0.1, 0.5) * Math.min(3, joint) : 0;
  const warp = crooked > 0 ? noise.plane(canvas, { cell: between(random, 6, 30), octaves: 2 }) : undefined;

  const area = canvas.width * canvas.height;
  const stones = new Float32Array(area), sides = new Int8Array(area);
  /** Where a stone of a row begins, in stones. */
  const border = (column: number, row: number) => column + 0.5 * irregular * noise.cell(column, row + 29);
  const shape = new Shape(canvas, 4).fill((x, y, pixel) => {
    const fromX = x - canvas.width / 2, fromY = y - canvas.height / 2;
    const scale = 1 / (1 + tiltX * fromX + tiltY * fromY);
    const v = (cos * fromY - sin * fromX) * scale + offsetV;
    const u = (cos * fromX + sin * fromY) * scale + shear * v + offsetU;
    const row = Math.floor(v / height);
    const along = u / width + row * shift + (irregular > 0 ? noise.cell(row, 40) : 0);
    let column = Math.floor(along), left = column, right = column + 1;
    if (irregular > 0) {
      if (along < border(column, row)) column--;
      else if (along >= border(column + 1, row)) column++;
      left = border(column, row);
      right = border(column + 1, row);
    }
    const fromU = width * (along - (left + right) / 2), fromV = v - (row + 0.5) * height;
    stones[pixel] = noise.cell(column, row);
    // The signed distance to a box with round corners (I. Quilez, "2D distance functions"): negative inside the stone.
    const beyondU = Math.abs(fromU) - width * (right - left) / 2 + joint / 2 + radius;
    const beyondV = Math.abs(fromV) - height / 2 + joint / 2 + radius;
    sides[pixel] = Math.sign(beyondU > beyondV ? fromU : fromV);
    const isCorner = beyondU > 0 && beyondV > 0;
    const beyond = isCorner ? Math.sqrt(beyondU * beyondU + beyondV * beyondV) : Math.max(beyondU, beyondV);
    return beyond - radius + (warp === undefined ? 0 : crooked * warp[pixel]);
  });
  return { shape, stones, sides };
}

/** Each stone a little lighter, darker or of another hue; or all of the colour of bricks. */
function colourStones({ pixels }: Canvas, stones: Float32Array, random: Random): void {
  const spread = happens(random, 0.7) ? between(random, 0, 0.22) : 0;
  const hue = [between(random, 0.5, 1.5), 1, between(random, 0.5, 1.5)];
  const glaze: Colour = happens(random, 0.3) ? oneOf(random, GLAZES) : UNGLAZED;
  const bytes = clamped(pixels);
  if (spread === 0 && glaze === UNGLAZED) return;
  for (let i = 0; i < stones.length; i++) {
    for (let c = 0; c < 3; c++) bytes[3 * i + c] *= glaze[c] * (1 + spread * stones[i] * hue[c]);
  }
}

const UNGLAZED: Colour = [1, 1, 1];

/** What the ground is multiplied by: red and yellow brick, blue, green and white tiles. */
const GLAZES: readonly Colour[] = [
  [1.15, 0.75, 0.6],
  [1.1, 0.95, 0.7],
  [0.85, 0.95, 1.1],
  [0.92, 1.03, 0.94],
  [1.25, 1.25, 1.2],
];

function paintMortar(canvas: Canvas, shape: Shape, noise: Noise, random: Random): void {
  const level = happens(random, 0.65) ? between(random, 0.15, 0.85) : between(random, 1.1, 1.9);
  const uneven = between(random, 0.02, 0.2), grain = noise.plane(canvas, { cell: 3 });
  // Where it has fallen out, or dirt lies, a joint shows more or less.
  const wear = happens(random, 0.4) ? between(random, 0.2, 0.9) : 0;
  const worn = wear > 0 ? noise.plane(canvas, { cell: 30, octaves: 2 }) : undefined;
  const ground = happens(random, 0.6) ? groundUnder(canvas, shape) : undefined;
  paint(canvas, shape, {
    colour: ground && paler(ground.colour, 0.5),
    light: (_, pixel) => level * (1 + uneven * grain[pixel]),
    softness: between(random, 0.5, 1.2),
    opacity: worn && ((_, pixel) => 1 - wear * Math.min(1, Math.max(0, 0.4 + worn[pixel]))),
  });
}
