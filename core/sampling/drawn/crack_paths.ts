import type { Area } from "./canvas.ts";
import type { Noise } from "./noise.ts";
import { anyAngle, between, happens, logBetween, type Random, wholeBetween } from "./chance.ts";
import type { Node, Point } from "./shape.ts";

/** A line of a crack. */
export type Path = readonly Node[];

/** How cracks run. */
export interface Course {
  /** Width in pixels, where it is neither swollen nor tapering. */
  readonly width: number;
  /** Pixels from one kink to the next, on average. */
  readonly kinkDistance: number;
  /** The most that it turns in a kink, in radians. */
  readonly kink: number;
  /** The most that a step of it turns aside for itself alone, in radians. */
  readonly jitter: number;
  /** How much its width varies along it, as a share. */
  readonly swelling: number;
  /** Branches in a hundred pixels. */
  readonly branching: number;
  /** Gaps in a hundred pixels. */
  readonly gaps: number;
}

/** A course like those of real cracks: straight and smooth as in walls, or kinked and crumbling as in asphalt. */
export function drawCourse(random: Random, width: number): Course {
  return {
    width,
    kinkDistance: logBetween(random, 3.5, 60) + width / 2,
    kink: between(random, 0.2, 1.1),
    jitter: between(random, 0.05, 0.9),
    swelling: between(random, 0.1, 0.7),
    branching: happens(random, 0.5) ? between(random, 0, 1.6) : 0,
    gaps: width < 6 && happens(random, 0.3) ? between(random, 0.3, 1.5) : 0,
  };
}

/** A crack that runs both ways from some point of an area, with its branches. */
export function crackPaths(area: Area, course: Course, random: Random, noise: Noise): Path[] {
  const start = { x: area.width * random(), y: area.height * random() };
  const side = Math.max(area.width, area.height);
  const heading = anyAngle(random);
  const arms = [heading, heading + Math.PI + between(random, -0.4, 0.4)].map((heading) =>
    walk(area, course, { ...start, heading, length: side * logBetween(random, 0.15, 2) }, random)
  );
  // Both arms as one, so that the width does not jump where they meet.
  const line = [...arms[0].slice(1).reverse(), ...arms[1]];
  return grow(area, course, line, { scale: 1, generation: 0 }, random, noise);
}

interface Step {
  readonly x: number;
  readonly y: number;
  readonly heading: number;
}

/** A random walk that turns a little at every step and more in kinks, and always comes back to where it was heading. */
function walk(
  { width, height }: Area,
  { kinkDistance, kink, jitter, width: crack }: Course,
  { x, y, heading, length }: Step & { readonly length: number },
  random: Random,
): Step[] {
  const stride = Math.min(Math.max(2, crack / 3), 6);
  const margin = crack + 8;
  const steps: Step[] = [{ x, y, heading }];
  let course = heading, bearing = heading;
  for (let gone = 0; gone < length; gone += stride) {
    if (random() * kinkDistance < stride) bearing = course + between(random, -kink, kink);
    // The course drifts after its kinks: over a long way a crack bends.
    course += 0.04 * (bearing - course);
    const turn = bearing + between(random, -jitter, jitter);
    x += stride * Math.cos(turn);
    y += stride * Math.sin(turn);
    steps.push({ x, y, heading: turn });
    if (x < -margin || y < -margin || x > width + margin || y > height + margin) break;
  }
  return steps;
}

