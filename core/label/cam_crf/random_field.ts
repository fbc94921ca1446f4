import { argumentsSchema, checkArguments, FLOATS, IMAGE } from "../../arguments.ts";
import type { Compute, Plane } from "../../gpu/compute.ts";
import { COMPUTE } from "../../gpu/schemas.ts";
import { uploadImage } from "../../images/upload_image.ts";
import {
  type ColourDeviations,
  type ColourLattice,
  holdsColourLattice,
  openColourLattice,
} from "../../kernels/colour_lattice.ts";
import { gaussianSums, gaussianWindow } from "../../kernels/gaussian_window.ts";
import { type MeanFieldStep, meanFieldStep } from "../../kernels/mean_field.ts";
import {
  appearanceKernel,
  checkField,
  DENSE_CRF,
  type DenseCrfOptions,
  meanField,
  smoothnessKernel,
} from "./dense_crf.ts";

/** The deviations of a field's kernels; one that is left out says nothing. */
export interface FieldKernels {
  readonly appearance?: ColourDeviations;
  readonly smoothness?: { readonly sigmaSpace: number };
}

/** What solutions of a field may differ in. */
export interface FieldWeights {
  readonly iterations: number;
  /** w₁ */
  readonly appearance: number;
  /** w₂ */
  readonly smoothness: number;
}

/** The fully connected random field of a photo: its kernels, which take longer to make than to solve with. */
export interface RandomField extends Disposable {
  /**
   * Solves it by mean field.
   *
   * @param unary H × W × 2, the negative log probabilities of class 0 and class 1, finite.
   * @returns H × W, the probability of class 0, 0..1.
   */
  solve(unary: Float32Array, weights: FieldWeights): Promise<Float32Array<ArrayBuffer>>;
}

/** The field of a photo, on the device where that can hold it, else on the processor. */
export async function openField(
  compute: Compute,
  image: ImageData,
  kernels: FieldKernels,
): Promise<RandomField> {
  const { appearance } = kernels;
  if (appearance && !holdsColourLattice(compute, image, appearance)) return processorField(image, kernels);
  using photo = uploadImage(compute, image);
  const lattice = appearance && await openColourLattice(photo, { ...appearance, normalised: true });
  return new DeviceField(photo, lattice, kernels);
}

const ARGUMENTS = argumentsSchema({ compute: COMPUTE, image: IMAGE, unary: FLOATS, options: DENSE_CRF });

/**
 * The random field of {@linkcode denseCrf}, solved on the device, faster even where the processor stands in for a GPU. The probabilities of photos are the
 * same to about 10⁻⁵, of drawings whose colours lie on borders of the lattice to about 10⁻³, and they are the same each time. A photo that the device cannot hold at once, from about two
 * megapixels on where a binding shows 128 MiB, is solved on the processor.
 *
 * @example
 * ```ts
 * import { decodeImage, defaultCrf, denseCrfOnDevice, openCompute } from "../../../mod.ts";
 *
 * using compute = await openCompute();
 * const image = await decodeImage(await Deno.readFile("tasks/demo/304.jpg"));
 * const { data } = image;
 * // Dark pixels are rather crack.
 * const crack = Float32Array.from({ length: image.width * image.height }, (_, i) => data[4 * i] < 90 ? 0.7 : 0.2);
 * const unary = Float32Array.from({ length: 2 * crack.length }, (_, i) => -Math.log(i % 2 === 0 ? crack[i / 2] : 1 - crack[(i - 1) / 2]));
 * const probability = await denseCrfOnDevice(compute, image, unary, defaultCrf);
 * console.log(probability.filter((p) => p > 0.5).length, "pixels are crack");
 * ```
 *
 * @param image H × W, RGB of 0..255; its alpha is left out.
 * @param unary H × W × 2, the negative log probabilities of crack and of no crack.
 * @returns H × W, the probability of crack, 0..1.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the unary has another length or a value that is not finite, or a parameter is out of range.
 */
export async function denseCrfOnDevice(
  compute: Compute,
  image: ImageData,
  unary: Float32Array,
  options: DenseCrfOptions,
): Promise<Float32Array<ArrayBuffer>> {
  checkArguments("solve the random field", ARGUMENTS, { compute, image, unary, options });
  checkField(image, unary, options);
  const { kernels, weights } = fieldOf(options);
  using field = await openField(compute, image, kernels);
  return await field.solve(unary, weights);
}

