import type { Point, Size } from "./box.ts";
import { disc } from "./brush.ts";

/** Grey values of a photo, 0..255, row-major. */
export interface Grey extends Size {
  readonly data: Uint8Array | Float32Array;
}

/** What a path costs a pixel along the darkest line; off it, 1 more. The less, the longer a way round it takes to stay on the line. */
const LEAST_COST = 0.05;

/** How far around the two points the path may lead, as a share of their distance, and in pixels at least. */
const MARGIN = 0.25, LEAST_MARGIN = 24;

/** Half the side of the square whose mean is the ground that a crack is darker than, in pixels. */
const GROUND = 10;

/** The least contrast that counts as a line, in grey levels: noise is no line. */
const LEAST_CONTRAST = 12;

/** The widest half of a crack that is looked for, and the step, in pixels. */
const WIDEST_HALF = 12, STEP = 0.25;

/** Places along the path on either side whose widths are compared: the median is taken. */
const COMPARED = 4;

/** The grey values of upright RGBA pixels (ITU-R BT.601), row-major. */
export function greyOf({ width, height, data }: Size & { readonly data: Uint8ClampedArray }): Grey {
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    grey[i] = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
  }
  return { width, height, data: grey };
}

/** A part of a photo: how dark each pixel is against the ground around it. */
interface Window extends Size {
  readonly left: number;
  readonly top: number;
  /** Grey values. */
  readonly grey: Float32Array;
  /** Mean grey around each pixel. */
  readonly ground: Float32Array;
  /** 0 on the ground and above, 1 on the darkest lines. */
  readonly darkness: Float32Array;
}

/**
 * The pixels of a crack between two points: along the path of least cost on the dark line, as wide as the line is there.
 *
 * The cost of a step of length s to a pixel of darkness d is s (0.05 + (1 − d)²), and the path is Dijkstra's (1959, doi:10.1007/BF01386390).
 * The width is the distance of the places on both sides of it where the photo is half as dark as the line (half of its contrast), the
 * median over neighbours.
 *
 * @returns indices into the photo.
 */
export function tracedCrack(photo: Grey, from: Point, to: Point): number[] {
  const window = cutWindow(photo, from, to);
  const path = leastPath(window, inside(window, from), inside(window, to));
  const sections = path.map((_, i) => sectionAt(window, path, i));
  const widths = medians(sections.map(({ width }) => width));
  const pixels = new Set<number>();
  sections.forEach(({ x, y }, i) => {
    for (const pixel of disc({ x: x + window.left, y: y + window.top }, widths[i], photo)) pixels.add(pixel);
  });
  return [...pixels];
}

/** A point as the nearest pixel of a window. */
function inside({ left, top, width, height }: Window, { x, y }: Point): Point {
  const clamp = (value: number, end: number) => Math.max(0, Math.min(end - 1, Math.round(value)));
  return { x: clamp(x - left, width), y: clamp(y - top, height) };
}

function cutWindow({ width, height, data }: Grey, from: Point, to: Point): Window {
  const margin = Math.max(LEAST_MARGIN, MARGIN * Math.hypot(to.x - from.x, to.y - from.y));
  const left = Math.max(0, Math.floor(Math.min(from.x, to.x) - margin));
  const top = Math.max(0, Math.floor(Math.min(from.y, to.y) - margin));
  const size = {
    width: Math.min(width, Math.ceil(Math.max(from.x, to.x) + margin) + 1) - left,
    height: Math.min(height, Math.ceil(Math.max(from.y, to.y) + margin) + 1) - top,
  };
  const grey = new Float32Array(size.width * size.height);
  for (let y = 0; y < size.height; y++) {
    const row = (top + y) * width + left;
    grey.set(data.subarray(row, row + size.width), y * size.width);
  }
  const ground = squareMeans(grey, size, GROUND);
  // Smoothed: single dark grains are no line. Widths are measured in what is not.
  const depths = squareMeans(grey, size, 1).map((value, i) => Math.max(0, ground[i] - value));
  // What only one pixel in fifty is deeper than is a line.
  const deep = quantile(depths, 0.98);
  const contrast = Math.max(LEAST_CONTRAST, deep);
  return { ...size, left, top, grey, ground, darkness: depths.map((depth) => Math.min(1, depth / contrast)) };
}

/** The least whole grey level that so large a share of depths does not exceed. */
function quantile(depths: Float32Array, share: number): number {
  const counts = new Uint32Array(257);
  for (const depth of depths) counts[Math.ceil(depth)]++;
  let level = 0;
  for (let below = counts[0]; below < share * depths.length;) below += counts[++level];
  return level;
}

