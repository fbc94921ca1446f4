import { type Canvas, type Colour, groundOf } from "./canvas.ts";
import { anyAngle, between, happens, logBetween, oneOf, type Random } from "./chance.ts";
import { Noise } from "./noise.ts";
import { paint } from "./paint.ts";
import { Shape } from "./shape.ts";

/** How stones are laid. */
interface Bond {
  /** Sides of a stone, in pixels. */
  readonly width: number;
  readonly height: number;
  /** By how much of its width each row is shifted against the one before. */
  readonly shift: number;
  /** The most by which the head joints of a row lie off their place, as a share of the width. */
  readonly irregular: number;
}

/** From a place on the canvas to one on the wall, seen at an angle. */
type View = (x: number, y: number) => readonly [number, number];

/** Grids of tiles, bricks, slabs or panels. No joint is crack. */
export function paintJoints(canvas: Canvas, random: Random): void {
  const noise = new Noise(random);
  const bond = drawBond(canvas, random);
  const view = drawView(canvas, random);
  const widest = Math.min(12, Math.min(bond.width, bond.height) / 3);
  const joint = logBetween(random, 1, Math.max(1.01, widest));
  const radius = happens(random, 0.4) ? between(random, 0, Math.min(bond.width, bond.height) / 6) : 0;
  // Hand-laid stones have crooked edges, and no two alike.
  const crooked = happens(random, 0.6) ? between(random, 0.1, 0.5) * Math.min(3, joint) : 0;
  const wave = between(random, 8, 40);
  const shape = new Shape(canvas, 4);
  const stones = new Float32Array(canvas.width * canvas.height);
  const sides = new Int8Array(canvas.width * canvas.height);
  shape.fill((x, y) => {
    const warp = crooked === 0 ? 0 : crooked * noise.rough(x / wave, y / wave, 3);
    const [u, v] = view(x, y);
    const row = Math.floor(v / bond.height);
    const along = u / bond.width + row * bond.shift + (bond.irregular > 0 ? noise.cell(row, 40) : 0);
    const column = nearestColumn(along, row, bond, noise);
    const halfU = bond.width * (column.right - column.left) / 2, halfV = bond.height / 2;
    const fromU = bond.width * (along - (column.left + column.right) / 2);
    const fromV = v - (row + 0.5) * bond.height;
    const at = Math.floor(y) * canvas.width + Math.floor(x);
    stones[at] = noise.cell(column.index, row);
    // Signed distance to a rounded box (I. Quilez): negative inside the stone.
    const qu = Math.abs(fromU) - halfU + joint / 2 + radius,
      qv = Math.abs(fromV) - halfV + joint / 2 + radius;
    sides[at] = qu > qv ? Math.sign(fromU) : Math.sign(fromV);
    const distance = Math.hypot(Math.max(qu, 0), Math.max(qv, 0)) + Math.min(Math.max(qu, qv), 0) - radius;
    return distance + warp;
  });
  colourStones(canvas, stones, random);
  if (happens(random, 0.4)) {
    // Bevelled or standing out: one edge is lit, the other in shade.
    const strength = between(random, -0.35, 0.35), reach = between(random, 1, 3.5);
    paint(canvas, shape, {
      softness: reach,
      light: (depth, x, y) => depth > 0.5 ? 1 : 1 + strength * sides[y * canvas.width + x],
    });
  }
  paintMortar(canvas, shape, noise, random);
}

function drawBond({ width, height }: Canvas, random: Random): Bond {
  const side = Math.max(8, width, height);
  const size = side * logBetween(random, 0.08, 0.7);
  const irregular = happens(random, 0.25) ? between(random, 0.1, 0.6) : 0;
  const kind = random();
  // Bricks are flat and in running bond, tiles square in a grid, slabs and panels anything.
  if (kind < 0.4) {
    const flat = Math.max(5, size * between(random, 0.28, 0.5));
    return { width: size, height: flat, shift: oneOf(random, [1 / 2, 1 / 2, 1 / 3, 1 / 4]), irregular };
  }
  if (kind < 0.7) return { width: size, height: size, shift: happens(random, 0.25) ? 0.5 : 0, irregular: 0 };
  return {
    width: size,
    height: Math.max(6, size * logBetween(random, 0.3, 3)),
    shift: happens(random, 0.5) ? 0 : random(),
    irregular,
  };
}

