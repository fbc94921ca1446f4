import type { MeasuredCrack, OrientationMap } from "./crack_measurement.ts";

/** Directions and how much of each: the sums of cos 2 θ and sin 2 θ, as a crack at 0° and one at 180° are the same. */
export class Directions {
  #x = 0;
  #y = 0;
  #length = 0;

  /** Adds a piece of line: its direction in the image, y downwards, counts by its length. */
  add(dx: number, dy: number): void {
    const length = Math.hypot(dx, dy);
    if (length === 0) return;
    this.#length += length;
    this.#x += (dx ** 2 - dy ** 2) / length;
    this.#y += 2 * dx * dy / length;
  }

  /** The mean direction in degrees, 0 ≤ θ < 180: 0 from left to right, 45 rising to the right, 90 upright. 0 where there is none. */
  get mean(): number {
    if (this.#x === 0 && this.#y === 0) return 0;
    return degreesOf(this.#x, this.#y) / 2;
  }

  /** The length of all pieces. */
  get length(): number {
    return this.#length;
  }

  /** |Σ l e^{2 i θ}| / Σ l: 1 where all go one way, 0 where no way is preferred. NaN of none. */
  get agreement(): number {
    return Math.hypot(this.#x, this.#y) / this.#length;
  }
}

/** Parts of the half circle of directions. */
const PARTS = 18;

/** Lengths in pixels by direction: 18 parts of 10°. */
export function orientationsOf(cracks: readonly MeasuredCrack[]): number[] {
  const lengths = new Array<number>(PARTS).fill(0);
  for (const { dx, dy } of stepsOf(cracks)) {
    lengths[Math.floor(directionOf(dx, dy) * PARTS / 180) % PARTS] += Math.hypot(dx, dy);
  }
  return lengths;
}

/** Squares along a photo's longer side, and the least side of one in pixels: over fewer no direction can be told. */
const SQUARES = 24, LEAST_SIDE = 8;

/** Directions by squares of a photo. A piece of line counts where its middle is. */
export function orientationMap(
  cracks: readonly MeasuredCrack[],
  { width, height }: { readonly width: number; readonly height: number },
): OrientationMap {
  const side = Math.max(LEAST_SIDE, Math.ceil(Math.max(width, height) / SQUARES));
  const columns = Math.ceil(width / side), rows = Math.ceil(height / side);
  const squares = new Map<number, Directions>();
  for (const { x, y, dx, dy } of stepsOf(cracks)) {
    // Lines end at the border, half a pixel before the first centre and after the last.
    const column = Math.min(columns - 1, Math.floor((x + 0.5) / side));
    const row = Math.min(rows - 1, Math.floor((y + 0.5) / side));
    const square = Math.max(0, row) * columns + Math.max(0, column);
    const directions = squares.get(square) ?? new Directions();
    squares.set(square, directions);
    directions.add(dx, dy);
  }
  const cells = [...squares].filter(([, { length }]) => length > 0).sort(([a], [b]) => a - b)
    .map(([square, { length, mean, agreement }]) => ({
      x: square % columns * side,
      y: Math.floor(square / columns) * side,
      length,
      orientation: mean,
      agreement,
    }));
  return { side, cells };
}

/** Every piece of the centre lines: where its middle is, and how far it goes. */
function* stepsOf(
  cracks: readonly MeasuredCrack[],
): Generator<{ readonly x: number; readonly y: number; readonly dx: number; readonly dy: number }> {
  for (const { points } of cracks.flatMap(({ branches }) => branches)) {
    for (let i = 1; i < points.length; i++) {
      const a = points[i - 1], b = points[i];
      yield { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, dx: b.x - a.x, dy: b.y - a.y };
    }
  }
}

/** The direction of a piece of line in degrees, 0 ≤ θ < 180, as in {@linkcode Directions.mean}. */
export function directionOf(dx: number, dy: number): number {
  return degreesOf(dx, dy) % 180;
}

/** 0 ≤ angle < 360, against the clock although y runs downwards. */
function degreesOf(dx: number, dy: number): number {
  const degrees = -Math.atan2(dy, dx) * 180 / Math.PI;
  return degrees < 0 ? (degrees + 360) % 360 : Math.abs(degrees);
}
