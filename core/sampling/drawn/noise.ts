import { type Random, seedOf } from "./chance.ts";

/** Values along one side of the table. A power of two. */
const SIDE = 64;
const LAST = SIDE - 1;

/**
 * Value noise: random values on a lattice, joined smoothly (K. Perlin's fade 3t² − 2t³). A plane of values in [−1, 1] that repeats after 64
 * cells, of mean 0.
 */
export class Noise {
  readonly #values = new Float32Array(SIDE * SIDE);

  constructor(random: Random) {
    // Marsaglia's xorshift: a lattice of draws from the caller's stream would cost more than what is painted with it.
    let state = seedOf(random) || 1;
    for (let i = 0; i < this.#values.length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      this.#values[i] = state / 2 ** 31;
    }
  }

  /** The value of a lattice cell. */
  cell(i: number, j: number): number {
    return this.#values[(i & LAST) + SIDE * (j & LAST)];
  }

  /** The value at a place whose unit is a lattice cell. */
  at(x: number, y: number): number {
    const i = Math.floor(x), j = Math.floor(y);
    const s = x - i, t = y - j;
    const u = s * s * (3 - 2 * s), v = t * t * (3 - 2 * t);
    const values = this.#values;
    const left = i & LAST, right = (i + 1) & LAST, upper = SIDE * (j & LAST), lower = SIDE * ((j + 1) & LAST);
    const above = values[upper + left] + u * (values[upper + right] - values[upper + left]);
    const below = values[lower + left] + u * (values[lower + right] - values[lower + left]);
    return above + v * (below - above);
  }

  /** Several octaves, each of half the size and half the height: rough where one is smooth. In (−2, 2). */
  rough(x: number, y: number, octaves: number): number {
    let sum = 0, height = 1;
    // The shift keeps lattice points of the octaves apart.
    for (let k = 0, scale = 1; k < octaves; k++, scale *= 2, height /= 2) {
      sum += height * this.at(x * scale + 17.3 * k, y * scale + 31.7 * k);
    }
    return sum;
  }
}
