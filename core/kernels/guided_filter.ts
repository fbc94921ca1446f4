import source from "../../shaders/guided_filter.wgsl" with { type: "text" };
import coefficientsSource from "../../shaders/guided_filter_coefficients.wgsl" with { type: "text" };
import momentsSource from "../../shaders/guided_filter_moments.wgsl" with { type: "text" };
import rowsSource from "../../shaders/guided_filter_rows.wgsl" with { type: "text" };
import { argumentsSchema, checkArguments, NUMBER, optional, optionsSchema } from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";

const kernels = {
  moments: defineKernel("guided_filter_moments", momentsSource),
  coefficients: defineKernel("guided_filter_coefficients", coefficientsSource),
  rows: defineKernel("guided_filter_rows", rowsSource),
  filter: defineKernel("guided_filter", source),
};

/** Options of {@linkcode guidedFilter}. */
export interface GuidedFilterOptions {
  /** How far a window reaches from its middle, in pixels; its side is 2 · radius + 1. Defaults to 5. */
  radius?: number;
  /** Variance of the guide, values being 0..1, below which a window counts as flat and is smoothed. Defaults to 0.065. */
  epsilon?: number;
}

const ARGUMENTS = argumentsSchema({
  guide: PLANE,
  input: PLANE,
  options: optionsSchema<GuidedFilterOptions>({ radius: optional(NUMBER), epsilon: optional(NUMBER) }),
});

/**
 * Smooths an input but for the edges of a guide: each window holds the line q = a I + b of the guide I that fits the input best,
 * a = cov(I, p) / (var(I) + epsilon), b = mean(p) − a mean(I), and a pixel takes the mean of the lines of all windows over it. Windows are cut
 * at the border of the image.
 *
 * Four passes along rows and columns, whose cost grows with the radius, not with its square. With both planes 0..1 the result is within
 * 10⁻⁶ of the true one for an epsilon of 0.01 and more.
 *
 * K. He, J. Sun and X. Tang, "Guided image filtering", IEEE TPAMI 35 (2013), doi:10.1109/TPAMI.2012.213. The defaults are those with which
 * DeepCrack (Liu et al. 2019, doi:10.1016/j.neucom.2019.01.036) refines its prediction.
 *
 * @example
 * ```ts
 * import { guidedFilter, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * const row = (values: number[]) =>
 *   compute.upload({ width: values.length, height: 1, channels: 1, data: Float32Array.from(values) });
 * using guide = row([0, 0, 0, 1, 1, 1]);
 * using noisy = row([0.1, 0, 0.1, 0.9, 1, 0.9]);
 * using smooth = guidedFilter(guide, noisy, { radius: 2, epsilon: 0.001 });
 * console.log(await smooth.read()); // near 0.07 in the first half, near 0.93 in the second
 * ```
 *
 * @param guide H × W × 1, 0..1.
 * @param input the same shape, 0..1.
 * @returns H × W × 1, about 0..1.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if a plane has several channels, the sizes differ, the radius is not a positive integer or epsilon not positive.
 */
export function guidedFilter(guide: Plane, input: Plane, options: GuidedFilterOptions = {}): Plane {
  checkArguments("filter a plane", ARGUMENTS, { guide, input, options });
  const { radius = 5, epsilon = 0.065 } = options;
  check(guide, input, { radius, epsilon });
  const { compute, width, height } = guide;
  const params = { radius };
  using moments = compute.create({ width, height, channels: 4 });
  compute.run({
    kernel: kernels.moments,
    inputs: [{ plane: guide }, { plane: input }],
    output: moments,
    params,
  });
  using coefficients = compute.create({ width, height, channels: 2 });
  compute.run({
    kernel: kernels.coefficients,
    inputs: [{ plane: moments, rows: radius }],
    output: coefficients,
    params: { radius, epsilon },
  });
  using means = compute.create({ width, height, channels: 2 });
  compute.run({ kernel: kernels.rows, inputs: [{ plane: coefficients }], output: means, params });
  const output = compute.create({ width, height, channels: 1 });
  compute.run({
    kernel: kernels.filter,
    inputs: [{ plane: means, rows: radius }, { plane: guide }],
    output,
    params,
  });
  return output;
}

function check(guide: Plane, input: Plane, { radius, epsilon }: Required<GuidedFilterOptions>): void {
  const shapes = [guide, input].map(({ width, height, channels }) => `${width} × ${height} × ${channels}`);
  if (guide.channels !== 1 || shapes[0] !== shapes[1]) {
    throw new RangeError(
      `Cannot filter a plane of ${shapes[1]} by a guide of ${
        shapes[0]
      }: equal sizes and 1 channel each are wanted.`,
    );
  }
  if (!Number.isInteger(radius) || radius < 1) {
    throw new RangeError(`Cannot filter with a radius of ${radius}: a positive number of pixels is wanted.`);
  }
  if (!(epsilon > 0 && epsilon < Infinity)) {
    throw new RangeError(`Cannot filter with an epsilon of ${epsilon}: a positive number is wanted.`);
  }
}
