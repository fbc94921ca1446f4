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
  if (!kernel) kernels.set(width, kernel = defineKernel("edge_pairs", source, { TAPS: taps(width) }));
  const { compute } = edges;
  const output = compute.create({ width: edges.width, height: edges.height, channels: 1 });
  compute.run({ kernel, inputs: [{ plane: edges, rows: width + 1 }], output });
  return output;
}

/** WGSL for one way: the strongest edge up to each distance ahead, then the same behind, each with what is ahead within the rest of the width. */
function taps(width: number): string {
  const distances = Array.from({ length: width }, (_, i) => i);
  const ahead = (i: number) => {
    const tap = `edge(place, way, ${i}.0)`;
    return `let ahead${i} = ${i === 0 ? tap : `max(ahead${i - 1}, ${tap})`};`;
  };
  const behind = (j: number) => {
    const tap = `edge(place, -way, ${j}.0)`;
    return `let behind${j} = ${j === 0 ? tap : `max(behind${j - 1}, ${tap})`};`;
  };
  const pair = (j: number) => `found = max(found, min(behind${j}, ahead${width - 1 - j}));`;
  return [...distances.map(ahead), ...distances.flatMap((j) => [behind(j), pair(j)])].join("\n    ");
}
