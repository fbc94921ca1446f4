import source from "../../shaders/resize.wgsl" with { type: "text" };
import {
  argumentsSchema,
  checkArguments,
  NUMBER,
  numbers,
  oneOf,
  optional,
  optionsSchema,
} from "../arguments.ts";
import type { RowRange } from "../gpu/bands.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";

/** Names of the resampling filters of {@linkcode resize}. */
export type ResizeFilter = "lanczos3" | "hamming" | "bilinear" | "nearest";

/** Options of {@linkcode resize}. */
export interface ResizeOptions {
  /** Pixels across of the result. */
  width: number;
  /** Pixels down of the result. */
  height: number;
  /** Filter of the resampling. */
  filter: ResizeFilter;
  /**
   * The part of the plane that the result shows, in pixels that need not be whole: pixel (x, y) covers [x, x + 1) × [y, y + 1).
   * Pixels outside the box still count where the filter reaches them. Defaults to the whole plane.
   */
  box?: readonly [x0: number, y0: number, x1: number, y1: number];
  /** Give only the rows `[first, end)` of the result, with the values that they have in the whole of it. Defaults to all. */
  rows?: RowRange;
}

const ARGUMENTS = argumentsSchema({
  plane: PLANE,
  options: optionsSchema<ResizeOptions>({
    width: NUMBER,
    height: NUMBER,
    filter: oneOf("lanczos3", "hamming", "bilinear", "nearest"),
    box: optional(numbers("x0", "y0", "x1", "y1")),
    rows: optional(numbers("first", "end")),
  }),
});

const kernel = defineKernel("resize", source);

/**
 * Resamples a plane to another size with Pillow's definitions: pixel centres, the filter widened when shrinking, weights normalised
 * where the border cuts them. First along rows, then along columns.
 *
 * @example
 * ```ts
 * import { openCompute, resize } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using grid = compute.upload({ width: 2, height: 1, channels: 1, data: new Float32Array([0, 1]) });
 * using map = resize(grid, { width: 4, height: 1, filter: "bilinear" });
 * console.log(await map.read()); // [0, 0.25, 0.75, 1]
 * ```
 *
 * @param plane H × W × C, any unit. "lanczos3" overshoots at edges: its values may leave the plane's range by about a tenth of the edge.
 * @returns `height` × `width` × C, or the `rows` of it, the unit of the plane.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if a side is not a positive integer, the box is empty or leaves the plane, or `rows` are no rows of the result.
 */