/** Mostly upright with a slight slant, sometimes at any angle; often a little in perspective. */
function drawView({ width, height }: Canvas, random: Random): View {
  const upright = happens(random, 0.7);
  const angle = upright
    ? between(random, -0.12, 0.12) + oneOf(random, [0, 0, Math.PI / 2])
    : anyAngle(random);
  const cos = Math.cos(angle), sin = Math.sin(angle), side = Math.max(width, height);
  const most = happens(random, 0.6) ? 0.35 : 0;
  const tiltX = between(random, -most, most) / side, tiltY = between(random, -most, most) / side;
  const shear = between(random, -0.1, 0.1);
  const offsetU = side * random(), offsetV = side * random();
  return (x, y) => {
    const fromX = x - width / 2, fromY = y - height / 2;
    const scale = 1 / (1 + tiltX * fromX + tiltY * fromY);
    const u = (cos * fromX + sin * fromY) * scale, v = (cos * fromY - sin * fromX) * scale;
    return [u + shear * v + offsetU, v + offsetV];
  };
}

/** The stone of a row in which a place lies, in stones' widths. */
function nearestColumn(
  along: number,
  row: number,
  { irregular }: Bond,
  noise: Noise,
): { readonly index: number; readonly left: number; readonly right: number } {
  const border = (i: number) => i + 0.5 * irregular * noise.cell(i, row + 29);
  let index = Math.floor(along);
  if (along < border(index)) index--;
  else if (along >= border(index + 1)) index++;
  return { index, left: border(index), right: border(index + 1) };
}

/** Each stone a little lighter, darker or of another hue; or all of the colour of bricks. */
function colourStones({ pixels }: Canvas, stones: Float32Array, random: Random): void {
  const spread = happens(random, 0.7) ? between(random, 0, 0.22) : 0;
  const hue: Colour = [between(random, -0.5, 0.5), 0, between(random, -0.5, 0.5)];
  const glaze: Colour = happens(random, 0.3) ? oneOf(random, GLAZES) : [1, 1, 1];
  for (let i = 0; i < stones.length; i++) {
    for (let c = 0; c < 3; c++) {
      const light = glaze[c] * (1 + spread * stones[i] * (1 + hue[c]));
      pixels[3 * i + c] = Math.min(255, Math.max(0, Math.round(pixels[3 * i + c] * light)));
    }
  }
}

/** What the ground is multiplied by: red and yellow brick, blue, green and white tiles. */
const GLAZES: readonly Colour[] = [
  [1.15, 0.75, 0.6],
  [1.1, 0.95, 0.7],
  [0.75, 0.9, 1.15],
  [0.85, 1.05, 0.9],
  [1.4, 1.4, 1.35],
];

function paintMortar(canvas: Canvas, shape: Shape, noise: Noise, random: Random): void {
  const ground = groundOf(canvas);
  if (ground === undefined) return;
  const isDark = happens(random, 0.65);
  const level = isDark ? between(random, 0.15, 0.85) : between(random, 1.1, 1.9);
  const grain = between(random, 0.02, 0.2), softness = between(random, 0.5, 1.2);
  const light = (_: number, x: number, y: number) => level * (1 + grain * noise.rough(x / 3, y / 3, 2));
  // Where mortar has fallen out or dirt lies, a joint shows more or less.
  const wear = happens(random, 0.4) ? between(random, 0.2, 0.9) : 0;
  const opacity = (_: number, x: number, y: number) =>
    1 - wear * Math.min(1, Math.max(0, 0.4 + noise.rough(x / 30 + 7, y / 30, 2)));
  if (happens(random, 0.6)) {
    const [red, green, blue] = ground.colour, mean = (red + green + blue) / 3;
    const colour: Colour = [(red + mean) / 2, (green + mean) / 2, (blue + mean) / 2];
    paint(canvas, shape, { colour, light, softness, opacity });
  } else {
    paint(canvas, shape, { light, softness, opacity });
  }
}