/** Gives a line its widths and gaps, and lets branches grow from it. */
function grow(
  area: Area,
  course: Course,
  line: readonly Step[],
  { scale, generation }: { readonly scale: number; readonly generation: number },
  random: Random,
  noise: Noise,
): Path[] {
  const row = 64 * random();
  const stride = line.length < 2 ? 1 : Math.hypot(line[1].x - line[0].x, line[1].y - line[0].y);
  // A crack closes slowly; a branch is open where it leaves.
  const taper = Math.max(1, 2 * course.width / stride, line.length / 2 * between(random, 0.1, 0.9));
  const radii = line.map((_, i) => {
    const fromEnd = Math.min(generation === 0 ? i : Infinity, line.length - 1 - i);
    const closing = Math.sqrt(Math.min(1, (fromEnd + 0.5) / taper));
    const swollen = 1 +
      course.swelling * (noise.at(i * stride / 40, row) + 0.5 * noise.at(i * stride / 12, row + 30)) / 1.5;
    return Math.max(0.4, 0.5 * scale * course.width * Math.max(0.25, swollen) * closing);
  });
  const paths: Path[] = [];
  let piece: Node[] = [];
  for (let i = 0; i < line.length; i++) {
    if (random() * 100 < course.gaps * stride) {
      paths.push(piece);
      piece = [];
      i += wholeBetween(random, 1, Math.ceil(12 / stride));
      continue;
    }
    piece.push({ x: line[i].x, y: line[i].y, radius: radii[i] });
    if (generation < 2 && random() * 100 < course.branching * stride) {
      const side = happens(random, 0.5) ? 1 : -1;
      const branch = walk(area, course, {
        ...line[i],
        heading: line[i].heading + side * between(random, 0.4, 1.3),
        length: line.length * stride * between(random, 0.1, 0.5),
      }, random);
      // Of a wide crack most branches are thin: thick short ones would be stumps.
      const thinner = scale * logBetween(random, Math.min(0.4, 2 / course.width), 0.9);
      paths.push(
        ...grow(area, course, branch, { scale: thinner, generation: generation + 1 }, random, noise),
      );
    }
  }
  paths.push(piece);
  return paths.filter(({ length }) => length > 0);
}

/** The cracks of alligator skin: irregular cells with three edges at most corners, some edges missing. */
export function networkPaths({ width, height }: Area, course: Course, random: Random, noise: Noise): Path[] {
  const side = Math.max(width, height);
  const cell = Math.max(6, side / 8, course.width * 3) * logBetween(random, 1, 2.5);
  const angle = anyAngle(random), cos = Math.cos(angle), sin = Math.sin(angle);
  const stretch = between(random, 0.6, 1.6);
  const reach = Math.ceil(0.8 * side / cell / Math.min(1, stretch)) + 1;
  const count = 2 * reach + 1;
  const corners = Array.from({ length: count * count }, (_, k) => {
    const u = cell * (k % count - reach + between(random, -0.38, 0.38));
    const v = cell * stretch * (Math.floor(k / count) - reach + between(random, -0.38, 0.38));
    return { x: width / 2 + u * cos - v * sin, y: height / 2 + u * sin + v * cos };
  });
  const missing = between(random, 0, 0.3);
  const paths: Path[] = [];
  for (let j = 0; j < count; j++) {
    for (let i = 0; i < count; i++) {
      const from = corners[j * count + i];
      // A honeycomb as a wall of bricks: every bed joint, every other head joint.
      const neighbours = [
        ...(i + 1 < count ? [corners[j * count + i + 1]] : []),
        ...(j + 1 < count && (i + j) % 2 === 0 ? [corners[(j + 1) * count + i]] : []),
      ];
      for (const to of neighbours) {
        if (happens(random, missing) || isOutside(from, to, { width, height })) continue;
        paths.push(edge(from, to, course, random, noise));
      }
    }
  }
  return paths;
}

function isOutside(a: Point, b: Point, { width, height }: Area): boolean {
  return Math.max(a.x, b.x) < 0 || Math.max(a.y, b.y) < 0 || Math.min(a.x, b.x) > width ||
    Math.min(a.y, b.y) > height;
}

/** A crooked line between two points: midpoints move aside, again and again. */
function edge(from: Point, to: Point, course: Course, random: Random, noise: Noise): Path {
  const scale = between(random, 0.5, 1.1), row = 64 * random();
  let line: Point[] = [from, to];
  let length = Math.hypot(to.x - from.x, to.y - from.y);
  while (length > 4) {
    const aside = length * (0.08 + 0.3 * course.jitter);
    line = line.flatMap((point, i) => {
      if (i === 0) return [point];
      const before = line[i - 1];
      return [{
        x: (before.x + point.x) / 2 + between(random, -aside, aside) / 2,
        y: (before.y + point.y) / 2 + between(random, -aside, aside) / 2,
      }, point];
    });
    length /= 2;
  }
  return line.map(({ x, y }, i) => {
    const swollen = 1 + course.swelling * noise.at(i / 5, row);
    return { x, y, radius: Math.max(0.4, 0.5 * course.width * scale * swollen) };
  });
}
