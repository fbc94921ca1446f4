import { type Canvas, grey, paler } from "./canvas.ts";
import { anyAngle, between, happens, logBetween, type Random, wholeBetween } from "./chance.ts";
import { crackPaths, drawCourse, networkPaths, type Path } from "./crack_paths.ts";
import { Noise } from "./noise.ts";
import { type Ground, groundUnder, paint, recordCrack, Shape } from "./shape.ts";

/** Grey levels that a crack must be darker than its ground, in the mean: what nobody could see is not drawn. */
const VISIBLE = 8;
/** The most by which a crack is darker than its ground, as a share. */
const MOST = 0.92;

/** Cracks darker than their ground: one to four that are akin, or a network of them. */
export function paintCracks(canvas: Canvas, random: Random): void {
  const noise = new Noise(random), grain = drawGrain(canvas, noise, random);
  if (happens(random, 0.12)) {
    const width = logBetween(random, 1, 6);
    const paths = networkPaths(canvas, drawCourse(random, width), random, noise);
    return paintCrack(canvas, paths, { width, noise, grain }, random);
  }
  const count = happens(random, 0.5) ? 1 : wholeBetween(random, 2, 4);
  const typical = drawWidth(random);
  for (let i = 0; i < count; i++) {
    const akin = i === 0 ? typical : typical * between(random, 0.4, 1.1);
    const width = Math.max(1, i > 0 && happens(random, 0.2) ? drawWidth(random) : akin);
    const paths = crackPaths(canvas, drawCourse(random, width), random, noise);
    paintCrack(canvas, paths, { width, noise, grain }, random);
  }
}

/** Width of a crack in pixels: nearly half of all are thin, and now and then one is very wide. */
function drawWidth(random: Random): number {
  const kind = random();
  if (kind < 0.45) return between(random, 1, 2.5);
  if (kind < 0.93) return logBetween(random, 2, 18);
  return logBetween(random, 14, 40);
}

/**
 * What makes borders ragged, H × W values in [−1, 1]: they crumble in pieces of several sizes, and on some grounds along its grains, of which
 * bright ones reach into a crack.
 */
function drawGrain(canvas: Canvas, noise: Noise, random: Random): Float32Array {
  const grain = noise.plane(canvas, { cell: between(random, 4, 12), octaves: 3 });
  const ground = groundUnder(canvas, new Shape(canvas).fill(() => 1));
  const isGrainy = ground !== undefined && ground.deviation > 1;
  const share = isGrainy && happens(random, 0.5) ? between(random, 0.2, 0.8) : 0;
  const mean = isGrainy ? grey(ground.colour) : 0, scale = isGrainy ? 0.5 * share / ground.deviation : 0;
  const { pixels } = canvas;
  for (let i = 0; i < grain.length; i++) {
    const darker = mean - (pixels[3 * i] + pixels[3 * i + 1] + pixels[3 * i + 2]) / 3;
    grain[i] = Math.max(-1, Math.min(1, (1 - share) * grain[i] + scale * darker));
  }
  return grain;
}

/** What a crack is made of besides its paths. */
interface Matter {
  readonly width: number;
  readonly noise: Noise;
  readonly grain: Float32Array;
}

/** Draws a crack, and notes it. One that could not be seen on its ground is left out. */
function paintCrack(
  canvas: Canvas,
  paths: readonly Path[],
  { width, noise, grain }: Matter,
  random: Random,
): void {
  const isWide = width > 4;
  const dirt = happens(random, 0.25)
    ? { reach: between(random, 2, 6), light: between(random, 0.88, 0.97) }
    : undefined;
  const lit = isWide && happens(random, 0.35)
    ? { reach: between(random, 1, 3), strength: between(random, 0.1, 0.4), angle: anyAngle(random) }
    : undefined;
  const softness = between(random, 0.5, 1);
  const shape = new Shape(canvas, 1 + Math.max(softness, dirt?.reach ?? 0, lit?.reach ?? 0));
  const roughness = { most: between(random, 0.1, 0.8), plane: grain };
  for (const path of paths) shape.stroke(path, roughness);

  const ground = groundUnder(canvas, shape);
  if (ground === undefined) return;
  const contrast = drawContrast(ground, width, random);
  if (contrast === undefined) return;
  recordCrack(canvas, shape);

  if (dirt !== undefined) paint(canvas, shape, { light: dirt.light, softness: dirt.reach });
  if (lit !== undefined) lightEdge(canvas, shape, lit);
  // The flanks catch light that the bottom does not, the bottom is uneven, and here and there a crack is shallow.
  const rim = between(random, 0.75, 1), slope = between(random, 0.1, 0.6) * width / 2;
  const uneven = isWide ? between(random, 0, 0.25) : 0;
  const shallow = happens(random, 0.5) ? between(random, 0.1, 0.6) : 0;
  const bottom = uneven > 0 ? noise.plane(canvas, { cell: 5, octaves: 3 }) : undefined;
  const filling = shallow > 0 ? noise.plane(canvas, { cell: between(random, 12, 40) }) : undefined;
  const light = (depth: number, pixel: number) => {
    let deep = rim + (1 - rim) * Math.min(1, Math.max(0, depth / slope));
    if (filling !== undefined) deep *= 1 - shallow * Math.max(0, filling[pixel]);
    return (1 - contrast * deep) * (bottom === undefined ? 1 : 1 + uneven * bottom[pixel]);
  };
  // Many show nothing of the ground's texture, and little of its colour.
  const flat = happens(random, 0.45)
    ? { colour: paler(ground.colour, between(random, 0.3, 1)), opacity: between(random, 0.6, 1) }
    : {};
  paint(canvas, shape, { ...flat, light, softness });
}

/** By which share a crack is darker than its ground; undefined where it could not be dark enough to be seen. */
function drawContrast({ colour, deviation }: Ground, width: number, random: Random): number | undefined {
  const mean = grey(colour);
  if (MOST * mean < VISIBLE) return undefined;
  // A thin one must be told from the ground's grain; a wide one that lets its ground through would be a shadow.
  const grain = deviation / Math.sqrt(width), deep = Math.min(0.7, 0.2 + 0.06 * Math.max(0, width - 4));
  const least = Math.max(deep, grain / mean, VISIBLE / mean);
  return least > MOST ? undefined : between(random, least, MOST);
}

/** The flank that faces the light is bright. */
function lightEdge(
  canvas: Canvas,
  shape: Shape,
  { reach, strength, angle }: { readonly reach: number; readonly strength: number; readonly angle: number },
): void {
  const across = 0.5 * Math.cos(angle), down = 0.5 * Math.sin(angle);
  const { depth, width } = shape;
  /** Outside of what is known it is as deep as where it was asked. */
  const known = (pixel: number, otherwise: number) => depth[pixel] > -Infinity ? depth[pixel] : otherwise;
  paint(canvas, shape, {
    softness: reach,
    light(inside, pixel) {
      const column = pixel % width;
      const left = column > 0 ? known(pixel - 1, inside) : inside;
      const right = column < width - 1 ? known(pixel + 1, inside) : inside;
      const slope = across * (right - left) +
        down * (known(pixel + width, inside) - known(pixel - width, inside));
      return 1 + strength * Math.max(0, slope);
    },
  });
}
