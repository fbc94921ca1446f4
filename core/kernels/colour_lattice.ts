import blurSource from "../../shaders/colour_lattice_blur.wgsl" with { type: "text" };
import cornersSource from "../../shaders/colour_lattice_corners.wgsl" with { type: "text" };
import countsSource from "../../shaders/colour_lattice_counts.wgsl" with { type: "text" };
import gatherSource from "../../shaders/colour_lattice_gather.wgsl" with { type: "text" };
import insertSource from "../../shaders/colour_lattice_insert.wgsl" with { type: "text" };
import keySource from "../../shaders/colour_lattice_key.wgsl" with { type: "text" };
import neighboursSource from "../../shaders/colour_lattice_neighbours.wgsl" with { type: "text" };
import normaliseSource from "../../shaders/colour_lattice_normalise.wgsl" with { type: "text" };
import simplicesSource from "../../shaders/colour_lattice_simplices.wgsl" with { type: "text" };
import sliceSource from "../../shaders/colour_lattice_slice.wgsl" with { type: "text" };
import splatSource from "../../shaders/colour_lattice_splat.wgsl" with { type: "text" };
import spreadSource from "../../shaders/colour_lattice_spread.wgsl" with { type: "text" };
import weightsSource from "../../shaders/colour_lattice_weights.wgsl" with { type: "text" };
import type { Compute, Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import type { PlaneShape } from "../gpu/plane_shape.ts";

const KEY = { KEY: keySource };
const GATHER = { CORNERS: cornersSource, GATHER: gatherSource };
const SPREAD = { CORNERS: cornersSource, SPREAD: spreadSource };
const [WHOLE, REAL] = ["return f32(source[number]) * unit(number);", "return source[number];"];

const kernels = {
  simplices: defineKernel("colour_lattice_simplices", simplicesSource, {
    PARTS: Array.from(
      { length: 6 },
      (_, rank) =>
        `parts[${rank}] = dot(low, vec3f(low_ranks == vec3i(${rank}))) + ` +
        `dot(high, vec3f(high_ranks == vec3i(${rank})));`,
    ).join("\n  "),
  }),
  insert: defineKernel("colour_lattice_insert", insertSource, KEY),
  counts: defineKernel("colour_lattice_counts", countsSource),
  weights: defineKernel("colour_lattice_weights", weightsSource),
  neighbours: defineKernel("colour_lattice_neighbours", neighboursSource, KEY),
  splat: defineKernel("colour_lattice_splat", splatSource, SPREAD),
  blurFirst: defineKernel("colour_lattice_blur_first", blurSource, {
    VALUE: "i32",
    LOAD: WHOLE,
    STORE: "value",
  }),
  blur: defineKernel("colour_lattice_blur", blurSource, { VALUE: "f32", LOAD: REAL, STORE: "value" }),
  blurLast: defineKernel("colour_lattice_blur_last", blurSource, {
    VALUE: "f32",
    LOAD: REAL,
    STORE: "value * unit(number)",
  }),
  slice: defineKernel("colour_lattice_slice", sliceSource, GATHER),
  normalise: defineKernel("colour_lattice_normalise", normaliseSource, GATHER),
};

/** Dimensions: x, y, red, green, blue. */
const DIMENSIONS = 5, CORNERS = DIMENSIONS + 1;

/** Values of a row of what has a value a lattice point or slot. */
const ROW = 1024;

/** Slots of the hash table a pixel, at least: there are at most six lattice points a pixel. */
const SLOTS_A_PIXEL = 8;

/** The greatest coordinate, in deviations, whose lattice points have names of 16 bits. */
const FARTHEST = 20_000;

/** Standard deviations of a Gaussian over place and colour. */
export interface ColourDeviations {
  /** In space, pixels. */
  readonly sigmaSpace: number;
  /** Of each of red, green and blue, levels of 0..255. */
  readonly sigmaColour: number;
}

/** Options of {@linkcode openColourLattice}. */
export interface ColourLatticeOptions extends ColourDeviations {
  /** Whether the filter K is normalised to D^−½ K D^−½, D being the sums of its rows. Defaults to false. */
  readonly normalised?: boolean;
}

/** Values that were spread over a lattice and blurred, and what gathers them: colour_lattice_gather.wgsl. */
export interface SpreadValues extends Disposable {
  /** By lattice point. */
  readonly values: Plane;
  /** H × W × 12: the lattice points around each pixel, and what each counts. The lattice's own. */
  readonly entries: Plane;
}

/** What values are added to as they are spread over a lattice: colour_lattice_spread.wgsl. */
export interface LatticeSums extends Disposable {
  /** By lattice point, i32: 0 at first. */
  readonly sums: Plane;
  /** H × W × 12: the lattice points around each pixel, and what each counts. The lattice's own. */
  readonly entries: Plane;
}

/** Whether a device can hold the lattice of a photo: a hash table and the neighbours of all points have to fit into a binding each, and coordinates into 16 bits. */
export function holdsColourLattice(
  { maxBindingBytes }: Compute,
  { width, height }: Pick<PlaneShape, "width" | "height">,
  { sigmaSpace, sigmaColour }: ColourDeviations,
): boolean {
  const pixels = width * height;
  const bytes = 4 * 2 * Math.max(slotsOf(pixels), 1 + CORNERS * pixels + ROW);
  return bytes <= maxBindingBytes &&
    (width + height) / sigmaSpace + 3 * 255 / sigmaColour < FARTHEST;
}

/**
 * Gaussian filtering over place and colour on the device, in time linear in the pixels: see {@linkcode openColourLattice}.
 */
export class ColourLattice implements Disposable {
  readonly #entries: Plane;
  readonly #counts: Plane;
  /** By direction. */
  readonly #neighbours: readonly Plane[];
  /** Lattice points. */
  readonly points: number;

  /** An instance comes from {@linkcode openColourLattice}. */
  constructor(
    points: number,
    { entries, counts, neighbours }: {
      readonly entries: Plane;
      readonly counts: Plane;
      readonly neighbours: readonly Plane[];
    },
  ) {
    this.points = points;
    [this.#entries, this.#counts, this.#neighbours] = [entries, counts, neighbours];
  }

  /**
   * c Σ_j exp(−|f_i − f_j|² / 2) v_j at each pixel i, with a constant c that a normalisation takes away.
   *
   * @param plane H × W × C: v, its first channel, of magnitude 3 at most, or 1 where the filter is normalised.
   * @returns H × W × 1.
   */
  filter(plane: Plane): Plane {
    const { compute, width, height } = plane;
    using spread = this.spread(plane);
    const output = compute.create({ width, height, channels: 1 });
    compute.run({
      kernel: kernels.slice,
      inputs: [{ plane: spread.values, rows: "all" }, { plane: spread.entries }],
      output,
    });
    return output;
  }

  /** All of {@linkcode ColourLattice.filter} but the last step, which gathers values. */
  spread(plane: Plane): SpreadValues {
    const { compute, width, height, channels } = plane;
    using sums = this.openSums();
    compute.run({
      kernel: kernels.splat,
      inputs: [plane, sums.entries].map(all),
      output: sums.sums,
      params: { width, height, channels },
      invocations: () => [width, height, 1],
    });
    return this.blur(sums);
  }

  /** For a kernel that spreads values itself, and {@linkcode ColourLattice.blur} after it. The caller's to dispose of. */
  openSums(): LatticeSums {
    const { compute, width, height } = this.#counts;
    const sums = compute.create({ width, height, channels: 1 }, { zero: true });
    return { sums, entries: this.#entries, [Symbol.dispose]: () => sums.dispose() };
  }

  /** Blurs what has been spread. */
  blur({ sums, entries }: LatticeSums): SpreadValues {
    const { compute, width, height, channels } = sums;
    let values = sums;
    for (const [direction, neighbours] of this.#neighbours.entries()) {
      const before = values;
      values = compute.create({ width, height, channels });
      compute.run({
        kernel: direction === 0
          ? kernels.blurFirst
          : direction === DIMENSIONS
          ? kernels.blurLast
          : kernels.blur,
        inputs: [all(before), { plane: neighbours }, all(this.#counts)],
        output: values,
      });
      if (before !== sums) before.dispose();
    }
    return { values, entries, [Symbol.dispose]: () => values.dispose() };
  }

  /** Frees what it holds on the device. */
  [Symbol.dispose](): void {
    for (const plane of [this.#entries, this.#counts, ...this.#neighbours]) plane.dispose();
  }
}

/**
 * The permutohedral lattice of a photo's pixels, each a point f = (x / σ_space, y / σ_space, r / σ_colour, g / σ_colour, b / σ_colour). Space is
 * divided into simplices; a value is spread over the corners of the simplex around its point by barycentric coordinates, blurred along each of the
 * lattice's six directions, and gathered as it was spread.
 *
 * A. Adams, J. Baek and M. A. Davis, "Fast high-dimensional filtering using the permutohedral lattice", Computer Graphics Forum 29 (2010),
 * doi:10.1111/j.1467-8659.2009.01645.x.
 *
 * The points found their places in a hash table in any order, but sums are taken in whole numbers: results are the same, to the bit, each time.
 *
 * @param photo H × W × 3, 0..255.
 * @param options standard deviations in space and of each colour, above 0.
 * @returns the lattice, the caller's to dispose of.
 * @throws {RangeError} where the device cannot hold it: see {@linkcode holdsColourLattice}.
 */
export async function openColourLattice(
  photo: Plane,
  options: ColourLatticeOptions,
): Promise<ColourLattice> {
  const { compute, width, height } = photo;
  if (!holdsColourLattice(compute, photo, options)) {
    throw new RangeError(
      `Cannot filter a photo of ${width} × ${height} over place and colour on ${compute.description} with deviations of ` +
        `${options.sigmaSpace} pixels and ${options.sigmaColour} levels: a smaller photo or larger deviations are wanted.`,
    );
  }
  const params = scales(options);
  const slots = slotsOf(width * height), mask = slots - 1;
  const pixels = (channels: number) => ({ width, height, channels });
  const rows = (values: number, channels = 1) => ({
    width: ROW,
    height: Math.ceil(values / ROW),
    channels,
  });
  using simplices = compute.create(pixels(4));
  const entries = compute.create(pixels(2 * CORNERS));
  compute.run({
    kernel: kernels.simplices,
    inputs: [{ plane: photo }, all(simplices)],
    output: entries,
    params,
  });
  using table = compute.create(rows(slots), { zero: true });
  using count = compute.create({ width: 1, height: 1, channels: 1 }, { zero: true });
  using places = compute.create(rows(1 + CORNERS * width * height));
  using numbered = compute.create(rows(slots, 2), { zero: true });
  compute.run({
    kernel: kernels.insert,
    inputs: [simplices, table, count, places, numbered].map(all),
    output: entries,
    params: { mask },
  });
  compute.run({ kernel: kernels.weights, inputs: [all(numbered)], output: entries });
  const points = new Uint32Array((await count.read()).buffer)[0];
  const counts = compute.create(rows(1 + points));
  compute.run({ kernel: kernels.counts, inputs: [places, numbered].map(all), output: counts });
  const neighbours = Array.from(
    { length: CORNERS },
    () => compute.create(rows(1 + points, 2), { zero: true }),
  );
  for (const direction of [0, CORNERS / 2]) {
    const [first, second, third] = neighbours.slice(direction);
    compute.run({
      kernel: kernels.neighbours,
      inputs: [simplices, table, numbered, places, first, second].map(all),
      output: third,
      params: { mask, width: ROW, points, direction },
      invocations: () => [ROW, third.height, 1],
    });
  }
  const lattice = new ColourLattice(points, { entries, counts, neighbours });
  if (options.normalised) {
    using ones = compute.upload({ ...pixels(1), data: new Float32Array(width * height).fill(1) });
    using sums = lattice.spread(ones);
    compute.run({ kernel: kernels.normalise, inputs: [all(sums.values)], output: entries });
  }
  return lattice;
}

function all(plane: Plane): { readonly plane: Plane; readonly rows: "all" } {
  return { plane, rows: "all" };
}

/** A power of two. */
function slotsOf(pixels: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(ROW, SLOTS_A_PIXEL * pixels)));
}

/** What coordinates are multiplied by: the blur and the two interpolations together have a variance of 2 (d + 1)² / 3 in each dimension. */
function scales({ sigmaSpace, sigmaColour }: ColourDeviations): {
  readonly place: readonly number[];
  readonly colour: readonly number[];
} {
  const [x, y, ...colour] = [sigmaSpace, sigmaSpace, sigmaColour, sigmaColour, sigmaColour].map(
    (sigma, i) => CORNERS * Math.sqrt(2 / 3) / Math.sqrt((i + 1) * (i + 2)) / sigma,
  );
  return { place: [x, y], colour };
}
