import type { Region } from "./bitmap.ts";

/** A closed line in a picture: x and y of each of its corners, in pixels; the last is joined to the first. */
export type Ring = readonly (readonly [x: number, y: number])[];

/** East, south, west, north. */
const STEPS = [[1, 0], [0, 1], [-1, 0], [0, -1]] as const;

/** For each of the four headings: the pixels ahead, on the left and on the right, seen from the corner. */
const AHEAD = [
  { left: [0, -1], right: [0, 0] },
  { left: [0, 0], right: [-1, 0] },
  { left: [-1, 0], right: [-1, -1] },
  { left: [-1, -1], right: [0, -1] },
] as const;

/** One step along an outline: the corner it begins at, where it leads, and the pixel on its right, which is crack. */
interface Step {
  readonly x: number;
  readonly y: number;
  readonly heading: number;
}

/**
 * Walks around a region's pixels along their sides, crack on the right: once around each group of pixels that touch by a side or a
 * corner, clockwise, and once around each hole in it, the other way.
 */
function* outlines({ width, height, data }: Region): Generator<Step[]> {
  const isCrack = (x: number, y: number) =>
    x >= 0 && x < width && y >= 0 && y < height && data[y * width + x] !== 0;
  // Every outline has a step to the east, above a pixel.
  const seen = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    const startX = i % width, startY = Math.floor(i / width);
    if (data[i] === 0 || seen[i] === 1 || isCrack(startX, startY - 1)) continue;
    const steps: Step[] = [];
    let x = startX, y = startY, heading = 0;
    do {
      if (heading === 0) seen[y * width + x] = 1;
      steps.push({ x, y, heading });
      x += STEPS[heading][0];
      y += STEPS[heading][1];
      const { left, right } = AHEAD[heading];
      // To the left first, so that pixels which touch by a corner only are one.
      if (isCrack(x + left[0], y + left[1])) heading = (heading + 3) % 4;
      else if (!isCrack(x + right[0], y + right[1])) heading = (heading + 1) % 4;
    } while (x !== startX || y !== startY || heading !== 0);
    yield steps;
  }
}

/** Twice the area within a ring: positive where it runs clockwise, y pointing down. */
function doubleArea(ring: Ring): number {
  let sum = 0;
  for (let i = 0, before = ring[ring.length - 1]; i < ring.length; before = ring[i++]) {
    sum += before[0] * ring[i][1] - ring[i][0] * before[1];
  }
  return sum;
}

/** Leaves out what lies on a straight line between its neighbours. */
function cornersOf(ring: Ring): Ring {
  const corners = ring.filter(([x, y], i) => {
    const [left, above] = ring[(i + ring.length - 1) % ring.length];
    const [right, below] = ring[(i + 1) % ring.length];
    // Not where a line turns back upon itself.
    return (x - left) * (below - y) !== (right - x) * (y - above) ||
      (x - left) * (right - x) + (y - above) * (below - y) < 0;
  });
  return corners.length > 0 ? corners : ring.slice(0, 1);
}

/** The outlines of a region along the sides of its pixels. */
export interface EdgeOutlines {
  /** One around each group of connected pixels, clockwise. */
  readonly outer: readonly Ring[];
  /** One around each hole. */
  readonly holes: readonly Ring[];
}

/**
 * The outlines of a region along the sides of its pixels, in coordinates of the picture: pixel (x, y) reaches from x to x + 1 and from y to
 * y + 1. The pixels whose centres lie within are those of the region.
 */
export function edgeOutlines(region: Region): EdgeOutlines {
  const outer: Ring[] = [], holes: Ring[] = [];
  for (const steps of outlines(region)) {
    const ring = cornersOf(steps.map(({ x, y }) => [region.x + x, region.y + y] as const));
    (doubleArea(ring) > 0 ? outer : holes).push(ring);
  }
  return { outer, holes };
}

/** Lines through the pixels at the rim of a region. */
export interface RimOutlines {
  /** One for each group of connected pixels: columns and rows of pixels, at least three of them. */
  readonly outer: readonly Ring[];
  readonly holes: number;
}

/**
 * The outlines of a region through the pixels at its rim, in columns and rows of the picture: programs that fill a polygon and draw its
 * line, too (OpenCV's `fillPoly`, PIL's `polygon`), give the region, its holes filled.
 */
export function rimOutlines(region: Region): RimOutlines {
  const outer: Ring[] = [];
  let holes = 0;
  for (const steps of outlines(region)) {
    if (doubleArea(steps.map(({ x, y }) => [x, y] as const)) < 0) {
      holes++;
      continue;
    }
    const pixels = steps.map(({ x, y, heading }) => {
      const [right, down] = AHEAD[heading].right;
      return [region.x + x + right, region.y + y + down] as const;
    });
    const path = pixels.filter(([x, y], i) => {
      const before = pixels[(i + pixels.length - 1) % pixels.length];
      return x !== before[0] || y !== before[1];
    });
    const ring = path.length > 0 ? cornersOf(path) : pixels.slice(0, 1);
    // A polygon has three points, be they the same.
    outer.push(Array.from({ length: Math.max(3, ring.length) }, (_, i) => ring[i % ring.length]));
  }
  return { outer, holes };
}
