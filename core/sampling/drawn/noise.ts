import type { Area } from "./canvas.ts";
import { type Random, seedOf } from "./chance.ts";

/** Values along one side of the table. A power of two. */
const SIDE = 64;
const LAST = SIDE - 1;

/**
 * Value noise: random values in [−1, 1] on a lattice that repeats after 64 cells, joined smoothly (K. Perlin's fade 3t² − 2t³). Its mean
 * is 0.
 */
export class Noise {
  readonly #values = new Float32Array(SIDE * SIDE);

  constructor(random: Random) {
    // Marsaglia's xorshift: a lattice of draws from the caller's stream would cost more than what is painted with it.
    let state = seedOf(random);
    for (let i = 0; i < this.#values.length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      this.#values[i] = state / 2 ** 31;
    }
  }

  /** The value of a lattice point. */
  cell(i: number, j: number): number {
    return this.#values[(i & LAST) + SIDE * (j & LAST)];
  }

  /** The value at a place whose unit is a lattice cell. */
  at(x: number, y: number): number {
    const i = Math.floor(x), j = Math.floor(y);
    const u = fade(x - i), v = fade(y - j);
    const above = this.cell(i, j) + u * (this.cell(i + 1, j) - this.cell(i, j));
    const below = this.cell(i, j + 1) + u * (this.cell(i + 1, j + 1) - this.cell(i, j + 1));
    return above + v * (below - above);
  }

  /**
   * The noise over an area, H × W values within (−2, 2): several octaves, each with cells of half the size and of half the weight, so that
   * it is rough where one alone is smooth.
   *
   * @param cell pixels from one lattice point of the first octave to the next.
   */
  plane(
    { width, height }: Area,
    { cell, octaves = 1 }: { readonly cell: number; readonly octaves?: number },
  ): Float32Array {
    const plane = new Float32Array(width * height);
    for (let k = 0; k < octaves; k++) {
      // The shift keeps lattice points of the octaves apart.
      this.#addOctave(plane, width, { cell: cell / 2 ** k, shift: 21.3 * k, weight: 2 ** -k });
    }
    return plane;
  }

  /** Row by row: two lattice rows are joined to one first, then what lies between its points. */
  #addOctave(
    plane: Float32Array,
    width: number,
    { cell, shift, weight }: Readonly<Record<"cell" | "shift" | "weight", number>>,
  ): void {
    const start = Math.floor(shift);
    // Lattice column k reaches over the pixels from borders[k] on; `fades` is how far each has gone over to the next column.
    const borders: number[] = [0], fades = new Float32Array(width);
    for (let x = 0; x < width; x++) {
      const place = x / cell + shift, column = Math.floor(place);
      while (borders.length <= column - start) borders.push(x);
      fades[x] = fade(place - column);
    }
    const columns = borders.length;
    borders.push(width);
    const row = new Float32Array(columns + 1);
    for (let y = 0; y * width < plane.length; y++) {
      const place = y / cell + shift, j = Math.floor(place), v = fade(place - j);
      for (let k = 0; k <= columns; k++) {
        const above = this.cell(start + k, j), below = this.cell(start + k, j + 1);
        row[k] = weight * (above + v * (below - above));
      }
      const offset = y * width;
      for (let k = 0; k < columns; k++) {
        const left = row[k], rise = row[k + 1] - left;
        for (let x = borders[k]; x < borders[k + 1]; x++) plane[offset + x] += left + rise * fades[x];
      }
    }
  }
}

function fade(t: number): number {
  return t * t * (3 - 2 * t);
}
