import { luma } from "../../../core/images/luma.ts";
import type { Box, Pixels, Point, Size } from "./box.ts";
import { brushed } from "./brush.ts";
import { leastPath, type StepCosts } from "./least_path.ts";

/** What a path costs a pixel along the darkest line; off it, 1 more. The less, the longer a way round it takes to stay on the line. */
const LEAST_COST = 0.05;

/** Costs are counted in whole parts of this size. */
const PRECISION = 256;

/** How far around the two points the path may lead, as a share of their distance, and in pixels at least. */
const MARGIN = 0.25, LEAST_MARGIN = 24;

/** Pixels of the largest part of a photo that is searched at once; a larger one is searched at a coarser scale first. */
const MOST_SEARCHED = 2 ** 18;

/** How far from the path that a coarser look found the finer one may lead, in pixels of the coarser. */
const ASIDE = 3;

/** Half the side of the square whose mean is the ground that a crack is darker than, in pixels. */
const GROUND = 10;

/** The share of the pixels around two clicks that are less deep than a line, and the least depth of one in grey levels: noise is no line. */
const SHALLOW = 0.98, LEAST_CONTRAST = 12;

/** The widest half of a crack that is looked for, and the step, in pixels. */
const WIDEST_HALF = 12, STEP = 0.25;

/** Places along the path on either side whose widths are compared: the median is taken. */
const COMPARED = 4;

/** A photo as the pen sees it. */
interface Photo extends Size {
  /** Grey values, 0..255. */
  readonly grey: Float32Array;
  /** How much darker each pixel is than the ground around it, in grey levels; 0 where it is not. */
  readonly depth: Float32Array;
}

/** Draws cracks on a photo between two points. */
export class CrackPen {
  readonly #pixels: Pixels;
  #photo: Photo | undefined;

  constructor(pixels: Pixels) {
    this.#pixels = pixels;
  }

  /** Looks at the photo, once: 12 megapixels take some tenths of a second. What is drawn first has this done, if nobody did before. */
  prepare(): void {
    this.#photo ??= seen(this.#pixels);
  }

  /**
   * The pixels of a crack between two points: along the path of least cost on the dark line, as wide as the line is there.
   *
   * The cost of a step of length s to a pixel of darkness d is s (0.05 + (1 − d)²); darkness is 0 on the ground and 1 on the darkest lines
   * around. Where the points are so far apart that there would be too much to search, a path on blocks of k × k pixels is found first, of darkness
   * min(1, Σ d² / k): what a dark line one pixel wide leaves of itself in a block. The path on pixels stays near that one.
   *
   * The width is the distance of the places on both sides of it where the photo is half as dark as the line (half of its contrast), the
   * median over neighbours.
   *
   * @returns indices into the photo.
   */
  trace(from: Point, to: Point): number[] {
    this.prepare();
    const photo = this.#photo!;
    const path = pathBetween(photo, from, to);
    const sections = path.map((_, i) => sectionAt(photo, path, i));
    const widths = medians(sections.map(({ width }) => width));
    const pixels = new Set<number>();
    sections.forEach((middle, i) => {
      // From the one before: between middles that lie on different sides of the path there may be more than a pixel.
      for (const pixel of brushed(sections[Math.max(0, i - 1)], middle, widths[i], photo)) pixels.add(pixel);
    });
    return [...pixels];
  }
}

function seen({ width, height, data }: Pixels): Photo {
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = luma(data, 4 * i);
  const depth = squareMeans(grey, { width, height }, GROUND);
  // Smoothed: single dark grains are no line. Widths are measured in what is not.
  const smooth = squareMeans(grey, { width, height }, 1);
  for (let i = 0; i < depth.length; i++) depth[i] = Math.max(0, depth[i] - smooth[i]);
  return { width, height, grey, depth };
}

