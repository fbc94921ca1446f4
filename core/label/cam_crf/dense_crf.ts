import {
  argumentsSchema,
  checkArguments,
  FLOATS,
  IMAGE,
  NUMBER,
  optionsSchema,
  type Schema,
} from "../../arguments.ts";
import { PermutohedralLattice } from "./permutohedral_lattice.ts";

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

/** The parameters of a random field. */
export const DENSE_CRF: Schema<DenseCrfOptions> = optionsSchema<DenseCrfOptions>({
  iterations: NUMBER,
  appearance: optionsSchema<DenseCrfOptions["appearance"]>({
    weight: NUMBER,
    sigmaSpace: NUMBER,
    sigmaColour: NUMBER,
  }),
  smoothness: optionsSchema<DenseCrfOptions["smoothness"]>({ weight: NUMBER, sigmaSpace: NUMBER }),
});

const ARGUMENTS = argumentsSchema({ image: IMAGE, unary: FLOATS, options: DENSE_CRF });

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
 * Runs on the processor; a pixel takes about 80 bytes and more where σ_β is small. {@linkcode denseCrfOnDevice} does the same on a device.
 *
 * @example
 * ```ts
 * import { denseCrf } from "../../../mod.ts";
 *
 * const image = new ImageData(8, 1);
 * for (let x = 0; x < 8; x++) image.data.fill(x < 4 ? 40 : 200, 4 * x, 4 * x + 3);
 * // Of the dark half three pixels are probably crack and one is uncertain.
 * const crack = [0.8, 0.45, 0.8, 0.8, 0.2, 0.2, 0.2, 0.2];
 * const unary = Float32Array.from(crack.flatMap((p) => [-Math.log(p), -Math.log(1 - p)]));
 * const probability = denseCrf(image, unary, {
 *   iterations: 5,
 *   appearance: { weight: 3, sigmaSpace: 10, sigmaColour: 20 },
 *   smoothness: { weight: 1, sigmaSpace: 1 },
 * });
 * console.log(probability[1] > 0.9); // true: it follows its neighbours
 * ```
 *
 * @param image H × W, RGB of 0..255; its alpha is left out.
 * @param unary H × W × 2, the negative log probabilities of crack and of no crack.
 * @returns H × W, the probability of crack, 0..1.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the unary has another length or a value that is not finite, or a parameter is out of range.
 */
