import source from "../../shaders/resize.wgsl" with { type: "text" };
import type { RowRange } from "../gpu/bands.ts";
import { defineKernel } from "../gpu/kernel.ts";
import type { Plane } from "../gpu/plane.ts";
import { type ResamplingTable, resamplingTable, type ResizeFilter } from "./resampling_table.ts";

export type { ResizeFilter } from "./resampling_table.ts";

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
 * @throws {RangeError} if a side is not a positive integer, the box is empty or leaves the plane, or `rows` are no rows of the result.
 */
export function resize(plane: Plane, { width, height, filter, box, rows }: ResizeOptions): Plane {
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
    params: { u32: [0, plane.width, across.taps, top] },
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
    params: { u32: [1, width, down.taps, top] },
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
