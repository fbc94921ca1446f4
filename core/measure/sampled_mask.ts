import type { Point } from "./skeleton_graph.ts";

/** Pixels between two looks for an edge. */
const STEP = 0.5;

/** A mask and its distances between its pixels. */
export class SampledMask {
  readonly #mask: ArrayLike<number>;
  readonly #distances: ArrayLike<number>;

  /**
   * @param mask row-major, crack where it is not 0.
   * @param distances row-major, of `distanceTransform()`; ∞ where there is no background.
   */
  constructor(
    readonly width: number,
    readonly height: number,
    mask: ArrayLike<number>,
    distances: ArrayLike<number>,
  ) {
    this.#mask = mask;
    this.#distances = distances;
  }

  /** How much of a place is crack, 0..1: linear between the centres of pixels. Beyond the border the border's own pixels go on. */
  at({ x, y }: Point): number {
    const left = Math.floor(x), top = Math.floor(y);
    const right = x - left, down = y - top;
    const above = (1 - right) * this.#crack(left, top) + right * this.#crack(left + 1, top);
    const below = (1 - right) * this.#crack(left, top + 1) + right * this.#crack(left + 1, top + 1);
    return (1 - down) * above + down * below;
  }

  /** Whether a place lies in the image. */
  holds({ x, y }: Point): boolean {
    return x >= -0.5 && y >= -0.5 && x <= this.width - 0.5 && y <= this.height - 0.5;
  }

  /** The distance to the background of the pixel that a place lies in; of a mask without background, half its shorter side. */
  distanceAt({ x, y }: Point): number {
    const column = Math.min(this.width - 1, Math.max(0, Math.round(x)));
    const row = Math.min(this.height - 1, Math.max(0, Math.round(y)));
    const distance = this.#distances[row * this.width + column];
    return distance === Infinity ? Math.min(this.width, this.height) / 2 : distance;
  }

  /**
   * How far the edge of the mask is from a place inside: where half of it is crack, in the middle between a crack pixel and one of the
   * background; or the edge of the image.
   *
   * @param direction of length 1.
   * @param most pixels to go.
   * @returns pixels; undefined where all the way is crack.
   */
  edge(from: Point, direction: Point, most: number): number | undefined {
    let before = this.at(from);
    if (before < 0.5) return 0;
    for (let t = STEP; t <= most + STEP; t += STEP) {
      const place = { x: from.x + t * direction.x, y: from.y + t * direction.y };
      if (!this.holds(place)) return t - STEP + this.#toBorder(from, direction, t);
      const here = this.at(place);
      if (here < 0.5) return t - STEP * (0.5 - here) / (before - here);
      before = here;
    }
    return undefined;
  }

  /** Of a step that leaves the image, how much lies inside. */
  #toBorder(from: Point, direction: Point, t: number): number {
    let low = t - STEP, high = t;
    for (let i = 0; i < 8; i++) {
      const middle = (low + high) / 2;
      if (this.holds({ x: from.x + middle * direction.x, y: from.y + middle * direction.y })) low = middle;
      else high = middle;
    }
    return low - (t - STEP);
  }

  #crack(x: number, y: number): number {
    const column = Math.min(this.width - 1, Math.max(0, x));
    const row = Math.min(this.height - 1, Math.max(0, y));
    return Number(this.#mask[row * this.width + column] !== 0);
  }
}
