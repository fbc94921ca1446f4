import type { Canvas } from "./canvas.ts";
import { anyAngle, between, happens, logBetween, type Random, wholeBetween } from "./chance.ts";
import { crackPaths } from "./crack_paths.ts";
import { curveAcross, lineAcross } from "./lines.ts";
import { Noise } from "./noise.ts";
import { paint, Shape } from "./shape.ts";

/** The shade of something beside the photo: its edge hard or soft, straight, crooked or dappled as under a tree. */
export function paintShadow(canvas: Canvas, random: Random): void {
  const side = Math.max(canvas.width, canvas.height), angle = anyAngle(random);
  const across = Math.cos(angle), down = Math.sin(angle);
  const fromX = canvas.width * random(), fromY = canvas.height * random();
  const wave = random() < 0.4 ? 0 : happens(random, 0.5) ? between(random, 2, 20) : side / 3;
  const crooked = new Noise(random).plane(canvas, { cell: between(random, 10, 60), octaves: 3 });
  const softness = logBetween(random, 0.6, 14);
  const shape = new Shape(canvas, softness).fill((x, y, pixel) =>
    across * (x - fromX) + down * (y - fromY) + wave * crooked[pixel]
  );
  paintShade(canvas, shape, softness, random);
}

/** Thin shadows of cables, railings and twigs. */
export function paintLineShadow(canvas: Canvas, random: Random): void {
  const kind = random(), angle = anyAngle(random);
  // The shadow of a twig is crooked like a crack, and only its softness tells it from one.
  const softness = kind < 0.3 ? logBetween(random, 1.5, 5) : logBetween(random, 0.6, 4);
  const shape = new Shape(canvas, softness);
  if (kind < 0.3) {
    const course = {
      width: softness * between(random, 1.5, 5),
      kinkDistance: between(random, 20, 60),
      kink: 0.5,
      jitter: 0.05,
      swelling: 0.1,
      branching: between(random, 0.5, 3),
      gaps: 0,
    };
    for (const path of crackPaths(canvas, course, random, new Noise(random))) shape.stroke(path);
  } else {
    for (let left = wholeBetween(random, 1, 4); left > 0; left--) {
      const radius = logBetween(random, 0.7, 7);
      shape.stroke(
        kind < 0.7 ? lineAcross(canvas, angle, radius, random) : curveAcross(canvas, radius, random),
      );
    }
  }
  paintShade(canvas, shape, softness, random);
}

/** What sky and walls light still is darker, not black. */
function paintShade(canvas: Canvas, shape: Shape, softness: number, random: Random): void {
  paint(canvas, shape, { light: between(random, 0.35, 0.85), softness });
}
