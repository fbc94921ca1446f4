import { darken, type DrawingGround } from "./draw_crack.ts";

/**
 * Draws something dark or bright that is no crack: the edge of a shadow, a stain or a bright stroke. Patches without crack are given
 * one as often as others are given a drawn crack, so that what is drawn does not tell the classes apart.
 */
export function drawDistraction(ground: DrawingGround): void {
  const drawings = [shadow, stain, stroke];
  darken(ground, drawings[Math.floor(ground.random() * drawings.length)](ground));
}

/** Darker on one side of a straight or bent edge, sharp or soft. */
function shadow({ size, random }: DrawingGround): Float32Array {
  const line = randomLine(size, random);
  const depth = between(0.15, 0.7, random), softness = 0.5 * (0.5 * size) ** random();
  const bend = (random() - 0.5) / size;
  return shadeOf(size, (u, v) => {
    const { across, along } = line(u, v);
    return depth * clamp(0.5 + (across + bend * along ** 2) / (2 * softness));
  });
}

/** A spot up to two and a half times as long as wide. */
function stain({ size, random }: DrawingGround): Float32Array {
  const line = randomLine(size, random);
  const depth = between(0.15, 0.7, random);
  const radius = size * between(0.06, 0.3, random), stretch = between(1, 2.5, random);
  const softness = 0.5 * radius ** random();
  return shadeOf(size, (u, v) => {
    const { across, along } = line(u, v);
    return depth * clamp(0.5 + (radius - Math.hypot(across, along / stretch)) / (2 * softness));
  });
}

/** A straight bright line, such as a scratch, a thread or paint. */
function stroke({ size, random }: DrawingGround): Float32Array {
  const line = randomLine(size, random);
  const gain = between(0.15, 0.8, random), radius = 0.5 * (0.25 * size) ** random();
  const softness = between(0.3, 1, random);
  return shadeOf(
    size,
    (u, v) => -gain * clamp(0.5 + (radius - Math.abs(line(u, v).across)) / (2 * softness)),
  );
}

type Line = (u: number, v: number) => { readonly across: number; readonly along: number };

/** Coordinates along and across a line in any direction through any point. */
function randomLine(size: number, random: () => number): Line {
  const [x, y, angle] = [size * random(), size * random(), 2 * Math.PI * random()];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (u, v) => ({ along: (u - x) * cos + (v - y) * sin, across: (v - y) * cos - (u - x) * sin });
}

function shadeOf(size: number, shade: (u: number, v: number) => number): Float32Array {
  return Float32Array.from(
    { length: size * size },
    (_, i) => shade(i % size + 0.5, Math.floor(i / size) + 0.5),
  );
}

function between(low: number, high: number, random: () => number): number {
  return low + (high - low) * random();
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
