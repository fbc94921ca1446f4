import source from "../../shaders/average_patch_scores.wgsl" with { type: "text" };
import { argumentsSchema, checkArguments, NUMBER, optionsSchema } from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";

/** Options of {@linkcode averagePatchScores}. */
export interface AveragePatchScoresOptions {
  /** Patches over a pixel along one axis: size / stride. */
  overlap: number;
}

const ARGUMENTS = argumentsSchema({
  scores: PLANE,
  options: optionsSchema<AveragePatchScoresOptions>({ overlap: NUMBER }),
});

const kernel = defineKernel("average_patch_scores", source);

/**
 * The mean score of the patches over each stride × stride cell of an image.
 *
 * With the grid of `coveringGrid()`, patch k of an axis starts at (k − o + 1) · stride, o = overlap, and is o cells long: it covers the cells
 * k − o + 1 to k. So the patches i to i + o − 1 cover cell i, whose pixels are i · stride to (i + 1) · stride − 1, and an axis
 * of L pixels has columns − o + 1 = ⌈L / stride⌉ cells. The last one may stick out of the image; to bring the cells to the size of
 * the image, each at its true place, resize the result with the box [0, 0, width / stride, height / stride].
 *
 * @example
 * ```ts
 * import { averagePatchScores, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using scores = compute.upload({ width: 2, height: 2, channels: 1, data: new Float32Array([0, 0, 0, 1]) });
 * using cells = averagePatchScores(scores, { overlap: 2 });
 * console.log(await cells.read()); // [0.25]
 * ```
 *
 * @param scores rows × columns × 1, one value a patch of the grid, any unit.
 * @returns (rows − overlap + 1) × (columns − overlap + 1) × 1, the unit of the scores.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the overlap is no positive integer or exceeds the grid, or a patch has several values.
 */
export function averagePatchScores(scores: Plane, options: AveragePatchScoresOptions): Plane {
  checkArguments("average patch scores", ARGUMENTS, { scores, options });
  const { overlap } = options;
  const { compute, width, height, channels } = scores;
  const most = Math.min(width, height);
  if (!Number.isInteger(overlap) || overlap < 1 || overlap > most) {
    throw new RangeError(
      `Cannot average the scores of ${width} × ${height} patches: the overlap is ${overlap}, an integer from 1 to ${most} is wanted.`,
    );
  }
  if (channels !== 1) {
    throw new RangeError(`Cannot average patch scores: they have ${channels} channels, one is wanted.`);
  }
  const output = compute.create({ width: width - overlap + 1, height: height - overlap + 1, channels: 1 });
  compute.run({
    kernel,
    inputs: [{ plane: scores, rows: (first, end) => [first, end + overlap - 1] }],
    output,
    params: { columns: width, overlap },
  });
  return output;
}
