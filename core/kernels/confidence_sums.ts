import source from "../../shaders/confidence_sums.wgsl" with { type: "text" };
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";

const kernels = {
  values: defineKernel("confidence_sums", source, {
    LOAD: "let p = source[i - band.base.x]; return vec2f(p, p * p);",
  }),
  sums: defineKernel("confidence_sums_further", source, {
    LOAD: "let at = 2 * i - band.base.x; return vec2f(source[at], source[at + 1]);",
  }),
};

/** Invocations that share a group of rows. */
const LANES = 64;

/** Pixels or pairs that one group of rows should have at least: fewer would make a pass of many idle invocations. */
const VALUES = 1024;

/**
 * The sum of a map's confidences and that of their squares, left on the device for another kernel such as `addWeighted()`.
 *
 * @param confidence H × W × 1, 0..1.
 * @returns 1 × 1 × 2: Σ p and Σ p².
 */
export function confidenceSums(confidence: Plane): Plane {
  let sums = sumsOfRows(confidence, "values");
  while (sums.height > 1) {
    using longer = sums;
    sums = sumsOfRows(longer, "sums");
  }
  return sums;
}

function sumsOfRows(plane: Plane, of: keyof typeof kernels): Plane {
  const { compute, width, height } = plane;
  const rows = Math.ceil(VALUES / width);
  const output = compute.create({ width: 1, height: Math.ceil(height / rows), channels: 2 });
  compute.run({
    kernel: kernels[of],
    inputs: [{ plane, rows: (first, end) => [first * rows, end * rows] }],
    output,
    params: { values: width * rows, total: width * height },
    invocations: (first, end) => [LANES, end - first, 1],
  });
  return output;
}
