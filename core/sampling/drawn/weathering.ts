import type { Canvas } from "./canvas.ts";
import { anyAngle, between, happens, logBetween, type Random, wholeBetween } from "./chance.ts";
import { crackPaths, drawCourse } from "./crack_paths.ts";
import { Noise } from "./noise.ts";
import { groundUnder, paint, Shape } from "./shape.ts";

/** Spots that dried with a dark rim, and streaks that water ran down in. */
export function paintStains(canvas: Canvas, random: Random): void {
  const noise = new Noise(random), side = Math.max(canvas.width, canvas.height);
  const ragged = noise.plane(canvas, { cell: Math.max(3, side / 12), octaves: 4 });
  const shape = new Shape(canvas, 8);
  if (happens(random, 0.6)) {
    const x = canvas.width * random(), y = canvas.height * random();
    const radius = side * logBetween(random, 0.06, 0.5), uneven = between(random, 0.1, 0.4) * radius;
    shape.fill((px, py, pixel) => {
      const dx = px - x, dy = py - y;
      return radius - Math.sqrt(dx * dx + dy * dy) + uneven * ragged[pixel];
    });
  } else {
    for (let left = wholeBetween(random, 1, 6); left > 0; left--) {
      const x = canvas.width * random(),
        top = canvas.height * between(random, -0.4, 0.6),
        radius = logBetween(random, 1, 10);
      const length = side * between(random, 0.2, 1.4), lean = between(random, -0.05, 0.05);
      shape.stroke(Array.from({ length: 12 }, (_, i) => ({
        x: x + lean * length * i / 11 + radius * noise.at(i / 3, x),
        y: top + length * i / 11,
        radius: radius * (1 - 0.7 * i / 11),
      })));
    }
  }
  const softness = logBetween(random, 0.7, 7),
    level = happens(random, 0.75) ? between(random, 0.6, 0.95) : between(random, 1.05, 1.3);
  paint(canvas, shape, {
    light: (_, pixel) => level + 0.05 * ragged[pixel],
    softness,
  });
  if (happens(random, 0.5)) {
    const rim = between(random, 1, 4), dark = between(random, 0.6, 0.9), depth = shape.depth;
    const edge = new Shape(canvas, 3).fill((_x, _y, pixel) => rim / 2 - Math.abs(depth[pixel] - rim / 2));
    paint(canvas, edge, {
      light: dark,
      softness: between(random, 0.6, 2),
      opacity: (_, pixel) => Math.min(1, Math.max(0, 0.6 + ragged[pixel])),
    });
  }
}

/** Lines that run like cracks and are brighter than the ground: veins of stone, efflorescence, roots. */
export function paintVeins(canvas: Canvas, random: Random): void {
  const noise = new Noise(random), width = logBetween(random, 1, 14);
  const light = between(random, 1.1, 1.7), softness = between(random, 0.5, 2);
  for (let left = wholeBetween(random, 1, 3); left > 0; left--) {
    const shape = new Shape(canvas);
    for (const path of crackPaths(canvas, drawCourse(random, width), random, noise)) shape.stroke(path);
    const ground = happens(random, 0.4) ? groundUnder(canvas, shape) : undefined;
    paint(canvas, shape, { colour: ground?.colour, light, softness, opacity: between(random, 0.4, 1) });
  }
}

/** Pores and blow holes, or pebbles and chips lying about. */
export function paintSpots(canvas: Canvas, random: Random): void {
  const isHole = happens(random, 0.6), count = Math.round(logBetween(random, 3, 60));
  const typical = logBetween(random, 0.7, 5), noise = new Noise(random);
  const plane = noise.plane(canvas, { cell: 2 + typical });
  const angle = anyAngle(random), lightX = Math.cos(angle), lightY = Math.sin(angle);
  const shade = between(random, 0.45, 0.85),
    level = isHole ? between(random, 0.2, 0.75) : between(random, 0.6, 1.5);
  const hollows = new Shape(canvas), stones = new Shape(canvas), shadows = new Shape(canvas);
  for (let left = count; left > 0; left--) {
    const x = canvas.width * random(), y = canvas.height * random();
    const radius = typical * logBetween(random, 0.5, 2.2),
      long = radius * between(random, 0, 1.2),
      turn = anyAngle(random);
    const body = [{ x, y, radius }, {
      x: x + long * Math.cos(turn),
      y: y + long * Math.sin(turn),
      radius: radius * 0.9,
    }];
    const roughness = { most: 0.5, plane };
    if (isHole) hollows.stroke(body, roughness);
    else {
      stones.stroke(body, roughness);
      const off = 0.6 * radius;
      shadows.stroke(
        body.map((node) => ({ ...node, x: node.x - off * lightX, y: node.y - off * lightY })),
        roughness,
      );
    }
  }
  if (isHole) {
    const softness = between(random, 0.5, 1.3);
    paint(canvas, hollows, { light: level, softness });
  } else {
    paint(canvas, shadows, { light: shade, softness: 1.2 });
    paint(canvas, stones, {
      colour: groundUnder(canvas, stones)?.colour,
      light: (_, pixel) => level * (1 + 0.15 * plane[pixel]),
      softness: 0.7,
    });
  }
}
