import source from "../../shaders/ridge_filter.wgsl" with { type: "text" };
import { argumentsSchema, checkArguments, listOf, NUMBER, optional, optionsSchema } from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel, type Kernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";
import { hessian } from "./hessian.ts";
import { maximum } from "./maximum.ts";

/** Options of {@linkcode satoFilter}. */
export interface SatoFilterOptions {
  /** The scales: deviations of the Gaussians in pixels, each above 0. A line of the width w answers most at σ ≈ w/2. */
  sigmas?: readonly number[];
}

/** Options of {@linkcode frangiFilter}. */
export interface FrangiFilterOptions extends SatoFilterOptions {
  /** How much two curvatures may be alike on a line: the smaller, the less is left of spots. */
  beta?: number;
}

/** The scales by default, scikit-image's. */
const RIDGE_SIGMAS: readonly number[] = [1, 3, 5, 7, 9];

const SIGMAS = optional(listOf(NUMBER, "a list of numbers"));

const ARGUMENTS = {
  sato: argumentsSchema({ plane: PLANE, options: optionsSchema<SatoFilterOptions>({ sigmas: SIGMAS }) }),
  frangi: argumentsSchema({
    plane: PLANE,
    options: optionsSchema<FrangiFilterOptions>({ sigmas: SIGMAS, beta: optional(NUMBER) }),
  }),
};

const kernels = {
  sato: defineKernel("sato_filter", source, {
    FORMULA: "let value = params.factor * max(max(lambda.x, lambda.y), 0.0);",
  }),
  structure: defineKernel("structure", source, { FORMULA: "let value = squared;" }),
  // 2γ² is half the strongest structure; where there is none, no pixel answers, whatever it is divided by.
  frangi: defineKernel("frangi_filter", source, {
    FORMULA: `let ratio = lambda.x / lambda.y;
  let spread = select(1.0, 0.5 * strongest[0], strongest[0] > 0.0);
  let likeness = exp(params.factor * ratio * ratio) * (1.0 - exp(-squared / spread));
  let value = select(0.0, likeness, lambda.y > 1e-10);`,
  }),
};

/**
 * Dark lines by Sato's filter: at each pixel max_σ σ² max(λ, 0), λ being the greater eigenvalue of the Hessian at the scale σ. Bright lines, edges
 * and flat parts answer with less than a dark line or with nothing; spots answer as well.
 *
 * As scikit-image 0.26 has it, to single precision: `sato(image, sigmas=range(1, 10, 2))`.
 *
 * Y. Sato et al., "Three-dimensional multi-scale line filter for segmentation and visualization of curvilinear structures in medical images",
 * Medical Image Analysis 2 (1998), doi:10.1016/S1361-8415(98)80009-1.
 *
 * @example
 * ```ts
 * import { openCompute, satoFilter } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * const data = Float32Array.from({ length: 32 * 32 }, (_, i) => i % 32 === 16 ? 0 : 1);
 * using plane = compute.upload({ width: 32, height: 32, channels: 1, data });
 * using ridges = satoFilter(plane, { sigmas: [1, 2] });
 * console.log((await ridges.read())[16]); // about 0.4, and 0 far from the line
 * ```
 *
 * @param plane H × W × 1, any unit, continued outside by a mirror that repeats the edge.
 * @param options `sigmas`: 1, 3, 5, 7 and 9 by default.
 * @returns H × W × 1, in units of the plane, ≥ 0.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the plane has several channels, or there is no scale or one that is not above 0.
 */
export function satoFilter(plane: Plane, options: SatoFilterOptions = {}): Plane {
  checkArguments("filter ridges", ARGUMENTS.sato, { plane, options });
  const sigmas = requireSigmas(plane, options);
  return greatest(
    plane,
    sigmas,
    (curvature, soFar, sigma) =>
      respond(kernels.sato, { curvature, soFar, strongest: soFar, factor: sigma ** 2 }),
  );
}

