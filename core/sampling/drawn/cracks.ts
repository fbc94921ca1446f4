import { type Canvas, grey, groundOf } from "./canvas.ts";
import { anyAngle, between, happens, logBetween, type Random, wholeBetween } from "./chance.ts";
import { crackPaths, drawCourse, networkPaths } from "./crack_paths.ts";
import { Noise } from "./noise.ts";
import { paint } from "./paint.ts";
import { recordCrack, type Roughness, Shape } from "./shape.ts";

/** Grey levels that a crack must differ from its ground by, in the mean: what nobody could see is not drawn. */
const VISIBLE = 8;
/** Pixels beyond its border in which a crack changes its ground: dirt, a lit edge. */
const MARGIN = 6;

/** Cracks darker than their ground: one to four, or a network of them. */
export function paintCracks(canvas: Canvas, random: Random): void {
  if (happens(random, 0.12)) return paintCrack(canvas, networkPaths, logBetween(random, 1, 6), random);
  const count = happens(random, 0.5) ? 1 : wholeBetween(random, 2, 4);
  const width = drawWidth(random);
  // Cracks of a place are akin, with one of another kind among them now and then.
  for (let i = 0; i < count; i++) {
    const ofThis = i === 0
      ? width
      : happens(random, 0.2)
      ? drawWidth(random)
      : width * between(random, 0.4, 1.1);
    paintCrack(canvas, crackPaths, Math.max(1, ofThis), random);
  }
}

/** Width of a crack in pixels: half of all are thin, and now and then one is very wide. */
export function drawWidth(random: Random): number {
  const kind = random();
  if (kind < 0.45) return between(random, 1, 2.5);
  if (kind < 0.93) return logBetween(random, 2, 18);
  return logBetween(random, 14, 40);
}

/** Draws one crack, and notes it. One that could not be seen on its ground is left out. */
export function paintCrack(
  canvas: Canvas,
  pathsOf: typeof crackPaths | typeof networkPaths,
  width: number,
  random: Random,
): void {
  const noise = new Noise(random);
  const shape = new Shape(canvas, MARGIN);
  const roughness = ragged(canvas, noise, random);
  for (const path of pathsOf(canvas, drawCourse(random, width), random, noise)) shape.stroke(path, roughness);
  const contrast = drawContrast(canvas, shape, width, random);
  if (contrast === undefined) return;
  recordCrack(canvas, shape);
  shade(canvas, shape, { width, contrast }, random, noise);
}

/** A border that crumbles: finely in all cracks, and in wide ones in larger pieces. */
export function ragged({ width }: Canvas, noise: Noise, random: Random): Roughness {
  const most = between(random, 0.1, 0.7);
  const fine = 1 / between(random, 1.5, 3), coarse = 1 / between(random, 4, 12);
  return {
    most,
    of(radius, pixel) {
      const x = pixel % width, y = (pixel - x) / width;
      const value = 0.5 * noise.at(x * fine, y * fine) + 0.5 * noise.at(x * coarse + 9.7, y * coarse + 5.3);
      // Pieces that break off do not grow with the crack without end.
      return most * value * radius / (1 + radius / 8);
    },
  };
}

/** By which share a crack is darker than its ground: enough to be told from the ground's grain, the more so the thinner it is. */
function drawContrast(canvas: Canvas, shape: Shape, width: number, random: Random): number | undefined {
  const ground = groundOf(canvas, (i) => shape.depth[i] > 0);
  if (ground === undefined) return undefined;
  const mean = grey(ground.colour);
  if (0.9 * mean < VISIBLE) return undefined;
  const grain = 0.8 * ground.deviation / Math.sqrt(width);
  const least = Math.min(0.75, Math.max(0.2, grain / mean, VISIBLE / mean));
  return between(random, least, Math.max(least, 0.9));
}

/** Darkens what lies in a crack. */
function shade(
  canvas: Canvas,
  shape: Shape,
  { width, contrast }: { readonly width: number; readonly contrast: number },
  random: Random,
  noise: Noise,
): void {
  const isWide = width > 4;
  if (happens(random, 0.25)) {
    // Dirt and moisture on either side.
    const dirt = between(random, 0.03, 0.12), reach = between(random, 2, MARGIN);
    paint(canvas, shape, { light: 1 - dirt, softness: reach });
  }
  if (isWide && happens(random, 0.35)) lightEdge(canvas, shape, random);
  const softness = between(random, 0.5, 1);
  const grain = isWide ? between(random, 0, 0.25) : 0;
  const slope = between(random, 0.1, 0.6) * width / 2;
  const rim = between(random, 0.5, 1);
  const light = (depth: number, x: number, y: number) => {
    // The flanks catch light that the bottom does not.
    const deep = rim + (1 - rim) * Math.min(1, Math.max(0, depth / slope));
    const inner = grain === 0 ? 1 : 1 + grain * noise.rough(x / 5, y / 5, 3);
    return (1 - contrast * deep) * inner;
  };
  const ground = groundOf(canvas, (i) => shape.depth[i] > 0);
  if (ground !== undefined && happens(random, 0.45)) {
    // Its bottom has nothing of the ground's texture, and seldom its colour.
    const mean = grey(ground.colour), tint = between(random, 0.3, 1);
    const colour = ground.colour.map((value) =>
      mean + tint * (value - mean)
    ) as unknown as typeof ground.colour;
    paint(canvas, shape, { colour, light, softness, opacity: between(random, 0.6, 1) });
  } else {
    paint(canvas, shape, { light, softness });
  }
}

/** One flank of a wide crack catches the light. */
function lightEdge(canvas: Canvas, shape: Shape, random: Random): void {
  const angle = anyAngle(random), strength = between(random, 0.1, 0.4), reach = between(random, 1, 3);
  const across = Math.cos(angle), down = Math.sin(angle);
  const { depth, width, height } = shape;
  const known = (x: number, y: number, otherwise: number) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return otherwise;
    return Math.max(-MARGIN, depth[y * width + x]);
  };
  paint(canvas, shape, {
    softness: reach,
    light(inside, x, y) {
      // The gradient of the depth points into the crack.
      const gx = known(x + 1, y, inside) - known(x - 1, y, inside);
      const gy = known(x, y + 1, inside) - known(x, y - 1, inside);
      return 1 + strength * Math.max(0, 0.5 * (gx * across + gy * down));
    },
  });
}