/** The mean over the square of side 2 r + 1 around each pixel, cut at the border. */
function squareMeans(data: Float32Array, { width, height }: Size, r: number): Float32Array {
  const means = new Float32Array(data.length);
  // Of each column, the sum over the rows of the square.
  const columns = new Float64Array(width);
  for (let y = -r; y < height; y++) {
    const coming = (y + r) * width, going = (y - r - 1) * width;
    if (coming < data.length) { for (let x = 0; x < width; x++) columns[x] += data[coming + x]; }
    if (going >= 0) { for (let x = 0; x < width; x++) columns[x] -= data[going + x]; }
    if (y < 0) continue;
    const rows = Math.min(height, y + r + 1) - Math.max(0, y - r);
    let sum = 0;
    for (let x = -r; x < width; x++) {
      if (x + r < width) sum += columns[x + r];
      if (x - r - 1 >= 0) sum -= columns[x - r - 1];
      if (x >= 0) means[y * width + x] = sum / (rows * (Math.min(width, x + r + 1) - Math.max(0, x - r)));
    }
  }
  return means;
}

/** A part of a photo, and how deep its darkest lines are in grey levels. */
interface Window extends Box {
  readonly contrast: number;
}

/** The path of least cost, both ends included. */
function pathBetween(photo: Photo, from: Point, to: Point): Point[] {
  const box = boxAround(photo, from, to);
  const start = inside(box, from), end = inside(box, to);
  const side = Math.ceil(Math.sqrt(box.width * box.height / MOST_SEARCHED));
  const window = { ...box, contrast: contrastIn(photo, box, side) };
  const costs = closedGrid(window);
  if (side === 1) {
    openAll(costs, photo, { window, box: { left: 0, top: 0, width: box.width, height: box.height } });
  } else {
    for (const block of blocksAround(photo, { window, side, start, end })) {
      openAll(costs, photo, { window, box: block });
    }
  }
  return pathOn(costs, start, end).map(({ x, y }) => ({ x: x + window.left, y: y + window.top }));
}

/** The part of a photo in which a path may lead. */
function boxAround({ width, height }: Size, from: Point, to: Point): Box {
  const margin = Math.max(LEAST_MARGIN, MARGIN * Math.hypot(to.x - from.x, to.y - from.y));
  const left = Math.max(0, Math.floor(Math.min(from.x, to.x) - margin));
  const top = Math.max(0, Math.floor(Math.min(from.y, to.y) - margin));
  return {
    ...{ left, top },
    width: Math.min(width, Math.ceil(Math.max(from.x, to.x) + margin) + 1) - left,
    height: Math.min(height, Math.ceil(Math.max(from.y, to.y) + margin) + 1) - top,
  };
}

/** A point as the nearest pixel of a window. */
function inside({ left, top, width, height }: Box, { x, y }: Point): Point {
  const clamp = (value: number, end: number) => Math.max(0, Math.min(end - 1, Math.round(value)));
  return { x: clamp(x - left, width), y: clamp(y - top, height) };
}

/**
 * How deep the darkest lines in a part of a photo are, in grey levels.
 *
 * @param every so many rows and columns apart are the pixels that are looked at.
 */
function contrastIn({ width, depth }: Photo, box: Box, every: number): number {
  const counts = new Uint32Array(257);
  let count = 0;
  for (let y = 0; y < box.height; y += every) {
    const row = (box.top + y) * width + box.left;
    for (let x = 0; x < box.width; x += every, count++) counts[Math.ceil(depth[row + x])]++;
  }
  // The least whole grey level that so large a share does not exceed.
  let level = 0;
  for (let below = counts[0]; below < SHALLOW * count;) below += counts[++level];
  return Math.max(LEAST_CONTRAST, level);
}

