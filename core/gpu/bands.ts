import type { PlaneShape } from "./plane_shape.ts";

/** Rows `[first, end)` of a plane. */
export type RowRange = readonly [first: number, end: number];

/**
 * Which rows of an input the output rows `[first, end)` need:
 * - a number: as many rows more above and below (a halo), the input being as high as the output;
 * - `"all"`: the whole input, for tables and small maps;
 * - a function, where the two heights differ.
 */
export type RowsNeeded = number | "all" | ((first: number, end: number) => RowRange);

/** A range of whole rows bound as one storage buffer. */
export interface BoundRows {
  /** Byte offset of the binding, aligned as the device wants it. */
  offset: number;
  /** Byte length of the binding. */
  size: number;
  /** Float32 values of the plane that lie before `offset`: what a shader subtracts from its index. */
  base: number;
}

/** The rows of an input behind the output rows `[first, end)`, cut to those that exist. */
export function rowsOf(plane: PlaneShape, needed: RowsNeeded, first: number, end: number): RowRange {
  if (needed === "all") return [0, plane.height];
  const [from, to] = typeof needed === "number" ? [first - needed, end + needed] : needed(first, end);
  return [Math.max(0, Math.min(from, plane.height - 1)), Math.max(1, Math.min(to, plane.height))];
}

/** Where to bind the rows `[first, end)` of a plane. */
export function bindRows(plane: PlaneShape, [first, end]: RowRange, alignment: number): BoundRows {
  const rowBytes = plane.width * plane.channels * 4;
  const offset = Math.floor((first * rowBytes) / alignment) * alignment;
  return { offset, size: end * rowBytes - offset, base: offset / 4 };
}

/**
 * Splits an output into bands of at most `maxRows` rows so that no binding, input or output, exceeds `limit` bytes. One band
 * where all fits, which is the rule; photos of tens of megapixels need several, and so do large batches of patches.
 *
 * A band is the rows of an output that one dispatch writes: what its bindings show. Nobody but {@linkcode Compute.run} sees bands; not
 * to be taken for strips (rows that are labelled by themselves) and tiles (squares that are predicted by themselves).
 *
 * @throws {RangeError} if even a single output row needs a larger binding.
 */
export function splitIntoBands(
  output: PlaneShape,
  inputs: readonly { plane: PlaneShape; rows: RowsNeeded }[],
  { limit, alignment, maxRows = Infinity }: { limit: number; alignment: number; maxRows?: number },
): RowRange[] {
  const fits = (first: number, end: number): boolean =>
    bindRows(output, [first, end], alignment).size <= limit &&
    inputs.every(({ plane, rows }) =>
      bindRows(plane, rowsOf(plane, rows, first, end), alignment).size <= limit
    );

  const bands: RowRange[] = [];
  let height = Math.min(output.height, maxRows);
  for (let first = 0; first < output.height;) {
    let end = Math.min(first + height, output.height);
    while (!fits(first, end)) {
      if (end - first === 1) {
        throw new RangeError(
          `Cannot process a plane of ${output.width} × ${output.height} × ${output.channels}: one of its rows with its ` +
            `surroundings exceeds the device's limit of ${limit} bytes a binding; cut the image into smaller tiles.`,
        );
      }
      height = Math.ceil((end - first) / 2);
      end = first + height;
    }
    bands.push([first, end]);
    first = end;
  }
  return bands;
}

/**
 * The rows of an image of `height` rows that the rows `[first, end)` of its mirrored continuation show, as one range. The edge
 * row is not repeated: … 2 1 | 0 1 2 … n−1 | n−2 …
 */
export function mirroredRows([first, end]: RowRange, height: number): RowRange {
  if (first >= 0 && end <= height) return [first, end];
  const period = Math.max(2 * (height - 1), 1);
  if (height === 1 || end - first >= period) return [0, height];
  let low = height, high = 0;
  for (let y = first; y < end; y++) {
    const m = Math.abs(y) % period;
    const row = Math.min(m, period - m);
    low = Math.min(low, row);
    high = Math.max(high, row + 1);
  }
  return [low, high];
}
