import type { TfjsTensor } from "./tfjs_model.ts";
import type { InputScaling } from "../layers/network.ts";
import { tf } from "../tfjs.ts";

/** Name of the layer that scales the picture. */
const SCALING = "scaling";

/** Starts a model: pictures of any size, N × H × W × 3, RGB 0..255, and the layer that scales them. */
export function startLayers(): { readonly input: tf.SymbolicTensor; readonly scaled: tf.SymbolicTensor } {
  const input = tf.input({ shape: [null, null, 3] });
  const scaling = tf.layers.depthwiseConv2d({ name: SCALING, kernelSize: 1, depthwiseInitializer: "zeros" });
  return { input, scaled: scaling.apply(input) as tf.SymbolicTensor };
}

/** The values of that layer: (x − offset) / divisor as x ∗ (1 / divisor) − offset / divisor. */
export function scalingTensors({ offset, divisor }: InputScaling): [string, TfjsTensor][] {
  const of = (value: InputScaling["offset"], channel: number) =>
    typeof value === "number" ? value : value[channel];
  const channels = [0, 1, 2];
  return [
    [`${SCALING}/depthwise_kernel`, {
      shape: [1, 1, 3, 1],
      data: Float32Array.from(channels, (i) => 1 / of(divisor, i)),
    }],
    [`${SCALING}/bias`, {
      shape: [3],
      data: Float32Array.from(channels, (i) => -of(offset, i) / of(divisor, i)),
    }],
  ];
}

/** A convolution as tfjs' layers have it. */
export interface ConvolutionLayer {
  readonly name: string;
  readonly kind: "convolution" | "depthwise" | "transposed";
  readonly side: number;
  readonly stride: number;
  /** Zeros around the picture on each side, or TensorFlow's rule. */
  readonly padding: number | "same";
  /** The layer of the zeros, where there are any. */
  readonly paddingName: string;
  readonly outputs: number;
  readonly bias: boolean;
}

/** Appends a convolution. */
export function applyConvolution(x: tf.SymbolicTensor, layer: ConvolutionLayer): tf.SymbolicTensor {
  const { name, kind, side, stride, padding, outputs, bias } = layer;
  const zeros = padding === "same" ? 0 : padding;
  const padded = zeros > 0 ? pad(x, { name: layer.paddingName, zeros }) : x;
  const settings = {
    name,
    kernelSize: side,
    strides: stride,
    padding: padding === "same" ? "same" as const : "valid" as const,
    useBias: bias,
  };
  if (kind === "depthwise") {
    return tf.layers.depthwiseConv2d({ ...settings, depthwiseInitializer: "zeros" })
      .apply(padded) as tf.SymbolicTensor;
  }
  const options = { ...settings, filters: outputs, kernelInitializer: "zeros" as const };
  const made = kind === "transposed" ? tf.layers.conv2dTranspose(options) : tf.layers.conv2d(options);
  return made.apply(padded) as tf.SymbolicTensor;
}

/** Appends a batch norm. */
export function normalize(
  x: tf.SymbolicTensor,
  options: { readonly name: string; readonly epsilon: number },
): tf.SymbolicTensor {
  return tf.layers.batchNormalization(options).apply(x) as tf.SymbolicTensor;
}

/** Appends zeros around the picture. */
export function pad(
  x: tf.SymbolicTensor,
  { name, zeros }: { readonly name: string; readonly zeros: number },
): tf.SymbolicTensor {
  const layer = tf.layers.zeroPadding2d({ name: `${name}_pad`, padding: [zeros, zeros] });
  return layer.apply(x) as tf.SymbolicTensor;
}

/** Appends an activation. */
export function activate(
  x: tf.SymbolicTensor,
  options: { readonly name: string; readonly activation: "relu" | "relu6" | "swish" | "sigmoid" },
): tf.SymbolicTensor {
  return tf.layers.activation(options).apply(x) as tf.SymbolicTensor;
}
