import source from "../../shaders/gaussian_window.wgsl" with { type: "text" };
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";

const kernels = {
  rows: defineKernel("gaussian_window", source, {
    AXIS: "vec2i(1, 0)",
    LENGTH: "band.width",
    PLACE: "first.x",
    STRIDE: "1",
  }),
  columns: defineKernel("gaussian_window", source, {
    AXIS: "vec2i(0, 1)",
    LENGTH: "band.height",
    PLACE: "first.y",
    STRIDE: "band.width",
  }),
};

/** Pixels of one invocation, along the axis of its pass. */
const BLOCK = 8;

/** Standard deviations at which the Gaussian ends: what is left out is 4 · 10⁻⁶ of its peak. */
const REACH = 5;

/**
 * Σ_j exp(−|p_i − p_j|² / 2σ²) v_j at each pixel i, positions p in pixels: a Gaussian whose peak is 1, with nothing outside the image.
 *
 * @param plane H × W × 1: v, any unit.
 * @param sigma σ, pixels, above 0.
 * @returns H × W × 1.
 */
export function gaussianWindow(plane: Plane, sigma: number): Plane {
  const { compute, width, height } = plane;
  const reach = Math.min(Math.ceil(REACH * sigma), Math.max(width, height) - 1);
  const data = new Float32Array(reach + BLOCK);
  for (let k = 0; k <= reach; k++) data[k] = Math.exp(-(k ** 2) / (2 * sigma ** 2));
  using taps = compute.upload({ width: data.length, height: 1, channels: 1, data });
  using rows = compute.create({ width, height, channels: 1 });
  compute.run({
    kernel: kernels.rows,
    inputs: [{ plane }, { plane: taps, rows: "all" }],
    output: rows,
    params: { reach },
    invocations: (first, end) => [Math.ceil(width / BLOCK), end - first, 1],
  });
  const output = compute.create({ width, height, channels: 1 });
  compute.run({
    kernel: kernels.columns,
    inputs: [{ plane: rows, rows: reach }, { plane: taps, rows: "all" }],
    output,
    params: { reach },
    invocations: (first, end) => [width, Math.ceil((end - first) / BLOCK), 1],
  });
  return output;
}
