import type { Bitmap } from "./bitmap.ts";
import type { Ring } from "./outlines.ts";

/**
 * Marks the pixels whose centres lie within a polygon: those from whose centre a ray to the left crosses its line an odd number of times.
 * What lies outside of the picture is cut off.
 *
 * @param ring pixel (x, y) reaches from x to x + 1 and from y to y + 1.
 */
export function fillPolygon({ width, height, data }: Bitmap, ring: Ring): void {
  const crossings = new Map<number, number[]>();
  for (let i = 0, before = ring[ring.length - 1]; i < ring.length; before = ring[i++]) {
    const [[x0, y0], [x1, y1]] = before[1] < ring[i][1] ? [before, ring[i]] : [ring[i], before];
    // Rows whose centres lie from y0, included, to y1, left out.
    const first = Math.max(0, Math.ceil(y0 - 0.5)), last = Math.min(height, Math.ceil(y1 - 0.5));
    for (let y = first; y < last; y++) {
      const x = x0 + (y + 0.5 - y0) / (y1 - y0) * (x1 - x0);
      const row = crossings.get(y);
      if (row === undefined) crossings.set(y, [x]);
      else row.push(x);
    }
  }
  for (const [y, row] of crossings) {
    row.sort((a, b) => a - b);
    for (let i = 0; i + 1 < row.length; i += 2) {
      const first = Math.max(0, Math.ceil(row[i] - 0.5)), last = Math.min(width, Math.ceil(row[i + 1] - 0.5));
      if (first < last) data.fill(1, y * width + first, y * width + last);
    }
  }
}

/** Parts of a pixel between which pycocotools sees no difference. */
const PARTS = 5;

/** Sides of a picture from which on lines are too long to be gone along. */
const FAR = 10;

/**
 * Marks the pixels that pycocotools does (`rleFrPoly` of `maskApi.c`): corners are moved to fifths of a pixel, and lines go from fifth to fifth. Where a line passes the
 * middle of a column, crack begins or ends there, at the next pixel below.
 *
 * @param ring as for {@linkcode fillPolygon}, of which this differs along slanting lines.
 */
export function fillCocoPolygon(picture: Bitmap, ring: Ring): void {
  const { width, height, data } = picture;
  const far = FAR * Math.max(width, height);
  if (ring.some(([x, y]) => Math.abs(x) > far || Math.abs(y) > far)) return fillPolygon(picture, ring);
  const fifths = ring.map(([x, y]) => [Math.trunc(PARTS * x + 0.5), Math.trunc(PARTS * y + 0.5)] as const);
  // Places in the picture, column by column, at which crack begins or ends.
  const ends: number[] = [];
  let before: readonly [x: number, y: number] | undefined;
  for (const [i, corner] of fifths.entries()) {
    for (const at of line(corner, fifths[(i + 1) % fifths.length])) {
      if (before !== undefined && at[0] !== before[0]) {
        const column = (Math.min(at[0], before[0]) + 0.5) / PARTS - 0.5;
        if (Number.isInteger(column) && column >= 0 && column < width) {
          const row = (Math.min(at[1], before[1]) + 0.5) / PARTS - 0.5;
          ends.push(column * height + Math.ceil(Math.min(Math.max(row, 0), height)));
        }
      }
      before = at;
    }
  }
  ends.sort((a, b) => a - b);
  for (let i = 0; i + 1 < ends.length; i += 2) {
    for (let at = ends[i]; at < ends[i + 1]; at++) data[at % height * width + Math.floor(at / height)] = 1;
  }
}

/** The points of a line, each one step from the one before, both ends included; halves are rounded up from whichever end comes first on the longer side. */
function* line(
  from: readonly [x: number, y: number],
  to: readonly [x: number, y: number],
): Generator<readonly [x: number, y: number]> {
  const along = Math.abs(to[0] - from[0]) >= Math.abs(to[1] - from[1]) ? 0 : 1;
  const across = 1 - along, steps = Math.abs(to[along] - from[along]);
  const [first, last] = from[along] <= to[along] ? [from, to] : [to, from];
  const slope = steps === 0 ? 0 : (last[across] - first[across]) / steps;
  for (let i = 0; i <= steps; i++) {
    const step = first === from ? i : steps - i;
    const a = first[along] + step, b = Math.trunc(first[across] + slope * step + 0.5);
    yield along === 0 ? [a, b] : [b, a];
  }
}

/**
 * Marks the pixels within a polygon and those on its line, as PIL's `polygon` and OpenCV's `fillPoly` do.
 *
 * @param ring columns and rows of pixels; fractions are cut off.
 */
export function fillWithRim(picture: Bitmap, ring: Ring): void {
  const pixels = ring.map(([x, y]) => [Math.floor(x), Math.floor(y)] as const);
  fillPolygon(picture, pixels.map(([x, y]) => [x + 0.5, y + 0.5] as const));
  for (let i = 0, before = pixels[pixels.length - 1]; i < pixels.length; before = pixels[i++]) {
    drawLine(picture, before, pixels[i]);
  }
}

/** Bresenham's line from pixel to pixel, both included (doi:10.1147/sj.41.0025). */
function drawLine(
  { width, height, data }: Bitmap,
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
): void {
  const right = Math.abs(toX - fromX), down = Math.abs(toY - fromY);
  const stepX = Math.sign(toX - fromX), stepY = Math.sign(toY - fromY);
  let error = right - down;
  for (let x = fromX, y = fromY;;) {
    if (x >= 0 && x < width && y >= 0 && y < height) data[y * width + x] = 1;
    if (x === toX && y === toY) return;
    const doubled = 2 * error;
    if (doubled > -down) {
      error -= down;
      x += stepX;
    }
    if (doubled < right) {
      error += right;
      y += stepY;
    }
  }
}
