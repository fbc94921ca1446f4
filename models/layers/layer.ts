import { countParameters, type ParameterSpec } from "./parameters.ts";

/** What follows a convolution: nothing, max(0, x), that up to 6, x σ(x) or σ(x), with σ(x) = 1 / (1 + e⁻ˣ). */
export type Activation = "linear" | "relu" | "relu6" | "swish" | "sigmoid";

/** A layer's batch norm, whose parameters are `<name>/gamma`, `<name>/beta`, `<name>/moving_mean`, `<name>/moving_variance`. */
export interface LayerBatchNorm {
  readonly name: string;
  /** Added to the variance. */
  readonly epsilon: number;
  /** γ before training. Default 1. */
  readonly initialGamma?: 0 | 1;
}

/** A convolution, what is added to it, and its activation: what networks are built of. */
export interface Layer {
  readonly name: string;
  /** Prefix of its parameters' names: `<prefix>/kernel` (`<prefix>/depthwise_kernel`) and `<prefix>/bias`. Default: its name. */
  readonly prefix?: string;
  /**
   * - `convolution`: each output sums over all inputs;
   * - `depthwise`: over one channel only, as many outputs as inputs;
   * - `transposed`: the transpose of a convolution, which enlarges the image `stride` times.
   */
  readonly kind: "convolution" | "depthwise" | "transposed";
  /** Side of the square kernel. */
  readonly side: number;
  readonly stride: number;
  /** Zeros around the image on each side, or TensorFlow's rule: as few as possible, at the right and bottom first. */
  readonly padding: number | "same";
  /** Channels in. */
  readonly inputs: number;
  /** Channels out. */
  readonly outputs: number;
  /** Whether a bias is added. A batch norm takes it away again, so that training never moves it then; Keras' weights have one nonetheless. */
  readonly bias: boolean;
  /**
   * Whether training adds the bias to the finished convolution, where it is part of its sums else. That rounds otherwise: a network keeps
   * what it was trained by, so that its trainings can be repeated. Default false.
   */
  readonly biasApart?: boolean;
  readonly batchNorm?: LayerBatchNorm;
  readonly activation: Activation;
  /**
   * Share of the learning rate that kernel and bias learn by: below 1 for layers that begin with what another task has taught them. Their
   * gradients are multiplied by it. Default 1.
   */
  readonly rate?: number;
  /** How many times the image is enlarged first, bilinearly, for a 3 × 3 convolution of stride 1. Default 1. */
  readonly enlarge?: number;
}

/** A layer as networks write it: its inputs are the channels of what it is given, the rest is that of a 3 × 3 convolution. */
export type LayerOptions = Pick<Layer, "name" | "outputs"> & Partial<Layer>;

/** The layer that a network wrote, for a feature map of so many channels. */
export function layerOf(options: LayerOptions, inputs: number): Layer {
  return {
    kind: "convolution",
    side: 3,
    stride: 1,
    padding: "same",
    inputs,
    bias: false,
    activation: "linear",
    ...options,
  };
}

/** The name of a layer's kernel among the parameters. */
export function kernelName({ name, prefix = name, kind }: Layer): string {
  return kind === "depthwise" ? `${prefix}/depthwise_kernel` : `${prefix}/kernel`;
}

/** The name of a layer's bias among the parameters. */
export function biasName({ name, prefix = name }: Layer): string {
  return `${prefix}/bias`;
}

/** Keras' axes of the outputs and inputs in a kernel's shape after its two sides. */
function channelAxes({ kind, inputs, outputs }: Layer): [number, number] {
  return kind === "convolution" ? [inputs, outputs] : kind === "depthwise" ? [inputs, 1] : [outputs, inputs];
}

/**
 * The parameters of a layer. The kernel is drawn uniformly with variance 2 / fan-in (He et al. 2015, eq. 10,
 * doi:10.1109/ICCV.2015.123): a uniform distribution of that variance has the bound √(6 / fan-in).
 */
export function layerSpecs(layer: Layer): [string, ParameterSpec][] {
  const { kind, side, stride, inputs, outputs, bias, batchNorm } = layer;
  const perChannel = (constant: number, trainable: boolean): ParameterSpec => ({
    shape: [outputs],
    initial: { constant },
    trainable,
  });
  // A pixel of an enlarged image lies under side / stride windows along each axis.
  const taps = kind === "transposed" ? (side / stride) ** 2 : side ** 2;
  const fanIn = taps * (kind === "depthwise" ? 1 : inputs);
  const specs: [string, ParameterSpec][] = [
    [kernelName(layer), {
      shape: [side, side, ...channelAxes(layer)],
      initial: { bound: Math.sqrt(6 / fanIn) },
      trainable: true,
    }],
  ];
  if (bias) specs.push([biasName(layer), perChannel(0, batchNorm === undefined)]);
  if (batchNorm === undefined) return specs;
  const { name, initialGamma = 1 } = batchNorm;
  return [
    ...specs,
    [`${name}/gamma`, perChannel(initialGamma, true)],
    [`${name}/beta`, perChannel(0, true)],
    [`${name}/moving_mean`, perChannel(0, false)],
    [`${name}/moving_variance`, perChannel(1, false)],
  ];
}

/** Height and width of an image or feature map, in pixels. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/** Height and width of what a layer makes of an image. */
export function layerOutputSize(
  { kind, side, stride, padding, enlarge = 1 }: Layer,
  { height, width }: ImageSize,
): ImageSize {
  const along = (pixels: number): number => {
    if (kind === "transposed") return stride * pixels;
    if (enlarge > 1) return enlarge * pixels;
    if (padding === "same") return Math.ceil(pixels / stride);
    return Math.floor((pixels + 2 * padding - side) / stride) + 1;
  };
  return { height: along(height), width: along(width) };
}

/** One line of a network's summary, for one image. */
export interface LayerSummary {
  readonly name: string;
  /** What it does: `convolution 3 × 3`, `max-pool 2 × 2`, … */
  readonly kind: string;
  /** Height, width and channels of its output. */
  readonly output: readonly [height: number, width: number, channels: number];
  /** Numbers that it holds, running statistics included. */
  readonly parameters: number;
  /** Multiplications followed by an addition that its matrix products make. */
  readonly multiplyAdds: number;
}

/**
 * The line of a layer in the summary of a network. Only the products of its kernel count, one for each tap of each output, also where an
 * enlarging layer gets by with fewer.
 */
export function layerSummary(layer: Layer, size: ImageSize): LayerSummary {
  const { name, kind, side, inputs, outputs, enlarge = 1 } = layer;
  const { height, width } = layerOutputSize(layer, size);
  // A transposed convolution has each of its taps once for each pixel of the input.
  const { height: rows, width: columns } = kind === "transposed" ? size : { height, width };
  return {
    name,
    kind: `${enlarge > 1 ? `bilinear × ${enlarge}, ` : ""}${
      kind === "convolution" ? kind : `${kind} convolution`
    } ${side} × ${side}`,
    output: [height, width, outputs],
    parameters: countParameters(new Map(layerSpecs(layer))),
    multiplyAdds: rows * columns * side ** 2 * outputs * (kind === "depthwise" ? 1 : inputs),
  };
}