export function resize(plane: Plane, options: ResizeOptions): Plane {
  checkArguments("resize a plane", ARGUMENTS, { plane, options });
  const { width, height, filter, box, rows } = options;
  const { compute, channels } = plane;
  const [first, end] = rows ?? [0, height];
  const [x0, y0] = box ?? [0, 0];
  const x1 = snap(box?.[2], plane.width);
  const y1 = snap(box?.[3], plane.height);
  for (const [name, value] of Object.entries({ width, height })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot resize a plane: the wanted ${name} is ${value}, a positive integer is wanted.`,
      );
    }
  }
  // Written so that NaN fails.
  if (!(0 <= x0 && x0 < x1 && x1 <= plane.width && 0 <= y0 && y0 < y1 && y1 <= plane.height)) {
    throw new RangeError(
      `Cannot resize a plane of ${plane.width} × ${plane.height}: its box is [${
        [x0, y0, x1, y1].join(", ")
      }], a part of the plane is wanted.`,
    );
  }
  if (!(Number.isInteger(first) && Number.isInteger(end) && 0 <= first && first < end && end <= height)) {
    throw new RangeError(
      `Cannot resize a plane to ${width} × ${height}: the wanted rows are [${first}, ${end}), some of 0 to ${height} are wanted.`,
    );
  }

  const across = resamplingTable(filter, { length: plane.width, from: x0, to: x1, size: width });
  const down = rowsOfTable(
    resamplingTable(filter, { length: plane.height, from: y0, to: y1, size: height }),
    [first, end],
  );
  // The rows of the plane that count: the first pass leaves out the others.
  const [top, bottom] = sourceRows(down, 0, end - first);
  using acrossPlane = upload(plane, across);
  using downPlane = upload(plane, down);

  using wide = compute.create({ width, height: bottom - top, channels });
  compute.run({
    kernel,
    inputs: [{ plane, rows: (from, to) => [top + from, top + to] }, { plane: acrossPlane, rows: "all" }],
    output: wide,
    params: { down: 0, width: plane.width, taps: across.taps, top },
    invocations: (from, to) => [width * channels, to - from, 1],
  });

  const output = compute.create({ width, height: end - first, channels });
  const rowsNeeded = (from: number, to: number): RowRange => {
    const [low, high] = sourceRows(down, from, to);
    return [low - top, high - top];
  };
  compute.run({
    kernel,
    inputs: [{ plane: wide, rows: rowsNeeded }, { plane: downPlane }],
    output,
    params: { down: 1, width, taps: down.taps, top },
    invocations: (from, to) => [width * channels, to - from, 1],
  });
  return output;
}

/** The entries `[first, end)` of a table. */
function rowsOfTable({ taps, rows }: ResamplingTable, [first, end]: RowRange): ResamplingTable {
  return { taps, rows: rows.subarray(first * (1 + taps), end * (1 + taps)) };
}

/** The source positions behind the entries `[first, end)` of a table. */
function sourceRows({ taps, rows }: ResamplingTable, first: number, end: number): RowRange {
  let low = Infinity, high = 0;
  for (let i = first; i < end; i++) {
    const start = rows[i * (1 + taps)];
    low = Math.min(low, start);
    high = Math.max(high, start + taps);
  }
  return [low, high];
}

/** A far edge of the box; one computed as a product may miss the edge of the plane by rounding errors. */
function snap(edge: number | undefined, length: number): number {
  return edge === undefined || Math.abs(edge - length) < 1e-9 * length ? length : edge;
}

function upload({ compute }: Plane, { taps, rows }: ResamplingTable): Plane {
  return compute.upload({ width: 1 + taps, height: rows.length / (1 + taps), channels: 1, data: rows });
}

/** The source positions and weights of every output position along one axis, from {@linkcode resamplingTable}. */
interface ResamplingTable {
  /** Weights of each output position. */
  taps: number;
  /** One row an output position: the first source position, then its weights. A row has 1 + taps values. */
  rows: Float32Array;
}

/** A filter of the distance in source pixels (in output pixels when shrinking) and the distance where it ends. */
interface Filter {
  support: number;
  weight: (distance: number) => number;
}

const sinc = (x: number): number => x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);

const FILTERS: Record<Exclude<ResizeFilter, "nearest">, Filter> = {
  // The triangle of linear interpolation.
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  // A sinc inside the Hamming window 0.54 + 0.46 cos(π x).
  hamming: {
    support: 1,
    weight: (x) => Math.abs(x) < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x)) : 0,
  },
  // A sinc inside the central lobe of a three times wider one.
  lanczos3: { support: 3, weight: (x) => Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0 },
};

/** Weights below this are rounding noise at the zeros of a sinc. */
const NOISE = 1e-12;

/**
 * The weights that resample one axis as Pillow does. Output position i lies at from + (i + ½) (to − from) / size of the source, whose
 * pixel j lies at j + ½. When shrinking, the filter is widened by the factor of shrinking. Pixels outside the source do not
 * count, and the weights of those inside are divided by their sum.
 *
 * @param filter name of the filter.
 * @param axis.length pixels of the source.
 * @param axis.from start of the source interval, 0 ≤ from < to.
 * @param axis.to its end, at most `length`.
 * @param axis.size pixels of the output.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 */
export function resamplingTable(
  filter: ResizeFilter,
  { length, from, to, size }: { length: number; from: number; to: number; size: number },
): ResamplingTable {
  const scale = (to - from) / size;
  const positions = Array.from({ length: size }, (_, i) => {
    const centre = from + (i + 0.5) * (to - from) / size;
    if (filter === "nearest") {
      return { first: Math.min(Math.max(Math.floor(centre), 0), length - 1), weights: [1] };
    }
    const { support, weight } = FILTERS[filter];
    const widening = Math.max(scale, 1);
    let first = Math.max(Math.floor(centre - support * widening), 0);
    let end = Math.min(Math.ceil(centre + support * widening), length);
    const at = (j: number): number => weight((j + 0.5 - centre) / widening);
    while (end - first > 1 && Math.abs(at(first)) < NOISE) first++;
    while (end - first > 1 && Math.abs(at(end - 1)) < NOISE) end--;
    const weights = Array.from({ length: end - first }, (_, t) => at(first + t));
    const sum = weights.reduce((total, value) => total + value, 0);
    return { first, weights: weights.map((value) => value / sum) };
  });

  const taps = positions.reduce((most, { weights }) => Math.max(most, weights.length), 1);
  const rows = new Float32Array(size * (1 + taps));
  positions.forEach(({ first, weights }, i) => {
    // All positions have as many taps; those at the end are moved inwards so that none reads past the source.
    const start = Math.min(first, length - taps);
    rows[i * (1 + taps)] = start;
    rows.set(weights, i * (1 + taps) + 1 + first - start);
  });
  return { taps, rows };
}
