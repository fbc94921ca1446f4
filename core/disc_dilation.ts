import discSource from "../shaders/disc_dilation.wgsl" with { type: "text" };
import rowSource from "../shaders/row_maxima.wgsl" with { type: "text" };
import { defineKernel } from "./kernel.ts";
import type { Plane } from "./plane.ts";

const rowMaxima = defineKernel("row_maxima", rowSource);
const disc = defineKernel("disc_dilation", discSource);

/**
 * Grey-level dilation by a disc: each value becomes the greatest at a Euclidean distance of at most `radius` pixels. What is outside
 * the image is ignored. For a square window see `dilate()`.
 *
 * Each pixel compares 2 (2 r + 1) maxima of pieces of rows, not the π r² pixels of its disc.
 *
 * @param plane H × W × 1, any values but NaN.
 * @param radius pixels, an integer from 0 (a copy) on.
 * @returns H × W × 1.
 */
export function discDilation(plane: Plane, radius: number): Plane {
  const { compute, width, height } = plane;
  // A disc that reaches over the whole image from everywhere grows no further.
  const r = Math.min(radius, width + height);
  const levels = Math.floor(Math.log2(2 * r + 1)) + 1;
  using maxima = compute.create({ width: (width + r) * levels, height, channels: 1 });
  compute.run({
    kernel: rowMaxima,
    inputs: [{ plane }],
    output: maxima,
    params: { u32: [r, levels, width] },
    invocations: (first, end) => [width + r, end - first, 1],
  });
  const output = compute.create({ width, height, channels: 1 });
  compute.run({
    kernel: disc,
    inputs: [{ plane: maxima, rows: r }],
    output,
    params: { u32: [r, levels] },
  });
  return output;
}
