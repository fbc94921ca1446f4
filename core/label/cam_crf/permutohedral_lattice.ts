/**
 * Gaussian filtering of values that lie at any points of a space of few dimensions, in time linear in their number:
 *
 *     output_i ≈ c Σ_j exp(−|f_i − f_j|² / 2) input_j
 *
 * with a constant c that a normalisation takes away. The space is divided into simplices by the permutohedral lattice; each value is spread
 * over the corners of the simplex around it by its barycentric coordinates, the lattice is blurred by (1, 2, 1) / 4 along each of its d + 1
 * directions, and values are gathered as they were spread.
 *
 * A. Adams, J. Baek and M. A. Davis, "Fast high-dimensional filtering using the permutohedral lattice", Computer Graphics Forum 29 (2010),
 * doi:10.1111/j.1467-8659.2009.01645.x.
 */
export class PermutohedralLattice {
  readonly #dimensions: number;
  /** Lattice points in use; number 0 stands for all others, whose value is 0. */
  readonly #points: number;
  /** Of each input, the numbers of the d + 1 corners around it, and its barycentric coordinates. */
  readonly #corners: Int32Array;
  readonly #barycentric: Float32Array;
  /** By direction and point, the numbers of the two neighbours. */
  readonly #neighbours: Int32Array;
  #values: Float32Array;
  #blurred: Float32Array;

  /**
   * @param features the points' coordinates in units of the Gaussian's standard deviation, d a point.
   * @param dimensions d.
   */
  constructor(features: Float32Array, dimensions: number) {
    const corners = dimensions + 1;
    const count = features.length / dimensions;
    this.#dimensions = dimensions;
    this.#corners = new Int32Array(count * corners);
    this.#barycentric = new Float32Array(count * corners);
    const index = new PointIndex(dimensions);
    const simplex = new Simplex(dimensions);
    for (let i = 0; i < count; i++) {
      simplex.enclose(features, i * dimensions);
      for (let corner = 0; corner < corners; corner++) {
        simplex.corner(corner, index.sought);
        this.#corners[i * corners + corner] = index.add();
        this.#barycentric[i * corners + corner] = simplex.barycentric[corner];
      }
    }
    this.#points = index.size;
    this.#neighbours = neighboursOf(index, dimensions);
    this.#values = new Float32Array(index.size + 1);
    this.#blurred = new Float32Array(index.size + 1);
  }

  /** Filters one value a point. */
  filter(input: Float32Array, output: Float32Array): void {
    const corners = this.#dimensions + 1, numbers = this.#corners, barycentric = this.#barycentric;
    let values = this.#values, blurred = this.#blurred;
    values.fill(0);
    for (let i = 0, at = 0; i < input.length; i++) {
      const value = input[i];
      for (let corner = 0; corner < corners; corner++, at++) values[numbers[at]] += barycentric[at] * value;
    }
    const neighbours = this.#neighbours;
    for (let direction = 0, at = 0; direction < corners; direction++) {
      for (let point = 1; point <= this.#points; point++, at += 2) {
        blurred[point] = values[point] + 0.5 * (values[neighbours[at]] + values[neighbours[at + 1]]);
      }
      [values, blurred] = [blurred, values];
    }
    for (let i = 0, at = 0; i < output.length; i++) {
      let sum = 0;
      for (let corner = 0; corner < corners; corner++, at++) sum += barycentric[at] * values[numbers[at]];
      output[i] = sum;
    }
    [this.#values, this.#blurred] = [values, blurred];
  }
}

/**
 * The simplex around a point. A lattice point has d + 1 whole coordinates whose sum is 0 and whose remainders modulo d + 1 are equal; that
 * remainder is its colour, and a simplex has one corner of each.
 */
class Simplex {
  /** Barycentric coordinates of the point, by the colour of the corner; one value more is working space. */
  readonly barycentric: Float64Array;
  readonly #dimensions: number;
  readonly #scales: Float64Array;
  readonly #lifted: Float64Array;
  /** The corner of colour 0. */
  readonly #origin: Int32Array;
  /** The place of each coordinate's difference from the origin, from the greatest on. */
  readonly #ranks: Int32Array;

  constructor(dimensions: number) {
    const corners = dimensions + 1;
    this.#dimensions = dimensions;
    this.barycentric = new Float64Array(corners + 1);
    this.#lifted = new Float64Array(corners);
    this.#origin = new Int32Array(corners);
    this.#ranks = new Int32Array(corners);
    // The blur and the two interpolations together have a variance of 2 (d + 1)² / 3 in each dimension.
    this.#scales = Float64Array.from(
      { length: dimensions },
      (_, i) => corners * Math.sqrt(2 / 3) / Math.sqrt((i + 1) * (i + 2)),
    );
  }