/** The mean over the square of side 2 r + 1 around each pixel, cut at the border. */
function squareMeans(data: Float32Array, { width, height }: Size, r: number): Float32Array {
  // Sums of all above and to the left.
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0, row = 0; x < width; x++) {
      row += data[y * width + x];
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
    }
  }
  const means = new Float32Array(data.length);
  for (let y = 0; y < height; y++) {
    const y0 = Math.max(0, y - r) * (width + 1), y1 = Math.min(height, y + r + 1) * (width + 1);
    for (let x = 0; x < width; x++) {
      const x0 = Math.max(0, x - r), x1 = Math.min(width, x + r + 1);
      const area = (x1 - x0) * (y1 - y0) / (width + 1);
      means[y * width + x] = (sums[y1 + x1] - sums[y1 + x0] - sums[y0 + x1] + sums[y0 + x0]) / area;
    }
  }
  return means;
}

/** The path of least cost, both ends included. */
function leastPath({ width, height, darkness }: Window, from: Point, to: Point): Point[] {
  const start = from.y * width + from.x, end = to.y * width + to.x;
  const entering = darkness.map((dark) => PRECISION * (LEAST_COST + (1 - dark) ** 2));
  const costs = new Int32Array(width * height).fill(2 ** 31 - 1);
  const before = new Int32Array(width * height).fill(-1);
  const queue = new CostQueue();
  costs[start] = 0;
  queue.push(start, 0);
  for (let pixel = queue.pop(); pixel !== undefined && pixel !== end; pixel = queue.pop()) {
    // Cheaper ways to it were found since: it was taken from the queue before.
    if (costs[pixel] !== queue.cost) continue;
    const x = pixel % width, y = (pixel - x) / width;
    for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
      for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
        const neighbour = v * width + u;
        const length = u !== x && v !== y ? Math.SQRT2 : 1;
        const total = queue.cost + Math.round(length * entering[neighbour]);
        if (total >= costs[neighbour]) continue;
        costs[neighbour] = total;
        before[neighbour] = pixel;
        queue.push(neighbour, total);
      }
    }
  }
  const path: Point[] = [];
  for (let pixel = end; pixel >= 0; pixel = before[pixel]) {
    path.push({ x: pixel % width, y: Math.floor(pixel / width) });
  }
  return path.reverse();
}

/** Costs are counted in whole parts of this size: so pixels can be sorted by them in buckets (Dial 1969, doi:10.1145/363269.363610). */
const PRECISION = 256;

/** More than any step costs, in parts: √2 · (0.05 + 1) · 256 are 381. */
const BUCKETS = 512;

/** Pixels by their costs, the least first. No cost is beyond the least one and a step. */
class CostQueue {
  readonly #buckets: number[][] = Array.from({ length: BUCKETS }, () => []);
  #count = 0;
  /** The cost of the pixel that was taken last. */
  cost = 0;

  push(pixel: number, cost: number): void {
    this.#buckets[cost % BUCKETS].push(pixel);
    this.#count++;
  }

  pop(): number | undefined {
    if (this.#count === 0) return undefined;
    while (this.#buckets[this.cost % BUCKETS].length === 0) this.cost++;
    this.#count--;
    return this.#buckets[this.cost % BUCKETS].pop();
  }
}

/** The dark line across a path at one of its places: its middle, and its width in pixels, 1 at least. */
function sectionAt(window: Window, path: readonly Point[], i: number): Point & { readonly width: number } {
  const from = path[Math.max(0, i - COMPARED)], to = path[Math.min(path.length - 1, i + COMPARED)];
  const { x, y } = path[i];
  const pixel = y * window.width + x;
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length === 0 || window.grey[pixel] >= window.ground[pixel]) return { x, y, width: 1 };
  const across = { x: (from.y - to.y) / length, y: (to.x - from.x) / length };
  const half = (window.grey[pixel] + window.ground[pixel]) / 2;
  const reach = (sign: number) => {
    for (let t = STEP; t <= WIDEST_HALF; t += STEP) {
      const value = sample(window, x + sign * t * across.x, y + sign * t * across.y);
      if (value === undefined || value >= half) return t - STEP / 2;
    }
    return WIDEST_HALF;
  };
  const before = reach(-1), after = reach(1);
  const middle = (after - before) / 2;
  return { x: x + middle * across.x, y: y + middle * across.y, width: Math.max(1, before + after) };
}

/** The grey value between pixels, linearly; undefined outside. */
function sample({ width, height, grey }: Window, x: number, y: number): number | undefined {
  const u = Math.floor(x), v = Math.floor(y);
  if (u < 0 || v < 0 || u + 1 >= width || v + 1 >= height) return undefined;
  const at = v * width + u, right = x - u, down = y - v;
  return (1 - down) * ((1 - right) * grey[at] + right * grey[at + 1]) +
    down * ((1 - right) * grey[at + width] + right * grey[at + width + 1]);
}

/** The median of each value and its neighbours. */
function medians(values: readonly number[]): number[] {
  return values.map((_, i) => {
    const near = values.slice(Math.max(0, i - COMPARED), i + COMPARED + 1).toSorted((a, b) => a - b);
    return near[near.length >> 1];
  });
}
