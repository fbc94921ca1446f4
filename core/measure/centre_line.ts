import type { SampledMask } from "./sampled_mask.ts";
import { lengthOf, type Point } from "./skeleton_graph.ts";
import { medianOf } from "./statistics.ts";

/** A point of a centre line with its direction. */
export interface CentrePoint extends Point {
  /** Along the crack, of length 1. */
  readonly tangent: Point;
}

/** A line in the middle of a branch, sub-pixel. */
export interface CentreLine {
  /** About a pixel apart. */
  readonly points: readonly CentrePoint[];
  /** Its length in pixels, from edge to edge of the mask where it ends freely. */
  readonly length: number;
  /** Its two ends; of a loop the same. */
  readonly ends: readonly [Point, Point];
}

/** Which ends of a line are free: they are drawn to the edge of the mask. */
export interface LineOptions {
  readonly closed: boolean;
  readonly free: readonly [start: boolean, end: boolean];
}

/** Standard deviation of the Gaussian that smooths a line, in pixels: the steps of a line of pixels vanish, and its bends stay. */
const SMOOTHING = 2;

/** The most that wide cracks are smoothed by: their skeleton follows each unevenness of both edges. */
const MOST_SMOOTHING = 6;

/**
 * The centre line of a branch, from its chain of pixels: resampled a pixel apart, smoothed, and at free ends drawn straight on to the edge of
 * the mask. A skeleton ends half a width before the crack does, or bends to a corner there: that is cut off first.
 *
 * @param chain the places of its pixels in order, one at least.
 */
export function centreLine(
  chain: readonly Point[],
  mask: SampledMask,
  { closed, free }: LineOptions,
): CentreLine {
  const whole = resample(closed ? [...chain, chain[0]] : chain);
  const halfWidth = medianOf(whole.map((point) => mask.distanceAt(point)));
  const sigma = Math.min(MOST_SMOOTHING, Math.max(SMOOTHING, halfWidth / 2));
  const span = Math.max(2, Math.round(sigma));
  if (closed) {
    const line = smooth(whole.slice(0, -1), sigma, true);
    return {
      points: withTangents(line, span, true),
      length: lengthOf([...line, line[0]]),
      ends: [line[0], line[0]],
    };
  }
  let line = whole.length === 1 ? dotLine(whole[0], mask) : whole;
  if (free[0]) line = cutEnd(line.toReversed(), mask).toReversed();
  if (free[1]) line = cutEnd(line, mask);
  line = smooth(line, sigma, false);
  const reach = Math.max(4, Math.round(2 * halfWidth));
  if (free[0]) line = drawOn(line.toReversed(), mask, reach).toReversed();
  if (free[1]) line = drawOn(line, mask, reach);
  return {
    points: withTangents(resample(line), span, false),
    length: lengthOf(line),
    ends: [line[0], line.at(-1)!],
  };
}

/** Points along a line, as nearly a pixel apart as divides it evenly. */
function resample(line: readonly Point[]): Point[] {
  const length = lengthOf(line);
  if (length === 0) return [line[0]];
  const count = Math.max(1, Math.round(length));
  const points: Point[] = [line[0]];
  let i = 1, before = 0;
  let piece = lengthOf(line.slice(0, 2));
  for (let k = 1; k < count; k++) {
    const wanted = length * k / count;
    while (before + piece < wanted && i < line.length - 1) {
      before += piece;
      i++;
      piece = lengthOf(line.slice(i - 1, i + 1));
    }
    const share = piece === 0 ? 0 : (wanted - before) / piece;
    points.push(between(line[i - 1], line[i], share));
  }
  points.push(line.at(-1)!);
  return points;
}

/** Smooths points a pixel apart by a Gaussian. Ends stay where they are: beyond them the line goes on turned by half a circle. */
function smooth(line: readonly Point[], sigma: number, closed: boolean): Point[] {
  const n = line.length;
  if (n < 3) return [...line];
  // Of a short line no more than to its ends and back.
  const radius = Math.min(Math.ceil(3 * sigma), n - 1);
  const weights = Array.from(
    { length: 2 * radius + 1 },
    (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const at = (i: number): Point => {
    if (closed) return line[((i % n) + n) % n];
    if (i < 0) return mirrored(line[0], line[-i]);
    if (i >= n) return mirrored(line[n - 1], line[2 * (n - 1) - i]);
    return line[i];
  };
  return line.map((_, i) => {
    let x = 0, y = 0;
    weights.forEach((weight, k) => {
      const point = at(i + k - radius);
      x += weight * point.x;
      y += weight * point.y;
    });
    return { x: x / sum, y: y / sum };
  });
}

/** Leaves out the end of a line that bends to a corner: towards one of 90° the edges are 0.7 times as near as the corner. */
function cutEnd(line: readonly Point[], mask: SampledMask): Point[] {
  const end = line[line.length - 1];
  let kept = line.length;
  while (kept > 2 && distance(line[kept - 1], end) < 1.8 * mask.distanceAt(line[kept - 1])) kept--;
  return line.slice(0, kept);
}

/** Draws a line straight on to the edge of the mask. */
function drawOn(line: readonly Point[], mask: SampledMask, reach: number): Point[] {
  const last = line[line.length - 1];
  const back = line[Math.max(0, line.length - 1 - reach)];
  const away = distance(last, back);
  const direction = { x: (last.x - back.x) / away, y: (last.y - back.y) / away };
  const onward = mask.edge(last, direction, 4 * mask.distanceAt(last) + 2);
  return onward === undefined ? [...line] : [...line, shifted(last, direction, onward)];
}

/** The line of a piece whose skeleton is a single pixel: two points, along the direction in which the mask reaches farthest. */
function dotLine(dot: Point, mask: SampledMask): Point[] {
  const most = 4 * mask.distanceAt(dot) + 2;
  let best = { reach: -1, direction: { x: 1, y: 0 } };
  for (let k = 0; k < 16; k++) {
    const direction = { x: Math.cos(Math.PI * k / 16), y: Math.sin(Math.PI * k / 16) };
    const opposite = { x: -direction.x, y: -direction.y };
    const reach = (mask.edge(dot, direction, most) ?? 0) + (mask.edge(dot, opposite, most) ?? 0);
    if (reach > best.reach + 1e-9) best = { reach, direction };
  }
  return [shifted(dot, best.direction, -0.01), shifted(dot, best.direction, 0.01)];
}

function withTangents(line: readonly Point[], span: number, closed: boolean): CentrePoint[] {
  const n = line.length;
  const at = (i: number) => closed ? line[((i % n) + n) % n] : line[Math.min(n - 1, Math.max(0, i))];
  return line.map((point, i) => {
    const [a, b] = [at(i - span), at(i + span)];
    const length = distance(a, b);
    const tangent = length === 0 ? { x: 1, y: 0 } : { x: (b.x - a.x) / length, y: (b.y - a.y) / length };
    return { ...point, tangent };
  });
}

/** A point moved along a direction. */
export function shifted({ x, y }: Point, direction: Point, by: number): Point {
  return { x: x + by * direction.x, y: y + by * direction.y };
}

function between(a: Point, b: Point, share: number): Point {
  return { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y) };
}

function mirrored(centre: Point, { x, y }: Point): Point {
  return { x: 2 * centre.x - x, y: 2 * centre.y - y };
}

/** The distance of two points. */
export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