/**
 * Dark lines by Frangi's filter: at each pixel the greatest over the scales of
 *
 *     exp(−(λ1 / λ2)² / 2β²) · (1 − exp(−(λ1² + λ2²) / 2γ²))        where λ2 > 0, else 0
 *
 * |λ1| ≤ |λ2| being the eigenvalues of the Hessian at the scale σ: near 1 on a line, small on spots and where little is to be seen. γ is half the
 * greatest √(λ1² + λ2²) of the first scale.
 *
 * As scikit-image 0.26 has it, to single precision: `frangi(image, sigmas=range(1, 10, 2))`, which unlike Sato's has no σ², and keeps the first scale's
 * γ. Beside a line that is exactly straight (λ1 = 0) scikit-image does not see that λ2 < 0; here that is 0, too.
 *
 * A. F. Frangi et al., "Multiscale vessel enhancement filtering", MICCAI 1998, doi:10.1007/BFb0056195.
 *
 * @example
 * ```ts
 * import { frangiFilter, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * const data = Float32Array.from({ length: 32 * 32 }, (_, i) => i % 32 === 16 ? 0 : 1);
 * using plane = compute.upload({ width: 32, height: 32, channels: 1, data });
 * using ridges = frangiFilter(plane, { sigmas: [1, 2] });
 * console.log((await ridges.read())[16]); // 0.86: 1 − exp(−2), where no pixel has more structure
 * ```
 *
 * @param plane H × W × 1, any unit, continued outside by a mirror that repeats the edge.
 * @param options `sigmas`: 1, 3, 5, 7 and 9 by default; `beta`: 0.5.
 * @returns H × W × 1, 0..1.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the plane has several channels, there is no scale, or a scale or `beta` is not above 0.
 */
export function frangiFilter(plane: Plane, options: FrangiFilterOptions = {}): Plane {
  checkArguments("filter ridges", ARGUMENTS.frangi, { plane, options });
  const sigmas = requireSigmas(plane, options);
  const { beta = 0.5 } = options;
  if (!(beta > 0 && beta < Infinity)) {
    throw new RangeError(`Cannot filter ridges with a beta of ${beta}: a positive number is wanted.`);
  }
  let strongest: Plane | undefined;
  const filtered = greatest(plane, sigmas, (curvature, soFar) => {
    if (!strongest) {
      using structure = respond(kernels.structure, { curvature, soFar, strongest: soFar, factor: 0 });
      strongest = maximum(structure);
    }
    return respond(kernels.frangi, { curvature, soFar, strongest, factor: -1 / (2 * beta ** 2) });
  });
  strongest?.dispose();
  return filtered;
}

function requireSigmas({ channels }: Plane, { sigmas = RIDGE_SIGMAS }: SatoFilterOptions): readonly number[] {
  if (channels !== 1) {
    throw new RangeError(`Cannot filter ridges of a plane of ${channels} channels: one of 1 is wanted.`);
  }
  if (sigmas.length === 0 || !sigmas.every((sigma) => sigma > 0 && sigma < Infinity)) {
    throw new RangeError(
      `Cannot filter ridges at the scales [${sigmas.join(", ")}]: one or more positive numbers are wanted.`,
    );
  }
  return sigmas;
}

/** The greatest response over the scales; `respondAt` compares a scale's with those before. */
function greatest(
  plane: Plane,
  sigmas: readonly number[],
  respondAt: (curvature: Plane, soFar: Plane, sigma: number) => Plane,
): Plane {
  const { compute, width, height } = plane;
  let found = compute.create({ width, height, channels: 1 }, { zero: true });
  for (const sigma of sigmas) {
    using soFar = found;
    using curvature = hessian(plane, sigma);
    found = respondAt(curvature, soFar, sigma);
  }
  return found;
}

function respond(
  kernel: Kernel,
  { curvature, soFar, strongest, factor }: {
    readonly curvature: Plane;
    readonly soFar: Plane;
    readonly strongest: Plane;
    readonly factor: number;
  },
): Plane {
  const { compute, width, height } = curvature;
  const output = compute.create({ width, height, channels: 1 });
  compute.run({
    kernel,
    inputs: [{ plane: curvature }, { plane: soFar }, {
      plane: strongest,
      rows: strongest.length === 1 ? "all" : 0,
    }],
    output,
    params: { factor },
  });
  return output;
}
