import source from "../../shaders/maximum.wgsl" with { type: "text" };
import { argumentsSchema, checkArguments } from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";

const ARGUMENTS = argumentsSchema({ plane: PLANE });

const kernel = defineKernel("maximum", source);

/** Invocations that share a group of rows. */
const LANES = 64;

/** Values that one group of rows should have at least: fewer would make a pass of many idle invocations. */
const VALUES = 1024;

/**
 * The largest value of a plane, left on the device for another kernel such as `normalise()`.
 *
 * @param plane H × W × C, any unit, no NaN.
 * @returns 1 × 1 × 1.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 */
export function maximum(plane: Plane): Plane {
  checkArguments("find the maximum", ARGUMENTS, { plane });
  let maxima = maximaOfRows(plane);
  while (maxima.height > 1) {
    using longer = maxima;
    maxima = maximaOfRows(longer);
  }
  return maxima;
}

function maximaOfRows(plane: Plane): Plane {
  const { compute, width, height, channels } = plane;
  const rows = Math.ceil(VALUES / (width * channels));
  const output = compute.create({ width: 1, height: Math.ceil(height / rows), channels: 1 });
  compute.run({
    kernel,
    inputs: [{ plane, rows: (first, end) => [first * rows, end * rows] }],
    output,
    params: { values: width * channels * rows, total: plane.length },
    invocations: (first, end) => [LANES, end - first, 1],
  });
  return output;
}
