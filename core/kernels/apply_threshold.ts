import source from "../../shaders/apply_threshold.wgsl" with { type: "text" };
import { argumentsSchema, checkArguments, NUMBER, numberOr, optionsSchema } from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";

/** Thresholds that are constant over square cells. */
export interface CellThresholds {
  /** ⌈H / side⌉ × ⌈W / side⌉ × 1, in units of the image. */
  plane: Plane;
  /** Side of a cell in pixels. */
  side: number;
}

const ARGUMENTS = argumentsSchema({
  plane: PLANE,
  threshold: numberOr(optionsSchema<CellThresholds>({ plane: PLANE, side: NUMBER })),
});

/** A cell that holds any image. */
const WHOLE_IMAGE = 2 ** 31;

const kernel = defineKernel("apply_threshold", source);

/**
 * The mask of the pixels at or below a threshold: dark pixels, 1, on a bright ground, 0.
 *
 * @example
 * ```ts
 * import { applyThreshold, openCompute, otsuThresholds } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using grey = compute.upload({ width: 4, height: 1, channels: 1, data: new Uint8Array([20, 22, 180, 190]) });
 * const [threshold] = await otsuThresholds(grey);
 * using mask = applyThreshold(grey, threshold);
 * console.log(await mask.read()); // [1, 1, 0, 0]
 * ```
 *
 * @param plane H × W × 1.
 * @param threshold one for the whole image, or one for each cell of a grid.
 * @returns H × W × 1, 1 where value ≤ threshold, else 0.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the plane has more than one channel.
 */
export function applyThreshold(plane: Plane, threshold: number | CellThresholds): Plane {
  checkArguments("threshold a plane", ARGUMENTS, { plane, threshold });
  const { compute, width, height, channels } = plane;
  if (channels !== 1) {
    throw new RangeError(`Cannot threshold a plane of ${channels} channels: one of 1 is wanted.`);
  }
  if (typeof threshold === "number") {
    using constant = compute.upload({
      width: 1,
      height: 1,
      channels: 1,
      data: new Float32Array([threshold]),
    });
    return applyThreshold(plane, { plane: constant, side: WHOLE_IMAGE });
  }
  const { plane: cells, side } = threshold;
  const output = compute.create({ width, height, channels: 1 });
  compute.run({
    kernel,
    inputs: [
      { plane },
      { plane: cells, rows: (first, end) => [Math.floor(first / side), Math.ceil(end / side)] },
    ],
    output,
    params: { cell: side, columns: cells.width },
  });
  return output;
}