/** The kernels and the weights of parameters. A kernel that weighs nothing is none. */
export function fieldOf({ iterations, appearance, smoothness }: DenseCrfOptions): {
  readonly kernels: FieldKernels;
  readonly weights: FieldWeights;
} {
  const { weight: w1, ...near } = appearance;
  const { weight: w2, ...nearInSpace } = smoothness;
  return {
    kernels: { ...(w1 > 0 && { appearance: near }), ...(w2 > 0 && { smoothness: nearInSpace }) },
    weights: { iterations, appearance: w1, smoothness: w2 },
  };
}

function processorField(image: ImageData, { appearance, smoothness }: FieldKernels): RandomField {
  const near = appearance && appearanceKernel(image, appearance);
  const nearInSpace = smoothness && smoothnessKernel(image, smoothness);
  return {
    solve: (unary, { iterations, ...weights }) => {
      const terms = [
        ...(near ? [{ weight: weights.appearance, kernel: near }] : []),
        ...(nearInSpace ? [{ weight: weights.smoothness, kernel: nearInSpace }] : []),
      ];
      return Promise.resolve(Float32Array.from(meanField(unary, { iterations, terms })));
    },
    [Symbol.dispose]: () => {},
  };
}

/** The same on the device, in single precision. */
class DeviceField implements RandomField {
  readonly #compute: Compute;
  readonly #size: { readonly width: number; readonly height: number };
  readonly #lattice: ColourLattice | undefined;
  readonly #smoothness: FieldKernels["smoothness"];
  /** D^−½ of the kernel of place, D being the sums of its rows: H × W. */
  readonly #factors: Float32Array;

  /** @param lattice the field's own from now on. */
  constructor(
    { compute, width, height }: Plane,
    lattice: ColourLattice | undefined,
    { smoothness }: FieldKernels,
  ) {
    this.#compute = compute;
    this.#size = { width, height };
    this.#lattice = lattice;
    this.#smoothness = smoothness;
    this.#factors = smoothness
      ? inverseRoots(width, height, smoothness.sigmaSpace)
      : new Float32Array(width * height);
  }

  async solve(unary: Float32Array, weights: FieldWeights): Promise<Float32Array<ArrayBuffer>> {
    const factors = this.#factors;
    const data = new Float32Array(unary.length);
    for (let i = 0; i < data.length; i += 2) {
      data[i] = unary[i + 1] - unary[i];
      data[i + 1] = factors[i / 2];
    }
    using evidence = this.#compute.upload({ ...this.#size, channels: 2, data });
    /** One step, and the sums that it opens for the next one, if there is one. */
    const step = (iteration: number, terms: Omit<MeanFieldStep, "evidence" | "next">) => {
      using opened = new DisposableStack();
      const next = opened.use(iteration < weights.iterations ? this.#lattice?.openSums() : undefined);
      const difference = meanFieldStep({ evidence, ...terms, ...(next && { next }) });
      opened.move();
      return { difference, next };
    };
    let { difference, next } = step(0, {});
    for (let iteration = 1; iteration <= weights.iterations; iteration++) {
      using before = difference;
      using sums = next;
      using values = sums && this.#lattice?.blur(sums);
      using near = this.#smoothness && gaussianWindow(before, this.#smoothness.sigmaSpace);
      ({ difference, next } = step(iteration, {
        ...(values && { appearance: { values, weight: weights.appearance } }),
        ...(near && { smoothness: { sums: near, weight: weights.smoothness } }),
      }));
    }
    using last = difference;
    const values = await last.read();
    const probability = new Float32Array(factors.length);
    for (let i = 0; i < probability.length; i++) probability[i] = (1 + values[2 * i]) / 2;
    return probability;
  }

  [Symbol.dispose](): void {
    this.#lattice?.[Symbol.dispose]();
  }
}

function inverseRoots(width: number, height: number, sigma: number): Float32Array {
  const [columns, rows] = [width, height].map((length) => gaussianSums(length, sigma));
  const factors = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) factors[i] = 1 / Math.sqrt(columns[x] * rows[y]);
  }
  return factors;
}
