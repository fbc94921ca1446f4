import source from "../../shaders/gradient_maxima.wgsl" with { type: "text" };
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";

const kernel = defineKernel("gradient_maxima", source);

/**
 * The edges among gradients: those that are at least as long as the neighbours before and behind them, of the eight those that they point to and
 * from most nearly. Outside the plane there is no edge.
 *
 * @param gradient H × W × 2, along x and along y, any unit.
 * @returns H × W × 2: the gradient at edges, elsewhere 0, 0.
 */
export function gradientMaxima(gradient: Plane): Plane {
  const { compute, width, height } = gradient;
  const output = compute.create({ width, height, channels: 2 });
  compute.run({ kernel, inputs: [{ plane: gradient, rows: 1 }], output });
  return output;
}
