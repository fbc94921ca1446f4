import source from "../../shaders/edge_pairs.wgsl" with { type: "text" };
import type { Plane } from "../gpu/compute.ts";
import { defineKernel, type Kernel } from "../gpu/kernel.ts";

const kernels = new Map<number, Kernel>();

/**
 * What lies between edges that face each other with their dark sides: of each pixel the weaker edge of the strongest such pair, over eight ways.
 *
 * @param edges H × W × 2: gradients along x and along y at edges, from {@linkcode gradientMaxima}, elsewhere 0, 0; on pixels' lower right corners.
 * @param width how far apart the edges of a pair may lie, in pixels, a positive integer.
 * @returns H × W × 1, in units of the gradient, 0 where there is no pair.
 */
export function edgePairs(edges: Plane, width: number): Plane {
  let kernel = kernels.get(width);
  if (!kernel) kernels.set(width, kernel = defineKernel("edge_pairs", source, { REACH: `${width}` }));
  const { compute } = edges;
  const output = compute.create({ width: edges.width, height: edges.height, channels: 1 });
  compute.run({ kernel, inputs: [{ plane: edges, rows: width + 1 }], output });
  return output;
}