/** The boxes of a window in which a path leads that is found on blocks of so many pixels a side, and those around it. */
function* blocksAround(
  { width: columns, depth }: Photo,
  { window, side, start, end }: {
    readonly window: Window;
    readonly side: number;
    readonly start: Point;
    readonly end: Point;
  },
): Generator<Box> {
  const [width, height] = [window.width, window.height].map((length) => Math.ceil(length / side));
  const squares = new Float32Array(width * height);
  for (let y = 0; y < window.height; y++) {
    const row = (window.top + y) * columns + window.left;
    for (let x = 0, block = Math.floor(y / side) * width; x < window.width; block++) {
      let sum = 0;
      for (const last = Math.min(window.width, x + side); x < last; x++) {
        const darkness = Math.min(1, depth[row + x] / window.contrast);
        sum += darkness * darkness;
      }
      squares[block] += sum;
    }
  }
  const costs = closedGrid({ width, height });
  squares.forEach((sum, i) => open(costs, i % width, Math.floor(i / width), Math.min(1, sum / side)));
  const near = new Uint8Array(width * height);
  const blockOf = ({ x, y }: Point) => ({ x: Math.floor(x / side), y: Math.floor(y / side) });
  for (const { x, y } of pathOn(costs, blockOf(start), blockOf(end))) {
    for (let v = Math.max(0, y - ASIDE); v <= Math.min(height - 1, y + ASIDE); v++) {
      near.fill(1, v * width + Math.max(0, x - ASIDE), v * width + Math.min(width, x + ASIDE + 1));
    }
  }
  for (const [i, isNear] of near.entries()) {
    if (isNear === 0) continue;
    const left = side * (i % width), top = side * Math.floor(i / width);
    yield {
      left,
      top,
      width: Math.min(side, window.width - left),
      height: Math.min(side, window.height - top),
    };
  }
}

/** A grid onto which nobody may step, with a rim around it. */
function closedGrid({ width, height }: Size): StepCosts {
  const count = (width + 2) * (height + 2);
  return { width: width + 2, straight: new Uint16Array(count), diagonal: new Uint16Array(count) };
}

/** Lets paths lead over a pixel of a grid. */
function open({ width, straight, diagonal }: StepCosts, x: number, y: number, darkness: number): void {
  const cost = PRECISION * (LEAST_COST + (1 - darkness) ** 2);
  const at = (y + 1) * width + x + 1;
  straight[at] = Math.round(cost);
  diagonal[at] = Math.round(Math.SQRT2 * cost);
}

/** Lets paths lead over the pixels in a box of a window: the darker they are, the better. */
function openAll(
  costs: StepCosts,
  { width, depth }: Photo,
  { window, box }: { readonly window: Window; readonly box: Box },
): void {
  for (let y = box.top; y < box.top + box.height; y++) {
    const row = (window.top + y) * width + window.left;
    for (let x = box.left; x < box.left + box.width; x++) {
      open(costs, x, y, Math.min(1, depth[row + x] / window.contrast));
    }
  }
}

function pathOn(costs: StepCosts, start: Point, end: Point): Point[] {
  const { width } = costs;
  const at = ({ x, y }: Point) => (y + 1) * width + x + 1;
  return leastPath(costs, at(start), at(end)).map((i) => ({
    x: i % width - 1,
    y: Math.floor(i / width) - 1,
  }));
}

/** The dark line across a path at one of its places: its middle, and its width in pixels, 1 at least. */
function sectionAt(photo: Photo, path: readonly Point[], i: number): Point & { readonly width: number } {
  const from = path[Math.max(0, i - COMPARED)], to = path[Math.min(path.length - 1, i + COMPARED)];
  const { x, y } = path[i];
  const dark = photo.grey[y * photo.width + x], ground = groundAt(photo, x, y);
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length === 0 || dark >= ground) return { x, y, width: 1 };
  const across = { x: (from.y - to.y) / length, y: (to.x - from.x) / length };
  const half = (dark + ground) / 2;
  const reach = (sign: number) => {
    for (let t = STEP; t <= WIDEST_HALF; t += STEP) {
      const value = sample(photo, x + sign * t * across.x, y + sign * t * across.y);
      if (value === undefined || value >= half) return t - STEP / 2;
    }
    return WIDEST_HALF;
  };
  const before = reach(-1), after = reach(1);
  const middle = (after - before) / 2;
  return { x: x + middle * across.x, y: y + middle * across.y, width: Math.max(1, before + after) };
}

/** The mean grey value of the ground around a pixel. */
function groundAt({ width, height, grey }: Photo, x: number, y: number): number {
  const left = Math.max(0, x - GROUND), right = Math.min(width, x + GROUND + 1);
  const top = Math.max(0, y - GROUND), bottom = Math.min(height, y + GROUND + 1);
  let sum = 0;
  for (let v = top; v < bottom; v++) {
    for (let u = left; u < right; u++) sum += grey[v * width + u];
  }
  return sum / ((right - left) * (bottom - top));
}

/** The grey value between pixels, linearly; undefined outside. */
function sample({ width, height, grey }: Photo, x: number, y: number): number | undefined {
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
