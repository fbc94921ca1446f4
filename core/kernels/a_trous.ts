import gradientSource from "../../shaders/a_trous_gradient.wgsl" with { type: "text" };
import smoothSource from "../../shaders/a_trous_smooth.wgsl" with { type: "text" };
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";

const smoothKernel = defineKernel("a_trous_smooth", smoothSource);
const gradientKernel = defineKernel("a_trous_gradient", gradientSource);

/** λ of each scale, by which a step of height 1 peaks at about 4/3 at all of them. */
const LAMBDA = [1.5, 1.12, 1.03, 1.01, 1];

/** The most scales that there are λ for. */
export const A_TROUS_SCALES: number = LAMBDA.length;

/**
 * The gradient of a plane at the scales 1, 2 … of the undecimated ("à trous") wavelet transform: the derivatives of quadratic splines of twice
 * the width each.
 *
 *     W_j = 2/λ_j (S_{j−1}(x + 2^{j−1}) − S_{j−1}(x)) along x and along y        S_0 the plane
 *     S_j(x) = Σ h_k S_{j−1}(x + 2^{j−1} k)                    h = [1, 3, 3, 1] / 8 at k = −1 … 2, along x, then along y
 *
 * with shifts by whole pixels that leave W_j on the pixels' lower right corners (of scale 1: in the middle of their right and lower sides).
 *
 * S. Mallat and S. Zhong, "Characterization of signals from multiscale edges", IEEE TPAMI 14 (1992), doi:10.1109/34.142909.
 *
 * @param plane H × W × 1, any unit, mirrored outside without repeating its edge.
 * @param scales how many, 1 to 5.
 * @returns a plane H × W × 2 for each scale: W along x and along y.
 */
export function aTrousGradients(plane: Plane, scales: number): Plane[] {
  const { compute, width, height } = plane;
  const gradients: Plane[] = [];
  let smoothed = plane;
  for (let spacing = 1; gradients.length < scales; spacing *= 2) {
    const shift = Math.max(0, spacing / 2 - 1);
    const gradient = compute.create({ width, height, channels: 2 });
    compute.run({
      kernel: gradientKernel,
      inputs: [{ plane: smoothed, rows: nearOrAll(plane, Math.max(1, spacing - 1, shift)) }],
      output: gradient,
      params: { spacing, shift, factor: 2 / LAMBDA[gradients.length] },
    });
    gradients.push(gradient);
    if (gradients.length === scales) break;
    const before = smoothed;
    using rows = smooth(before, { across: spacing, down: 0 });
    smoothed = smooth(rows, { across: 0, down: spacing });
    if (before !== plane) before.dispose();
  }
  if (smoothed !== plane) smoothed.dispose();
  return gradients;
}

function smooth(plane: Plane, { across, down }: { readonly across: number; readonly down: number }): Plane {
  const { compute, width, height } = plane;
  const output = compute.create({ width, height, channels: 1 });
  compute.run({
    kernel: smoothKernel,
    inputs: [{ plane, rows: nearOrAll(plane, 2 * down) }],
    output,
    params: { across, down },
  });
  return output;
}

/** The rows that taps so far away need: what is mirrored once lies as near, what is mirrored again may lie anywhere. */
function nearOrAll({ height }: Plane, reach: number): number | "all" {
  return reach < height ? reach : "all";
}
