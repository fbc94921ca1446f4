import source from "../shaders/average_patch_scores.wgsl" with { type: "text" };
import { defineKernel } from "./kernel.ts";
import type { Plane } from "./plane.ts";

/** Options of {@linkcode averagePatchScores}. */
export interface AveragePatchScoresOptions {
  /** Patches in a row of the grid. */
  columns: number;
  /** Rows of patches. */
  rows: number;
  /** Patches over a pixel along one axis: size / stride. */
  overlap: number;
}

const kernel = defineKernel("average_patch_scores", source);

/**
 * The mean score of the patches over each stride × stride cell of an image.
 *
 * With the grid of `patchGrid()`, patch k of an axis starts at (k − o + 1) · stride, o = overlap, and is o cells long: it covers the cells
 * k − o + 1 to k. So the patches i to i + o − 1 cover cell i, whose pixels are i · stride to (i + 1) · stride − 1, and an axis
 * of L pixels has columns − o + 1 = ⌈L / stride⌉ cells. The last one may stick out of the image; to bring the cells to the size of
 * the image, each at its true place, resize the result with the box [0, 0, width / stride, height / stride].
 *
 * @example
 * ```ts
 * import { averagePatchScores, openCompute } from "../mod.ts";
 *
 * using compute = await openCompute();
 * using scores = compute.upload({ width: 1, height: 4, channels: 1, data: new Float32Array([0, 0, 0, 1]) });
 * using cells = averagePatchScores(scores, { columns: 2, rows: 2, overlap: 2 });
 * console.log(await cells.read()); // [0.25]
 * ```
 *
 * @param scores N × 1 × 1 in row-major order of the grid, N = columns · rows, any unit.
 * @returns (rows − overlap + 1) × (columns − overlap + 1) × 1, the unit of the scores.
 * @throws {RangeError} if an option is not a positive integer, the overlap exceeds the grid, or there is not one score a patch.
 */
export function averagePatchScores(
  scores: Plane,
  { columns, rows, overlap }: AveragePatchScoresOptions,
): Plane {
  for (const [name, value] of Object.entries({ columns, rows, overlap })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`Cannot average patch scores: ${name} is ${value}, a positive integer is wanted.`);
    }
  }
  if (overlap > Math.min(columns, rows)) {
    throw new RangeError(
      `Cannot average patch scores: ${overlap} patches overlap on a grid of ${columns} × ${rows}, at most ${
        Math.min(columns, rows)
      } can.`,
    );
  }
  if (scores.width !== 1 || scores.channels !== 1 || scores.height !== columns * rows) {
    throw new RangeError(
      `Cannot average patch scores: they are a plane of ${scores.width} × ${scores.height} × ${scores.channels}, ` +
        `1 × ${columns * rows} × 1 is wanted for a grid of ${columns} × ${rows} patches.`,
    );
  }
  const { compute } = scores;
  const output = compute.create({ width: columns - overlap + 1, height: rows - overlap + 1, channels: 1 });
  compute.run({
    kernel,
    inputs: [{ plane: scores, rows: (first, end) => [first * columns, (end + overlap - 1) * columns] }],
    output,
    params: { u32: [columns, overlap] },
  });
  return output;
}
