import { BATCH_NORM_EPSILON, biasName, type ConvUnit, kernelName, padding } from "./conv_unit.ts";
import { parameter, type Parameters } from "./parameters.ts";
import { tf } from "../tfjs.ts";

/** A convolution without a batch norm. */
interface Plain {
  readonly kernel: tf.Tensor4D;
  readonly bias: tf.Tensor1D;
}

interface Folded extends Plain {
  /** Identity of the values that it was made from: a variable that is assigned to gets another. */
  readonly made: readonly object[];
}

/**
 * Pictures of at most so many pixels are convolved by one matrix product: with 4 it saves 5 of 9 multiplications of a 3 × 3 kernel
 * and takes 16 / 9 of its memory, with more it would save little and take much.
 */
const DENSE_PIXELS = 4;

interface DenseSize {
  readonly height: number;
  readonly width: number;
  readonly padding: number;
}

/**
 * The convolutions of a network with their batch norms folded in, made at first use and kept until a parameter changes.
 *
 * γ (W ∗ x + b − μ) / √(σ² + ε) + β = (s W) ∗ x + (β + s (b − μ)), s = γ / √(σ² + ε): one fused kernel a unit instead of four.
 */
export class FoldedUnits implements Disposable {
  readonly #parameters: Parameters;
  readonly #consume: boolean;
  readonly #folded = new Map<string, Folded>();

  /** @param options `consume`: frees parameters once they are folded; they are then gone for everybody else, and cannot change. */
  constructor(parameters: Parameters, { consume = false }: { readonly consume?: boolean } = {}) {
    this.#parameters = parameters;
    this.#consume = consume;
  }

  /** The unit's output, normalised by the running statistics. */
  run(x: tf.Tensor4D, unit: ConvUnit): tf.Tensor4D {
    const { stride: strides, activation } = unit;
    const [count, height, width] = x.shape;
    const pad = padding(unit);
    const { kernel: filter, bias } = unit.batchNorm ? this.#fold(unit) : this.#plain(unit);
    if (unit.kind === "depthwise") {
      return tf.fused.depthwiseConv2d({ x, filter, strides, pad, bias, activation });
    }
    if (unit.side === 1 || height * width > DENSE_PIXELS || pad === "same") {
      return tf.fused.conv2d({ x, filter, strides, pad, bias, activation });
    }
    const dense = this.#densify(unit, { height, width, padding: pad });
    const flat = x.reshape<tf.Tensor4D>([count, 1, 1, -1]);
    const y = tf.fused.conv2d({
      x: flat,
      filter: dense.kernel,
      strides: 1,
      pad: 0,
      bias: dense.bias,
      activation,
    });
    const size = (pixels: number) => Math.ceil(pixels / unit.stride);
    return y.reshape([count, size(height), size(width), unit.outputs]);
  }

  #plain(unit: ConvUnit): Plain {
    return {
      kernel: parameter<tf.Rank.R4>(this.#parameters, kernelName(unit)),
      bias: parameter<tf.Rank.R1>(this.#parameters, biasName(unit)),
    };
  }

  /** The unit on pictures of that size, as one matrix. */
  #densify(unit: ConvUnit, { height, width, padding }: DenseSize): Folded {
    const { kernel, bias } = this.#fold(unit);
    return this.#keep(`${unit.name} of ${height} × ${width}`, [kernel, bias], () => {
      const dense = denseKernel(kernel, { height, width, stride: unit.stride, padding });
      return [dense, bias.tile([dense.shape[3] / unit.outputs])];
    });
  }

  #fold(unit: ConvUnit): Folded {
    const { name } = unit;
    const consumed = this.#consume ? this.#folded.get(name) : undefined;
    if (consumed) return consumed;
    const sources = [
      kernelName(unit),
      biasName(unit),
      `${name}_bn/gamma`,
      `${name}_bn/beta`,
      `${name}_bn/moving_mean`,
      `${name}_bn/moving_variance`,
    ].map((source) => parameter(this.#parameters, source));
    const [kernel, bias, gamma, beta, mean, variance] = sources;
    const folded = this.#keep(name, sources, () => {
      const scale = gamma.div(variance.add(BATCH_NORM_EPSILON).sqrt());
      return [kernel.mul(scale), beta.add(bias.sub(mean).mul(scale))];
    });
    if (this.#consume) tf.dispose(sources);
    return folded;
  }

  /** What was made of `sources` under that name, made anew where it is missing or one of them changed. */
  #keep(name: string, sources: readonly tf.Tensor[], make: () => [tf.Tensor4D, tf.Tensor1D]): Folded {
    const kept = this.#folded.get(name);
    if (kept && kept.made.every((made, i) => made === sources[i].dataId)) return kept;
    if (kept) tf.dispose([kept.kernel, kept.bias]);
    const [kernel, bias] = tf.tidy(make);
    const folded = {
      kernel: tf.keep(kernel),
      bias: tf.keep(bias),
      made: sources.map(({ dataId }) => dataId),
    };
    this.#folded.set(name, folded);
    return folded;
  }

  [Symbol.dispose](): void {
    for (const { kernel, bias } of this.#folded.values()) tf.dispose([kernel, bias]);
    this.#folded.clear();
  }
}

/** Options of {@linkcode denseKernel}. */
export interface DenseKernelOptions {
  /** Rows of the picture. */
  readonly height: number;
  /** Columns of the picture. */
  readonly width: number;
  readonly stride: number;
  /** Zeros around the picture on each side. */
  readonly padding: number;
}

/**
 * A convolution of pictures of one small size as one matrix: entry (i, o) is the weight that output value o gives input value i.
 *
 * A 3 × 3 convolution of a 2 × 2 picture multiplies 5 of every 9 weights by the zeros around it, of a single pixel 8 of 9: the
 * matrix leaves them out.
 *
 * @param kernel side × side × inputs × outputs.
 * @returns 1 × 1 × (height · width · inputs) × (rows out · columns out · outputs), to convolve a 1 × 1 picture with.
 */
export function denseKernel(kernel: tf.Tensor4D, options: DenseKernelOptions): tf.Tensor4D {
  const { height, width, stride, padding } = options;
  const [side, , inputs, outputs] = kernel.shape;
  const rows = Math.floor((height + 2 * padding - side) / stride) + 1;
  const columns = Math.floor((width + 2 * padding - side) / stride) + 1;
  return tf.tidy(() => {
    // Output pixel (y, x) gives input pixel (i, j) the weight K[i − stride · y + padding, j − stride · x + padding].
    const margin = Math.max(height, width) * stride;
    const padded = kernel.pad([[margin, margin], [margin, margin], [0, 0], [0, 0]]);
    const windows: tf.Tensor[] = [];
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const start = [margin + padding - stride * y, margin + padding - stride * x, 0, 0];
        windows.push(padded.slice(start, [height, width, inputs, outputs]));
      }
    }
    return tf.stack(windows, 3).reshape([1, 1, height * width * inputs, rows * columns * outputs]);
  });
}
