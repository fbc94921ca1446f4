import source from "../../shaders/cell_ranges.wgsl" with { type: "text" };
import { defineKernel } from "../gpu/kernel.ts";
import { mirroredRows } from "../gpu/bands.ts";
import type { Plane } from "../gpu/compute.ts";

const kernel = defineKernel("cell_ranges", source);

/**
 * The range of the values in the square cells of a grid that covers the image and `margin` pixels around it, where the image is
 * mirrored.
 *
 * @param plane H × W × 1.
 * @returns ⌈(H + 2 margin) / cell⌉ × ⌈(W + 2 margin) / cell⌉ × 2: the minimum and the negated maximum of each cell.
 */
export function cellRanges(plane: Plane, { cell, margin }: { cell: number; margin: number }): Plane {
  const { compute, width, height } = plane;
  const output = compute.create({
    width: Math.ceil((width + 2 * margin) / cell),
    height: Math.ceil((height + 2 * margin) / cell),
    channels: 2,
  });
  compute.run({
    kernel,
    inputs: [{
      plane,
      rows: (first, end) => mirroredRows([first * cell - margin, end * cell - margin], height),
    }],
    output,
    params: { cell, margin, width, height },
  });
  return output;
}
