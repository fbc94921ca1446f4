import type { Canvas, Colour } from "./canvas.ts";
import { anyAngle, between, happens, logBetween, oneOf, type Random, wholeBetween } from "./chance.ts";
import { crackPaths } from "./crack_paths.ts";
import { Noise } from "./noise.ts";
import { type Node, paint, Shape } from "./shape.ts";

/** What lies about: leaves, twigs, blades of grass, each with its shadow. */
export function paintLeaves(canvas: Canvas, random: Random): void {
  const angle = anyAngle(random), height = between(random, 1, 4);
  const cast = {
    x: height * Math.cos(angle),
    y: height * Math.sin(angle),
    shade: between(random, 0.45, 0.8),
  };
  const kind = random();
  if (kind < 0.4) lay(canvas, { blades: leaf, most: 7, cast }, random);
  else if (kind < 0.7) lay(canvas, { blades: grass, most: 25, cast }, random);
  else lay(canvas, { blades: twig, most: 3, cast }, random);
}

interface Blade {
  readonly paths: readonly (readonly Node[])[];
  readonly colour: Colour;
}

interface Litter {
  readonly blades: (canvas: Canvas, random: Random) => Blade;
  /** At most as many. */
  readonly most: number;
  /** Where shadows fall, and how bright they are. */
  readonly cast: { readonly x: number; readonly y: number; readonly shade: number };
}

function lay(canvas: Canvas, { blades, most, cast }: Litter, random: Random): void {
  const grain = new Noise(random).plane(canvas, { cell: 4, octaves: 2 });
  for (let left = wholeBetween(random, 1, most); left > 0; left--) {
    const { paths, colour } = blades(canvas, random);
    const body = new Shape(canvas), shadow = new Shape(canvas);
    for (const path of paths) {
      body.stroke(path);
      shadow.stroke(path.map(({ x, y, radius }) => ({ x: x + cast.x, y: y + cast.y, radius })));
    }
    paint(canvas, shadow, { light: cast.shade, softness: 1.5 });
    // Rounded: darker at its border.
    paint(canvas, body, {
      colour,
      light: (depth, pixel) =>
        (0.75 + 0.25 * Math.min(1, Math.max(0, depth / 2))) * (1 + 0.15 * grain[pixel]),
      softness: 0.7,
    });
  }
}

/** A blade along a bent spine; `profile` gives the radius at t from 0 to 1. */
function blade(canvas: Canvas, length: number, profile: (t: number) => number, random: Random): Node[] {
  const angle = anyAngle(random), bend = between(random, -0.3, 0.3) * length;
  const cos = Math.cos(angle), sin = Math.sin(angle);
  const x = canvas.width * random(), y = canvas.height * random();
  return Array.from({ length: 13 }, (_, i) => {
    const t = i / 12, u = length * (t - 0.5), v = bend * t * (1 - t);
    return { x: x + u * cos - v * sin, y: y + u * sin + v * cos, radius: profile(t) };
  });
}

function leaf(canvas: Canvas, random: Random): Blade {
  const length = Math.max(canvas.width, canvas.height) * logBetween(random, 0.05, 0.3);
  const half = length * between(random, 0.12, 0.35), stalk = Math.max(0.6, 0.02 * length);
  const profile = (t: number) => t < 0.2 ? stalk : Math.max(0.3, half * 4 * (t - 0.2) * (1 - t) / 0.64);
  return { paths: [blade(canvas, length, profile, random)], colour: oneOf(random, LEAVES) };
}

function grass(canvas: Canvas, random: Random): Blade {
  const length = Math.max(canvas.width, canvas.height) * logBetween(random, 0.08, 0.6),
    half = between(random, 0.5, 2);
  return {
    paths: [blade(canvas, length, (t) => half * (1 - 0.8 * t), random)],
    colour: oneOf(random, BLADES),
  };
}

function twig(canvas: Canvas, random: Random): Blade {
  const course = {
    width: logBetween(random, 1.5, 8),
    kinkDistance: between(random, 15, 60),
    kink: between(random, 0.2, 0.6),
    jitter: 0.06,
    swelling: 0.15,
    branching: happens(random, 0.6) ? between(random, 0.5, 2) : 0,
    gaps: 0,
  };
  return { paths: crackPaths(canvas, course, random, new Noise(random)), colour: oneOf(random, BARKS) };
}

const LEAVES: readonly Colour[] = [
  [70, 100, 40],
  [120, 125, 50],
  [165, 125, 50],
  [140, 85, 40],
  [95, 65, 40],
  [60, 75, 45],
];
const BLADES: readonly Colour[] = [[85, 120, 50], [120, 140, 70], [175, 165, 100], [150, 130, 80]];
const BARKS: readonly Colour[] = [[105, 82, 62], [125, 103, 80], [150, 135, 112], [90, 76, 62]];
