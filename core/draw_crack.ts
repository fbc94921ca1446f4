import { randomNormal } from "./random_stream.ts";

/** What {@linkcode drawCrack} and {@linkcode drawDistraction} draw on: a square patch, changed in place. */
export interface DrawingGround {
  /** `size · size · 3` bytes, RGB. */
  readonly pixels: Uint8Array;
  /** Side in pixels. */
  readonly size: number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
}

/** A point of a crack and how wide and dark the crack is there. */
interface Point {
  readonly x: number;
  readonly y: number;
  /** Half the crack's width, pixels. */
  readonly radius: number;
  /** The share of light that is lost in the middle, 0..1. */
  readonly depth: number;
}

/** Pixels between two points of a crack. */
const STRIDE = 2;

/** The share of a patch's side in which no crack begins, so that a crack is never only at the edge. */
const RIM = 0.125;

/** A crack is at most this share of the patch wide. */
const WIDEST = 0.2;

/**
 * Draws a crack: a walk whose direction, width and depth wander, with a branch now and then, that takes away part of the light.
 * Widths are drawn from 1 pixel to a fifth of the side, their logarithm even; the depth at least so large that the crack shows in
 * the texture of the patch.
 */
export function drawCrack(ground: DrawingGround): void {
  const { size, random } = ground;
  const { mean, deviation } = lightOf(ground);
  const radius = 0.5 * (WIDEST * size) ** random();
  // Of thin cracks fewer pixels speak against the texture, so each must do so louder.
  const faintest = Math.min(0.7, Math.max(0.12, deviation / Math.max(mean, 1) * Math.min(1.5, 3 / radius)));
  const nature: Nature = {
    radius,
    depth: faintest + (0.9 - faintest) * random(),
    wiggle: 0.08 * 6 ** random(),
    softness: 0.3 + 0.7 * random(),
  };
  const anywhere = () => size * (RIM + (1 - 2 * RIM) * random());
  const start = { x: anywhere(), y: anywhere() };
  const heading = 2 * Math.PI * random();
  const arms = [walk(ground, nature, { ...start, heading })];
  // A quarter of the cracks ends in the patch.
  if (random() < 0.75) arms.push(walk(ground, nature, { ...start, heading: heading + Math.PI }));
  if (random() < 0.25) {
    const { x, y } = arms[0][Math.floor(random() * arms[0].length)];
    const branch = { ...nature, radius: Math.max(0.5, 0.6 * radius) };
    arms.push(
      walk(ground, branch, { x, y, heading: heading + (random() < 0.5 ? 1 : -1) * (0.4 + random()) }),
    );
  }
  darken(ground, shadeOf(ground, arms, nature));
}

interface Nature {
  readonly radius: number;
  readonly depth: number;
  /** How much the direction changes at random from point to point, radians. */
  readonly wiggle: number;
  /** Half the width of the edge, pixels. */
  readonly softness: number;
}

/** One arm of a crack, until it leaves the patch. */
function walk(
  { size, random }: DrawingGround,
  { radius, depth, wiggle }: Nature,
  start: { readonly x: number; readonly y: number; readonly heading: number },
): Point[] {
  let { x, y, heading } = start;
  let turn = 0, widening = 0, deepening = 0;
  const points: Point[] = [];
  const bend = 0.02 * randomNormal(random);
  const longest = 4 * size / STRIDE;
  while (points.length < longest) {
    points.push({
      x,
      y,
      radius: Math.max(0.4, radius * Math.exp(widening)),
      depth: Math.min(0.95, Math.max(0.4 * depth, depth * Math.exp(deepening))),
    });
    if (Math.min(x, y) < -radius || Math.max(x, y) > size + radius) break;
    heading += bend;
    x += STRIDE * Math.cos(heading + turn);
    y += STRIDE * Math.sin(heading + turn);
    // All three wander about 0: a crack zigzags about its course, but does not curl.
    turn = 0.7 * turn + wiggle * randomNormal(random);
    widening = 0.9 * widening + 0.13 * randomNormal(random);
    deepening = 0.9 * deepening + 0.09 * randomNormal(random);
  }
  return points;
}

/** The share of light that each pixel loses: near the middle line all of the depth there, none beyond its rough edge. */
function shadeOf(
  { size, random }: DrawingGround,
  arms: readonly Point[][],
  { softness }: Nature,
): Float32Array {
  const shade = new Float32Array(size * size);
  const roughness = Float32Array.from(shade, () => random() - 0.5);
  for (const arm of arms) {
    for (const [i, point] of arm.entries()) {
      const previous = arm[Math.max(0, i - 1)];
      const reach = point.radius * 1.25 + softness + STRIDE;
      const left = Math.max(0, Math.floor(point.x - reach));
      const right = Math.min(size - 1, Math.ceil(point.x + reach));
      const top = Math.max(0, Math.floor(point.y - reach));
      const bottom = Math.min(size - 1, Math.ceil(point.y + reach));
      for (let v = top; v <= bottom; v++) {
        for (let u = left; u <= right; u++) {
          const at = v * size + u;
          const edge = point.radius * (1 + 0.5 * roughness[at]);
          const inside = (edge - distance(u + 0.5, v + 0.5, previous, point)) / (2 * softness) + 0.5;
          // A line thinner than its soft edge never covers a pixel whole.
          const cover = Math.min(1, Math.max(0, inside)) * Math.min(1, point.radius / softness + 0.4);
          shade[at] = Math.max(shade[at], point.depth * cover);
        }
      }
    }
  }
  return shade;
}

/** From a point to a stretch of a line. */
function distance(u: number, v: number, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, ((u - from.x) * dx + (v - from.y) * dy) / length));
  return Math.hypot(u - from.x - share * dx, v - from.y - share * dy);
}

/** Takes a share of its light from each pixel; a negative one adds light. */
export function darken({ pixels, size }: DrawingGround, shade: Float32Array): void {
  for (let i = 0; i < size * size; i++) {
    if (shade[i] === 0) continue;
    for (let c = 0; c < 3; c++) {
      pixels[3 * i + c] = Math.min(255, Math.max(0, Math.round(pixels[3 * i + c] * (1 - shade[i]))));
    }
  }
}

/** Mean and standard deviation of a patch's green, grey levels: the channel that carries most of the light. */
function lightOf({ pixels, size }: DrawingGround): { mean: number; deviation: number } {
  let sum = 0, squares = 0;
  for (let i = 1; i < pixels.length; i += 3) {
    sum += pixels[i];
    squares += pixels[i] ** 2;
  }
  const mean = sum / size ** 2;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / size ** 2 - mean ** 2)) };
}
