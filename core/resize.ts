import source from "../shaders/resize.wgsl" with { type: "text" };
import { defineKernel } from "./kernel.ts";
import type { Plane } from "./plane.ts";
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
}

const kernel = defineKernel("resize", source);

/**
 * Resamples a plane to another size with Pillow's definitions: pixel centres, the filter widened when shrinking, weights normalised
 * where the border cuts them. First along rows, then along columns.
 *
 * @example
 * ```ts
 * import { openCompute, resize } from "../mod.ts";
 *
 * using compute = await openCompute();
 * using grid = compute.upload({ width: 2, height: 1, channels: 1, data: new Float32Array([0, 1]) });
 * using map = resize(grid, { width: 4, height: 1, filter: "bilinear" });
 * console.log(await map.read()); // [0, 0.25, 0.75, 1]
 * ```
 *
 * @param plane H × W × C, any unit. "lanczos3" overshoots at edges: its values may leave the plane's range by about a tenth of the edge.
 * @returns `height` × `width` × C, the unit of the plane.
 * @throws {RangeError} if a side is not a positive integer or the box is empty or leaves the plane.
 */
export function resize(plane: Plane, { width, height, filter, box }: ResizeOptions): Plane {
  const { compute, channels } = plane;
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

  const across = resamplingTable(filter, { length: plane.width, from: x0, to: x1, size: width });
  const down = resamplingTable(filter, { length: plane.height, from: y0, to: y1, size: height });
  using acrossPlane = upload(plane, across);
  using downPlane = upload(plane, down);

  using rows = compute.create({ width, height: plane.height, channels });
  compute.run({
    kernel,
    inputs: [{ plane }, { plane: acrossPlane, rows: "all" }],
    output: rows,
    params: { u32: [0, plane.width, across.taps] },
    invocations: (first, end) => [width * channels, end - first, 1],
  });

  const output = compute.create({ width, height, channels });
  const rowsNeeded = (first: number, end: number): [number, number] => {
    let low = plane.height, high = 0;
    for (let y = first; y < end; y++) {
      const start = down.rows[y * (1 + down.taps)];
      low = Math.min(low, start);
      high = Math.max(high, start + down.taps);
    }
    return [low, high];
  };
  compute.run({
    kernel,
    inputs: [{ plane: rows, rows: rowsNeeded }, { plane: downPlane }],
    output,
    params: { u32: [1, width, down.taps] },
    invocations: (first, end) => [width * channels, end - first, 1],
  });
  return output;
}

/** A far edge of the box; one computed as a product may miss the edge of the plane by rounding errors. */
function snap(edge: number | undefined, length: number): number {
  return edge === undefined || Math.abs(edge - length) < 1e-9 * length ? length : edge;
}

function upload({ compute }: Plane, { taps, rows }: ResamplingTable): Plane {
  return compute.upload({ width: 1 + taps, height: rows.length / (1 + taps), channels: 1, data: rows });
}
