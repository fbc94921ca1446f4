import { tf } from "../tfjs.ts";
import { biasName, type ImageSize, kernelName, type Layer } from "./layer.ts";
import { parameter, type Parameters } from "./parameters.ts";

/** A kernel and what is added to each output channel. */
export interface FoldedLayer {
  readonly kernel: tf.Tensor4D;
  readonly bias?: tf.Tensor1D;
}

interface CachedLayer {
  readonly folded: FoldedLayer;
  /** Identities of the values that it was made from: a variable that is assigned to gets another. */
  readonly sources: readonly object[];
}

/**
 * Images of at most so many pixels are convolved by one matrix product: with 4 it saves 5 of 9 multiplications of a 3 × 3 kernel
 * and takes 16 / 9 of its memory, with more it would save little and take much.
 */
const DENSE_PIXELS = 4;

/** The layers of a network with their batch norms folded in, made at first use and kept until a parameter changes. */
export class FoldedLayers implements Disposable {
  readonly #parameters: Parameters;
  readonly #consume: boolean;
  readonly #cache = new Map<string, CachedLayer>();

  /** @param options `consume`: frees parameters once they are folded; nothing else may use or change them then. */
  constructor(parameters: Parameters, { consume = false }: { readonly consume?: boolean } = {}) {
    this.#parameters = parameters;
    this.#consume = consume;
  }

  /** A layer with the values that it has now. It stays this object's, and without a batch norm it is the parameters themselves. */
  of(layer: Layer): FoldedLayer {
    if (layer.batchNorm === undefined) return foldLayer(layer, this.#parameters);
    const consumed = this.#consume ? this.#cache.get(layer.name) : undefined;
    if (consumed) return consumed.folded;
    const sources = sourcesOf(layer).map((source) => parameter(this.#parameters, source));
    const folded = this.#cached(layer.name, sources, () => foldLayer(layer, this.#parameters));
    if (this.#consume) tf.dispose(sources);
    return folded;
  }

  /** The layer on images of that size as one matrix, where that is worth its memory: see {@linkcode denseKernel}. */
  denseOf(layer: Layer, { height, width }: ImageSize): FoldedLayer | undefined {
    const { name, kind, side, stride, padding, outputs } = layer;
    if (kind !== "convolution" || side === 1 || padding === "same" || height * width > DENSE_PIXELS) {
      return undefined;
    }
    const { kernel, bias } = this.of(layer);
    return this.#cached(`${name} of ${height} × ${width}`, bias ? [kernel, bias] : [kernel], () => {
      const dense = denseKernel(kernel, { height, width, stride, padding });
      return { kernel: dense, bias: bias?.tile([dense.shape[3] / outputs]) };
    });
  }

  [Symbol.dispose](): void {
    for (const cached of this.#cache.values()) dispose(cached);
    this.#cache.clear();
  }

  /** What was made of `sources` under that name, made anew where it is missing or one of them changed. */
  #cached(name: string, sources: readonly tf.Tensor[], make: () => FoldedLayer): FoldedLayer {
    const before = this.#cache.get(name);
    if (before?.sources.every((id, i) => id === sources[i].dataId)) return before.folded;
    if (before) dispose(before);
    const [kernel, bias] = tf.tidy(() => {
      const { kernel, bias } = make();
      return bias ? [kernel, bias] : [kernel];
    }) as [tf.Tensor4D, tf.Tensor1D?];
    const folded = { kernel: tf.keep(kernel), bias: bias && tf.keep(bias) };
    this.#cache.set(name, { folded, sources: sources.map(({ dataId }) => dataId) });
    return folded;
  }
}

function dispose({ folded: { kernel, bias } }: CachedLayer): void {
  tf.dispose(bias ? [kernel, bias] : [kernel]);
}

/** The names of what a layer with a batch norm is folded from. */
function sourcesOf(layer: Layer): string[] {
  const norm = ["gamma", "beta", "moving_mean", "moving_variance"].map((of) =>
    `${layer.batchNorm?.name}/${of}`
  );
  return [kernelName(layer), ...layer.bias ? [biasName(layer)] : [], ...norm];
}

/**
 * A layer as prediction sees it. With the bias b, the running statistics m and v and s = γ / √(v + ε), γ (k ∗ x + b − m) / √(v + ε) + β is
 * one convolution by s k and one bias, β + s (b − m).
 */
export function foldLayer(layer: Layer, parameters: Parameters): FoldedLayer {
  const { kind, outputs, batchNorm } = layer;
  const kernel = parameter<tf.Rank.R4>(parameters, kernelName(layer));
  const bias = layer.bias ? parameter<tf.Rank.R1>(parameters, biasName(layer)) : undefined;
  if (batchNorm === undefined) return { kernel, bias };
  const [gamma, beta, mean, variance] = ["gamma", "beta", "moving_mean", "moving_variance"].map((of) =>
    parameter<tf.Rank.R1>(parameters, `${batchNorm.name}/${of}`)
  );
  const spread = variance.add<tf.Tensor1D>(batchNorm.epsilon);
  // The two are equal but for the last bit: networks with and without biases were written apart, and those in use keep their outputs.
  const scale = bias ? gamma.div<tf.Tensor1D>(spread.sqrt()) : gamma.mul<tf.Tensor1D>(spread.rsqrt());
  return {
    kernel: kernel.mul(kind === "convolution" ? scale : scale.reshape([outputs, 1])),
    bias: bias ? beta.add(bias.sub(mean).mul(scale)) : beta.sub(mean.mul(scale)),
  };
}

/** Options of {@linkcode denseKernel}. */
export interface DenseKernelOptions extends ImageSize {
  readonly stride: number;
  /** Zeros around the image on each side. */
  readonly padding: number;
}

/**
 * A convolution of images of one small size as one matrix: entry (i, o) is the weight that output value o gives input value i.
 *
 * A 3 × 3 convolution of a 2 × 2 image multiplies 5 of every 9 weights by the zeros around it, of a single pixel 8 of 9: the
 * matrix leaves them out.
 *
 * @param kernel side × side × inputs × outputs.
 * @returns 1 × 1 × (height · width · inputs) × (rows out · columns out · outputs), to convolve a 1 × 1 image with.
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
