import source from "../../shaders/min_filter.wgsl" with { type: "text" };
import { defineKernel } from "../gpu/kernel.ts";
import type { Plane } from "../gpu/compute.ts";

const kernel = defineKernel("min_filter", source);

/**
 * The minimum over each `size` × `size` window that lies wholly inside the plane, each channel by itself. The result is smaller by
 * `size − 1`, so that no border rule is needed; for erosion of an image with one, see `erode()`.
 *
 * @param plane (H + size − 1) × (W + size − 1) × C.
 * @returns H × W × C.
 */
export function minFilter(plane: Plane, { size }: { size: number }): Plane {
  const { compute, channels } = plane;
  const width = plane.width - size + 1, height = plane.height - size + 1;
  const output = compute.create({ width, height, channels });
  compute.run({
    kernel,
    inputs: [{ plane, rows: (first, end) => [first, end + size - 1] }],
    output,
    params: { size },
    invocations: (first, end) => [width * channels, end - first, 1],
  });
  return output;
}
