import { meanField } from "./mean_field.ts";
import { appearanceKernel, smoothnessKernel } from "./pairwise_kernels.ts";

/** Options of {@linkcode denseCrf}. */
export interface DenseCrfOptions {
  /** Iterations of mean field; with 0 the unary term stands alone. */
  iterations: number;
  /** What pixels near each other and of like colour pay for different classes. */
  appearance: {
    /** w₁: not negative; with 0 the term is left out. */
    weight: number;
    /** σ_α, pixels. */
    sigmaSpace: number;
    /** σ_β, levels of 0..255 of each of red, green and blue. */
    sigmaColour: number;
  };
  /** What pixels near each other pay for different classes. */
  smoothness: {
    /** w₂: not negative; with 0 the term is left out. */
    weight: number;
    /** σ_γ, pixels. */
    sigmaSpace: number;
  };
}

/**
 * A fully connected conditional random field of two classes, solved by mean field: each pixel is joined to each other by
 *
 *     w₁ exp(−|p_i − p_j|² / 2σ_α² − |I_i − I_j|² / 2σ_β²) + w₂ exp(−|p_i − p_j|² / 2σ_γ²)
 *
 * with positions p and colours I, paid where their classes differ (Potts' compatibility). P. Krähenbühl and V. Koltun, "Efficient inference in
 * fully connected CRFs with Gaussian edge potentials", NIPS 2011, arXiv:1210.5644, equations 2 and 3 and algorithm 1.
 *
 * As in the program that they published, and other than in their equations, each of the two kernels K is normalised to D^−½ K D^−½, D being
 * the sums of its rows, and a pixel is its own neighbour, too. The first is applied approximately, by the permutohedral lattice, the second
 * exactly.
 *
 * Runs on the processor; a pixel takes about 80 bytes and more where σ_β is small.
 *
 * @example
 * ```ts
 * import { denseCrf } from "../../../mod.ts";
 *
 * const image = new ImageData(8, 1);
 * for (let x = 0; x < 8; x++) image.data.fill(x < 4 ? 40 : 200, 4 * x, 4 * x + 3);
 * // Of the dark half three pixels lean towards crack and one is doubtful.
 * const crack = [0.8, 0.45, 0.8, 0.8, 0.2, 0.2, 0.2, 0.2];
 * const unary = Float32Array.from(crack.flatMap((p) => [-Math.log(p), -Math.log(1 - p)]));
 * const probability = denseCrf(image, unary, {
 *   iterations: 5,
 *   appearance: { weight: 3, sigmaSpace: 10, sigmaColour: 20 },
 *   smoothness: { weight: 1, sigmaSpace: 1 },
 * });
 * console.log(probability[1] > 0.9); // true: it goes with its like
 * ```
 *
 * @param image H × W, RGB of 0..255; its alpha is left out.
 * @param unary H × W × 2, the negative log probabilities of crack and of no crack.
 * @returns H × W, the probability of crack, 0..1.
 * @throws {RangeError} if the unary has another length or a value that is not finite, or a parameter is out of range.
 */
export function denseCrf(
  image: ImageData,
  unary: Float32Array,
  { iterations, appearance, smoothness }: DenseCrfOptions,
): Float32Array {
  checkUnary(image, unary);
  checkOptions({ iterations, appearance, smoothness });
  return meanField(unary, {
    iterations,
    terms: [
      ...(appearance.weight > 0
        ? [{ weight: appearance.weight, kernel: appearanceKernel(image, appearance) }]
        : []),
      ...(smoothness.weight > 0
        ? [{ weight: smoothness.weight, kernel: smoothnessKernel(image, smoothness) }]
        : []),
    ],
  });
}

function checkUnary({ width, height }: ImageData, unary: Float32Array): void {
  if (unary.length !== width * height * 2) {
    throw new RangeError(
      `Cannot solve the random field of a photo of ${width} × ${height}: its unary has ${unary.length} values, ` +
        `${width * height * 2} are wanted.`,
    );
  }
  const wrong = unary.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new RangeError(
      `Cannot solve the random field: value ${wrong} of its unary is ${
        unary[wrong]
      }, finite ones are wanted.`,
    );
  }
}

function checkOptions({ iterations, appearance, smoothness }: DenseCrfOptions): void {
  if (!Number.isInteger(iterations) || iterations < 0) {
    throw new RangeError(
      `Cannot solve the random field in ${iterations} iterations: a whole number from 0 on is wanted.`,
    );
  }
  for (const [name, { weight, ...sigmas }] of Object.entries({ appearance, smoothness })) {
    if (!(weight >= 0 && weight < Infinity)) {
      throw new RangeError(
        `Cannot solve the random field with a weight of ${weight} for ${name}: a number from 0 on is wanted.`,
      );
    }
    for (const [sigma, value] of Object.entries(sigmas)) {
      if (value > 0 && value < Infinity) continue;
      throw new RangeError(
        `Cannot solve the random field with a ${sigma} of ${value} for ${name}: a positive number is wanted.`,
      );
    }
  }
}
