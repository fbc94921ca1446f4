/** The middle value, between the two middle ones of an even number; NaN of none. */
export function medianOf(values: readonly number[]): number {
  return quantileOf(values, 0.5);
}

/** The value that a share of all do not exceed, linear between two of them; NaN of none. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)];
  return low === undefined ? NaN : low + (sorted[Math.ceil(at)] - low) * (at - Math.floor(at));
}

/** The mean; NaN of none. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Directions and how much of each: the sums of cos 2 θ and sin 2 θ, as a crack at 0° and one at 180° are the same. */
export class Directions {
  #x = 0;
  #y = 0;

  /** Adds a piece of line: its direction in the image, y downwards, counts by its length. */
  add(dx: number, dy: number): void {
    const length = Math.hypot(dx, dy);
    if (length === 0) return;
    this.#x += (dx ** 2 - dy ** 2) / length;
    this.#y += 2 * dx * dy / length;
  }

  /** The mean direction in degrees, 0 ≤ θ < 180: 0 from left to right, 45 rising to the right, 90 upright. 0 where there is none. */
  get mean(): number {
    if (this.#x === 0 && this.#y === 0) return 0;
    return degreesOf(this.#x, this.#y) / 2;
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