  /** Finds the simplex around the point whose coordinates begin at `from`. */
  enclose(features: Float32Array, from: number): void {
    const d = this.#dimensions;
    const lifted = this.#lifted, origin = this.#origin, ranks = this.#ranks, barycentric = this.barycentric;
    // Into the plane of the space of d + 1 dimensions in which coordinates add up to 0.
    let sum = 0;
    for (let i = d; i > 0; i--) {
      const coordinate = features[from + i - 1] * this.#scales[i - 1];
      lifted[i] = sum - i * coordinate;
      sum += coordinate;
    }
    lifted[0] = sum;
    // The nearest point whose coordinates are multiples of d + 1; where these don't add up to 0, those that were rounded most go back.
    let excess = 0;
    for (let i = 0; i <= d; i++) {
      const rounded = Math.round(lifted[i] / (d + 1));
      excess += rounded;
      origin[i] = rounded * (d + 1);
      ranks[i] = 0;
    }
    for (let i = 0; i < d; i++) {
      for (let j = i + 1; j <= d; j++) ranks[lifted[i] - origin[i] < lifted[j] - origin[j] ? i : j]++;
    }
    for (let i = 0; i <= d; i++) {
      ranks[i] += excess;
      const turn = ranks[i] < 0 ? 1 : ranks[i] > d ? -1 : 0;
      ranks[i] += turn * (d + 1);
      origin[i] += turn * (d + 1);
    }
    barycentric.fill(0);
    for (let i = 0; i <= d; i++) {
      const part = (lifted[i] - origin[i]) / (d + 1);
      barycentric[d - ranks[i]] += part;
      barycentric[d + 1 - ranks[i]] -= part;
    }
    barycentric[0] += 1 + barycentric[d + 1];
  }

  /** The corner of a colour: its first d coordinates, which settle the last. */
  corner(colour: number, into: Int32Array): void {
    const d = this.#dimensions;
    for (let i = 0; i < d; i++) {
      into[i] = this.#origin[i] + (this.#ranks[i] <= d - colour ? colour : colour - (d + 1));
    }
  }
}

/** Numbers lattice points, from 1 on, by their first d coordinates: a hash table with open addressing. */
class PointIndex {
  /** The coordinates that {@linkcode PointIndex.find} and {@linkcode PointIndex.add} are about. */
  readonly sought: Int32Array;
  size = 0;
  #slots = new Int32Array(2 ** 12);
  #coordinates: Int32Array;

  constructor(dimensions: number) {
    this.sought = new Int32Array(dimensions);
    this.#coordinates = new Int32Array(2 ** 11 * dimensions);
  }

  /** The number of the sought point, 0 where it has none. */
  find(): number {
    return this.#slots[this.#slot()];
  }

  /** The number of the sought point, which gets one where it has none. */
  add(): number {
    const slot = this.#slot();
    if (this.#slots[slot] > 0) return this.#slots[slot];
    if ((this.size + 1) * 2 > this.#slots.length) {
      this.#grow();
      return this.add();
    }
    this.#coordinates.set(this.sought, this.size * this.sought.length);
    return this.#slots[slot] = ++this.size;
  }

  /** Seeks what lies some steps away from the point of a number. */
  seek(number: number, step: number): void {
    const d = this.sought.length;
    for (let i = 0; i < d; i++) this.sought[i] = this.#coordinates[(number - 1) * d + i] + step;
  }

  #slot(): number {
    const { sought } = this, d = sought.length, mask = this.#slots.length - 1;
    let hash = 0;
    for (let i = 0; i < d; i++) hash = Math.imul(hash ^ sought[i], 0x9e3779b1) ^ (hash >>> 15);
    // The lower bits of a product depend on lower bits only.
    for (let slot = (hash ^ (hash >>> 16)) & mask;; slot = (slot + 1) & mask) {
      const number = this.#slots[slot];
      if (number === 0) return slot;
      const from = (number - 1) * d;
      let i = 0;
      while (i < d && this.#coordinates[from + i] === sought[i]) i++;
      if (i === d) return slot;
    }
  }

  #grow(): void {
    const wanted = this.sought.slice();
    const coordinates = new Int32Array(this.#coordinates.length * 2);
    coordinates.set(this.#coordinates);
    this.#coordinates = coordinates;
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let number = 1; number <= this.size; number++) {
      this.seek(number, 0);
      this.#slots[this.#slot()] = number;
    }
    this.sought.set(wanted);
  }
}

/** A step along direction j takes 1 from all coordinates but the j-th, which gains d. */
function neighboursOf(index: PointIndex, dimensions: number): Int32Array {
  const neighbours = new Int32Array((dimensions + 1) * index.size * 2);
  for (let direction = 0, at = 0; direction <= dimensions; direction++) {
    for (let point = 1; point <= index.size; point++) {
      for (const step of [-1, 1]) {
        index.seek(point, step);
        if (direction < dimensions) index.sought[direction] -= step * (dimensions + 1);
        neighbours[at++] = index.find();
      }
    }
  }
  return neighbours;
}
