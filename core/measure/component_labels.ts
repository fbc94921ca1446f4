import { argumentsSchema, checkArguments, passing } from "../arguments.ts";

/** A mask in memory. */
interface Mask {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

const ARGUMENTS = argumentsSchema({
  mask: passing<Mask>(
    "a mask such as { width, height, data }",
    (value) =>
      typeof value === "object" && value !== null && "width" in value && "height" in value &&
      "data" in value && ArrayBuffer.isView(value.data),
  ),
});

/**
 * Numbers the pieces of a mask that lies in memory as {@linkcode connectedComponents} does one on the device, to the same numbers: for masks to be numbered where they are.
 *
 * The runs of crack in each row are joined with those that they touch in the row above, be it at a corner only (8-connected).
 *
 * @example
 * ```ts
 * import { componentLabels } from "../../mod.ts";
 *
 * console.log(componentLabels({ width: 6, height: 1, data: Uint8Array.of(1, 1, 0, 0, 0, 1) })); // [1, 1, 0, 0, 0, 2]
 * ```
 *
 * @param mask `width` × `height` values, row-major: crack where they exceed 0.
 * @returns `width` × `height` numbers: 0 on background, 1, 2 … on the pieces, in the order of their first squares of 2 × 2 pixels, row by row.
 * @throws {TypeError} if the argument is missing or of the wrong type.
 * @throws {RangeError} if the mask has not `width` × `height` values.
 */
export function componentLabels(
  mask: {
    readonly width: number;
    readonly height: number;
    readonly data: Uint8Array | Uint8ClampedArray | Float32Array;
  },
): Uint32Array {
  checkArguments("number the components", ARGUMENTS, { mask });
  const { width, height, data } = mask;
  if (data.length !== width * height) {
    throw new RangeError(
      `Cannot number the components: data has ${data.length} values where ${width} × ${height} are wanted.`,
    );
  }
  const runs = runsOf(mask);
  const roots = rootsOf(runs);
  const numbers = numbersOf(runs, roots);
  const labels = new Uint32Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let run = runs.rows[y]; run < runs.rows[y + 1]; run++) {
      const number = numbers[roots[run]], end = y * width + runs.ends[run];
      // Most runs are too short for fill().
      for (let at = y * width + runs.starts[run]; at < end; at++) labels[at] = number;
    }
  }
  return labels;
}

/** Runs of crack along the rows, in their order. */
interface Runs {
  /** The first column of each. */
  readonly starts: Uint32Array;
  /** The column past the last. */
  readonly ends: Uint32Array;
  /** The first run of each row, and of the row past the last. */
  readonly rows: Uint32Array;
}

function runsOf({ width, height, data }: Mask): Runs {
  // Not more than every other pixel begins one. Memory that is not written to is not taken.
  const most = height * Math.ceil(width / 2);
  const starts = new Uint32Array(most), ends = new Uint32Array(most), rows = new Uint32Array(height + 1);
  let count = 0;
  for (let y = 0, at = 0; y < height; y++) {
    const first = at, end = at + width;
    while (at < end) {
      if (!(data[at] > 0)) {
        at++;
        continue;
      }
      starts[count] = at - first;
      while (at < end && data[at] > 0) at++;
      ends[count++] = at - first;
    }
    rows[y + 1] = count;
  }
  return { starts: starts.subarray(0, count), ends: ends.subarray(0, count), rows };
}

/** For each run one that stands for all that it is connected with: the first of them. */
function rootsOf({ starts, ends, rows }: Runs): Uint32Array {
  const parents = new Uint32Array(starts.length);
  for (let run = 0; run < parents.length; run++) parents[run] = run;
  const root = (run: number) => {
    while (parents[run] !== run) run = parents[run] = parents[parents[run]];
    return run;
  };
  for (let y = 1; y + 1 < rows.length; y++) {
    let above = rows[y - 1];
    for (let run = rows[y]; run < rows[y + 1]; run++) {
      while (above < rows[y] && ends[above] < starts[run]) above++;
      for (let other = above; other < rows[y] && starts[other] <= ends[run]; other++) {
        const a = root(run), b = root(other);
        parents[Math.max(a, b)] = Math.min(a, b);
      }
    }
  }
  // Parents come before their children.
  for (let run = 0; run < parents.length; run++) parents[run] = parents[parents[run]];
  return parents;
}

/** The number of each piece, at its root: in the order of squares, two rows are gone along together. */
function numbersOf({ starts, rows }: Runs, roots: Uint32Array): Uint32Array {
  const numbers = new Uint32Array(roots.length);
  let count = 0;
  for (let y = 0; y + 1 < rows.length; y += 2) {
    let upper = rows[y], lower = rows[y + 1];
    const end = rows[Math.min(y + 2, rows.length - 1)];
    while (upper < rows[y + 1] || lower < end) {
      const next = lower === end || upper < rows[y + 1] && starts[upper] >> 1 <= starts[lower] >> 1
        ? upper++
        : lower++;
      numbers[roots[next]] ||= ++count;
    }
  }
  return numbers;
}