export function denseCrf(
  image: ImageData,
  unary: Float32Array,
  options: DenseCrfOptions,
): Float32Array {
  checkArguments("solve the random field", ARGUMENTS, { image, unary, options });
  const { iterations, appearance, smoothness } = options;
  checkField(image, unary, options);
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

/** @throws {RangeError} as {@linkcode denseCrf} does. */
export function checkField(image: ImageData, unary: Float32Array, options: DenseCrfOptions): void {
  checkUnary(image, unary);
  checkOptions(options);
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

/** Options of {@linkcode meanField}. */
export interface MeanFieldOptions {
  /** The pairwise terms: what neighbours by a kernel pay for different classes. */
  readonly terms: readonly { readonly weight: number; readonly kernel: PairwiseKernel }[];
  readonly iterations: number;
}

/**
 * Mean field of a fully connected random field of two classes under Potts' compatibility: algorithm 1 of Krähenbühl and Koltun,
 * arXiv:1210.5644, all pixels at once. With Q(l) ∝ exp(−U(l) + Σ_m w_m K_m Q(l)) for both classes, the log odds z of class 0 follow
 *
 *     z ← U(1) − U(0) + Σ_m w_m K_m tanh(z / 2),
 *
 * since Q(0) − Q(1) = tanh(z / 2): one value a pixel is filtered, not two.
 *
 * @param unary U, two values a pixel: the negative log probabilities of class 0 and class 1.
 * @returns Q(0), one value a pixel, 0..1.
 */
export function meanField(unary: Float32Array, { terms, iterations }: MeanFieldOptions): Float32Array {
  const evidence = new Float32Array(unary.length / 2);
  for (let i = 0; i < evidence.length; i++) evidence[i] = unary[2 * i + 1] - unary[2 * i];
  const odds = evidence.slice();
  const difference = new Float32Array(odds.length), message = new Float32Array(odds.length);
  for (let iteration = 0; iteration < iterations; iteration++) {
    for (let i = 0; i < odds.length; i++) difference[i] = Math.tanh(odds[i] / 2);
    odds.set(evidence);
    for (const { weight, kernel } of terms) {
      kernel.apply(difference, message);
      for (let i = 0; i < odds.length; i++) odds[i] += weight * message[i];
    }
  }
  return odds.map((z) => 1 / (1 + Math.exp(-z)));
}

/** How strongly the pixels of an image are coupled: a matrix of pixels by pixels that is only ever applied. */
interface PairwiseKernel {
  /** The product of the matrix and a value a pixel. */
  apply(input: Float32Array, output: Float32Array): void;
}

/** Options of {@linkcode appearanceKernel}. */
export interface AppearanceOptions {
  /** σ_α: standard deviation in space, pixels. */
  sigmaSpace: number;
  /** σ_β: standard deviation of each of red, green and blue, levels of 0..255. */
  sigmaColour: number;
}

/** Standard deviations at which a Gaussian in space ends: what is left out is 4 · 10⁻⁶ of its peak. */
const REACH = 5;

/**
 * Near pixels of like colour: exp(−|p_i − p_j|² / 2σ_α² − |I_i − I_j|² / 2σ_β²), normalised, by the permutohedral lattice.
 */
export function appearanceKernel(
  { width, height, data }: ImageData,
  { sigmaSpace, sigmaColour }: AppearanceOptions,
): PairwiseKernel {
  const features = new Float32Array(width * height * 5);
  for (let i = 0, at = 0; i < width * height; i++) {
    features[at++] = i % width / sigmaSpace;
    features[at++] = Math.floor(i / width) / sigmaSpace;
    for (let channel = 0; channel < 3; channel++) features[at++] = data[4 * i + channel] / sigmaColour;
  }
  const lattice = new PermutohedralLattice(features, 5);
  return normalised(width * height, (input, output) => lattice.filter(input, output));
}

/** Near pixels: exp(−|p_i − p_j|² / 2σ_γ²), normalised, along rows and then along columns. */
export function smoothnessKernel(
  { width, height }: { readonly width: number; readonly height: number },
  { sigmaSpace }: { readonly sigmaSpace: number },
): PairwiseKernel {
  const reach = Math.min(Math.ceil(REACH * sigmaSpace), Math.max(width, height) - 1);
  const weights = Float64Array.from(
    { length: reach + 1 },
    (_, distance) => Math.exp(-(distance ** 2) / (2 * sigmaSpace ** 2)),
  );
  const rows = new Float32Array(width * height);
  return normalised(width * height, (input, output) => {
    for (let y = 0; y < height; y++) {
      const first = y * width, end = first + width;
      for (let i = first; i < end; i++) {
        let sum = input[i];
        const before = Math.min(reach, i - first), after = Math.min(reach, end - 1 - i);
        for (let k = 1; k <= before; k++) sum += weights[k] * input[i - k];
        for (let k = 1; k <= after; k++) sum += weights[k] * input[i + k];
        rows[i] = sum;
      }
    }
    output.fill(0);
    for (let y = 0; y < height; y++) {
      const to = y * width;
      for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++) {
        const weight = weights[Math.abs(v - y)], from = v * width;
        for (let x = 0; x < width; x++) output[to + x] += weight * rows[from + x];
      }
    }
  });
}

/** D^−½ K D^−½ with the diagonal matrix D of the sums of K's rows, so that a pixel with many neighbours like it weighs no more than another. */
function normalised(pixels: number, multiply: PairwiseKernel["apply"]): PairwiseKernel {
  const factors = new Float32Array(pixels);
  multiply(new Float32Array(pixels).fill(1), factors);
  // A pixel is its own neighbour: no sum is 0.
  for (let i = 0; i < pixels; i++) factors[i] = 1 / Math.sqrt(factors[i]);
  const scaled = new Float32Array(pixels);
  return {
    apply: (input, output) => {
      for (let i = 0; i < pixels; i++) scaled[i] = factors[i] * input[i];
      multiply(scaled, output);
      for (let i = 0; i < pixels; i++) output[i] *= factors[i];
    },
  };
}
