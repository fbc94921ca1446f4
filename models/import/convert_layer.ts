import type { ForeignTensor } from "./foreign_weights.ts";
import type { Layout } from "./layouts.ts";

/** The tensors of a layer in a file, under their roles. */
export interface TheirLayer {
  readonly kernel: ForeignTensor;
  readonly bias?: ForeignTensor;
  /** Missing γ is 1, missing β is 0, where Keras leaves them out. */
  readonly batchNorm?: {
    readonly gamma?: ForeignTensor;
    readonly beta?: ForeignTensor;
    readonly mean: ForeignTensor;
    readonly variance: ForeignTensor;
  };
}

/** The values of a layer of ours. */
export interface OurLayer {
  readonly kernel: Float32Array;
  /** What it adds. */
  readonly bias: Float32Array;
  readonly batchNorm?: {
    readonly gamma: Float32Array;
    readonly beta: Float32Array;
    readonly mean: Float32Array;
    readonly variance: Float32Array;
  };
}

/** Options of {@linkcode convertLayer}. */
export interface ConvertLayerOptions {
  readonly convention: Layout["convention"];
  readonly epsilon: Layout["epsilon"];
  /** Whether ours is a depthwise convolution, whose channels are the third axis of its kernel and not the fourth. */
  readonly depthwise: boolean;
  /** What of ours there is to take values: each changes nothing of what the layer computes. */
  readonly ours: { readonly bias: boolean; readonly batchNorm: boolean };
  /** Whether its inputs are blue, green, red and ours red, green, blue. */
  readonly bgr: boolean;
}

/**
 * A layer's values for our network, so that it computes the same by the running statistics: γ (k ∗ x + b − m) / √(v + ε) + β.
 *
 * - Another ε: γ becomes γ √((v + ε′) / (v + ε)), in float64. The running statistics stay what they are.
 * - A bias that ours lacks: m becomes m − b.
 * - A batch norm that theirs lacks: m = 0, v = 1, γ = √(1 + ε′), β = b.
 * - A batch norm that ours lacks: k becomes s k and the bias β + s (b − m), with s = γ / √(v + ε).
 */
export function convertLayer(theirs: TheirLayer, options: ConvertLayerOptions): OurLayer {
  const { epsilon, ours } = options;
  const kernel = orderKernel(theirs.kernel, options);
  const channels = channelsOf(theirs.kernel, options);
  const perChannel = (value: (channel: number) => number) =>
    Float32Array.from({ length: channels }, (_, i) => value(i));
  const bias = theirs.bias?.data ?? new Float32Array(channels);
  const none = new Float32Array(channels);
  if (theirs.batchNorm === undefined) {
    if (!ours.batchNorm) return { kernel, bias };
    const gamma = perChannel(() => Math.sqrt(1 + epsilon.ours));
    return {
      kernel,
      bias: none,
      batchNorm: { gamma, beta: bias, mean: none, variance: perChannel(() => 1) },
    };
  }
  const mean = theirs.batchNorm.mean.data, variance = theirs.batchNorm.variance.data;
  const gamma = theirs.batchNorm.gamma?.data ?? perChannel(() => 1);
  const beta = theirs.batchNorm.beta?.data ?? none;
  if (ours.batchNorm) {
    return {
      kernel,
      bias: ours.bias ? bias : none,
      batchNorm: {
        gamma: perChannel((i) =>
          gamma[i] * Math.sqrt((variance[i] + epsilon.ours) / (variance[i] + epsilon.theirs))
        ),
        beta,
        mean: ours.bias ? mean : perChannel((i) => mean[i] - bias[i]),
        variance,
      },
    };
  }
  const scale = Array.from(gamma, (value, i) => value / Math.sqrt(variance[i] + epsilon.theirs));
  return {
    // Both orders of the axes end with the channels: height × width × inputs × outputs, or × channels × 1.
    kernel: kernel.map((value, i) => value * scale[i % channels]),
    bias: perChannel((i) => beta[i] + scale[i] * (bias[i] - mean[i])),
  };
}

/** The shape that a kernel of theirs has in our order of axes. */
export function orderedShape(
  { shape }: ForeignTensor,
  { convention, depthwise }: Pick<ConvertLayerOptions, "convention" | "depthwise">,
): readonly number[] {
  if (convention === "keras") return shape;
  if (shape.length === 2) return [shape[1], shape[0]];
  if (shape.length !== 4) return shape;
  const [outputs, inputs, height, width] = shape;
  return depthwise ? [height, width, outputs, inputs] : [height, width, inputs, outputs];
}

function channelsOf(kernel: ForeignTensor, options: ConvertLayerOptions): number {
  const shape = orderedShape(kernel, options);
  return options.depthwise ? shape[2] : shape[shape.length - 1];
}

/** Height × width × inputs × outputs of outputs × inputs × height × width, inputs × outputs of outputs × inputs; RGB of BGR. */
function orderKernel(
  kernel: ForeignTensor,
  { convention, depthwise, bgr }: ConvertLayerOptions,
): Float32Array {
  const { data, shape } = kernel;
  if (convention === "keras" && !bgr) return data;
  // A dense layer is a convolution of 1 × 1 here.
  const [outputs, inputs, area] = convention === "pytorch"
    ? [shape[0], shape[1], (shape[2] ?? 1) * (shape[3] ?? 1)]
    : [shape[shape.length - 1], shape[shape.length - 2], shape.slice(0, -2).reduce((a, b) => a * b, 1)];
  const ordered = new Float32Array(data.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      const from = bgr ? inputs - 1 - i : i;
      for (let k = 0; k < area; k++) {
        const source = convention === "pytorch"
          ? (o * inputs + from) * area + k
          : (k * inputs + from) * outputs + o;
        // Each channel of a depthwise kernel of PyTorch has one input: outputs × 1 × height × width.
        ordered[depthwise ? (k * outputs + o) * inputs + i : (k * inputs + i) * outputs + o] = data[source];
      }
    }
  }
  return ordered;
}
