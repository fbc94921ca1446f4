import { PermutohedralLattice } from "./permutohedral_lattice.ts";

/** How much the pixels of an image have to do with each other: a matrix of pixels by pixels that is only ever applied. */
export interface PairwiseKernel {
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

/** D^−½ K D^−½ with the diagonal matrix D of the sums of K's rows, so that a pixel with many neighbours like it has no more say than another. */
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
