import type { Canvas } from "./canvas.ts";
import { anyAngle, between, happens, logBetween, type Random, wholeBetween } from "./chance.ts";
import { curveAcross, lineAcross } from "./lines.ts";
import { Noise } from "./noise.ts";
import { paint } from "./paint.ts";
import { Shape } from "./shape.ts";

/** The shade of something beside the photo, its edge hard or soft, straight, crooked or the outline of leaves. */
export function paintShadow(canvas: Canvas, random: Random): void {
  const noise = new Noise(random), side = Math.max(canvas.width, canvas.height);
  const angle = anyAngle(random), across = Math.cos(angle), down = Math.sin(angle);
  const x0 = canvas.width * random(), y0 = canvas.height * random();
  const kind = random(), softness = logBetween(random, 0.6, 14);
  const wave = kind < 0.4 ? 0 : kind < 0.7 ? between(random, 2, 20) : side / 4;
  const scale = between(random, 10, 60);
  const shape = new Shape(canvas, softness + 1).fill((x, y) =>
    across * (x - x0) + down * (y - y0) + wave * noise.rough(x / scale, y / scale, 3)
  );
  paintShade(canvas, shape, softness, random);
}

/** Thin shadows: of cables, railings and branches, soft and even. */
export function paintLineShadow(canvas: Canvas, random: Random): void {
  const count = wholeBetween(random, 1, 4), softness = logBetween(random, 0.6, 4);
  const straight = happens(random, 0.6), angle = anyAngle(random);
  const shape = new Shape(canvas, softness + 1);
  for (let i = 0; i < count; i++) {
    const radius = logBetween(random, 0.7, 7);
    shape.stroke(straight ? lineAcross(canvas, angle, radius, random) : curveAcross(canvas, radius, random));
  }
  paintShade(canvas, shape, softness, random);
}

/** Shade is lit by the sky alone: darker, and a little bluer. */
function paintShade(canvas: Canvas, shape: Shape, softness: number, random: Random): void {
  paint(canvas, shape, { light: between(random, 0.35, 0.85), softness });
}
