import { batchNormTrain, updateRunningStatistics } from "./batch_norm.ts";
import { parameter, type ParameterSpec } from "./parameters.ts";
import { tf } from "../tfjs.ts";
import { convolveEnlarged } from "./bilinear.ts";
import { type FoldedLayer, foldLayer, kernelName } from "./folded_layers.ts";
import type { SegmentationRun } from "../segmenter/segmentation_network.ts";

/** A layer's batch norm, whose parameters are `<name>/gamma`, `<name>/beta`, `<name>/moving_mean`, `<name>/moving_variance`. */
export interface LayerBatchNorm {
  readonly name: string;
  /** Added to the variance. */
  readonly epsilon: number;
}

/** A convolution, what is added to it, and its activation: what segmentation networks are built of. */
export interface Layer {
  /** Prefix of its parameters' names: `<name>/kernel` (`<name>/depthwise_kernel`) and `<name>/bias`. */
  readonly name: string;
  /**
   * - `convolution`: each output sums over all inputs;
   * - `depthwise`: over one channel only, as many outputs as inputs;
   * - `transposed`: the transpose of a convolution, which enlarges the picture `stride` times.
   */
  readonly kind: "convolution" | "depthwise" | "transposed";
  /** Side of the square kernel. */
  readonly side: number;
  readonly stride: number;
  /** Zeros around the picture on each side, or TensorFlow's rule: as few as possible, at the right and bottom first. */
  readonly padding: number | "same";
  /** Channels in. */
  readonly inputs: number;
  /** Channels out. */
  readonly outputs: number;
  /** What is added to the convolution: a batch norm would take a bias away again, so that no layer has both. */
  readonly shift: "none" | "bias" | LayerBatchNorm;
  readonly activation: LayerActivation;
  /** How many times the picture is enlarged first, bilinearly, for a 3 × 3 convolution of stride 1. Default 1. */
  readonly enlarge?: number;
}

/** Keras' axes of the outputs and inputs in a kernel's shape after its two sides. */
function channelAxes({ kind, inputs, outputs }: Layer): [number, number] {
  return kind === "convolution" ? [inputs, outputs] : kind === "depthwise" ? [inputs, 1] : [outputs, inputs];
}

/**
 * The parameters of a layer. The kernel is drawn evenly with variance 2 / fan-in (He et al. 2015, eq. 10, doi:10.1109/ICCV.2015.123): a
 * uniform distribution of that variance has the bound √(6 / fan-in).
 */
export function layerSpecs(layer: Layer): [string, ParameterSpec][] {
  const { name, kind, side, stride, inputs, outputs, shift } = layer;
  const perChannel = (constant: number, trainable: boolean): ParameterSpec => ({
    shape: [outputs],
    initial: { constant },
    trainable,
  });
  // A pixel of an enlarged picture lies under side / stride windows along each axis.
  const taps = kind === "transposed" ? (side / stride) ** 2 : side ** 2;
  const fanIn = taps * (kind === "depthwise" ? 1 : inputs);
  const specs: [string, ParameterSpec][] = [
    [kernelName(layer), {
      shape: [side, side, ...channelAxes(layer)],
      initial: { bound: Math.sqrt(6 / fanIn) },
      trainable: true,
    }],
  ];
  if (shift === "none") return specs;
  if (shift === "bias") return [...specs, [`${name}/bias`, perChannel(0, true)]];
  return [
    ...specs,
    [`${shift.name}/gamma`, perChannel(1, true)],
    [`${shift.name}/beta`, perChannel(0, true)],
    [`${shift.name}/moving_mean`, perChannel(0, false)],
    [`${shift.name}/moving_variance`, perChannel(1, false)],
  ];
}

/**
 * Runs one layer. In training a batch norm normalises by the statistics of the batch, which move the running ones; else it is folded into
 * the kernel. Differentiable in both.
 */
export function runLayer(x: tf.Tensor4D, layer: Layer, run: SegmentationRun): tf.Tensor4D {
  const { parameters, folded, training, momentum = 0.9 } = run;
  const { shift, activation } = layer;
  return tf.tidy(() => {
    if (!training || typeof shift === "string") {
      const convolution = folded?.of(layer, parameters) ?? foldLayer(layer, parameters);
      return convolve(x, layer, convolution, { activation, fuse: !training });
    }
    const kernel = parameter<tf.Rank.R4>(parameters, kernelName(layer));
    const convolved = convolve(x, layer, { kernel }, { activation: "linear", fuse: false });
    const relu = activation === "relu";
    const gamma = parameter<tf.Rank.R1>(parameters, `${shift.name}/gamma`);
    const beta = parameter<tf.Rank.R1>(parameters, `${shift.name}/beta`);
    const { y, mean, variance } = batchNormTrain(convolved, gamma, beta, shift.epsilon, { relu });
    updateRunningStatistics({
      mean,
      variance,
      count: convolved.size / layer.outputs,
      runningMean: parameter(parameters, `${shift.name}/moving_mean`),
      runningVariance: parameter(parameters, `${shift.name}/moving_variance`),
      momentum,
    });
    return relu ? y : runActivation(y, activation);
  });
}

function convolve(
  x: tf.Tensor4D,
  { kind, stride, padding: pad, outputs, enlarge = 1 }: Layer,
  { kernel: filter, bias }: FoldedLayer,
  // tfjs adds bias and activation in two more passes where it fuses under a gradient: there only the bias is fused.
  { activation, fuse }: { readonly activation: LayerActivation; readonly fuse: boolean },
): tf.Tensor4D {
  if (kind === "transposed") {
    const [n, height, width] = x.shape;
    const size: [number, number, number, number] = [n, stride * height, stride * width, outputs];
    const enlarged = tf.conv2dTranspose(x, filter, size, stride, pad);
    return runActivation(bias ? enlarged.add(bias) : enlarged, activation);
  }
  if (enlarge > 1) return runActivation(convolveEnlarged(x, { kernel: filter, bias }, enlarge), activation);
  const convolution = kind === "depthwise" ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
  const options = { x, filter, strides: stride, pad, bias };
  if (fuse && activation === "relu") return convolution({ ...options, activation });
  return runActivation(convolution(options), activation);
}

/** What follows a convolution: nothing, max(0, x), x σ(x) or σ(x), with σ(x) = 1 / (1 + e⁻ˣ). */
type LayerActivation = "linear" | "relu" | "swish" | "sigmoid";

const ACTIVATIONS: Readonly<Record<LayerActivation, (x: tf.Tensor4D) => tf.Tensor4D>> = {
  linear: (x) => x,
  relu: (x) => x.relu(),
  swish: (x) => swish(x),
  sigmoid: (x) => x.sigmoid(),
};

/** Applies an activation to each value. Differentiable on every backend. */
export function runActivation(x: tf.Tensor4D, activation: LayerActivation): tf.Tensor4D {
  return ACTIVATIONS[activation](x);
}

/**
 * y = x σ(x) and its gradient dy σ(x) (1 + x (1 − σ(x))), as one operation: the tape keeps x alone.
 * Ramachandran, Zoph & Le (2017), https://arxiv.org/abs/1710.05941.
 */
const swish = tf.customGrad((...inputs) => {
  const [x, save] = inputs as unknown as [tf.Tensor4D, tf.GradSaveFunc];
  save([x]);
  return {
    value: x.mul<tf.Tensor4D>(x.sigmoid()),
    gradFunc: (dy: tf.Tensor, [x]: tf.Tensor[]) => {
      const share = x.sigmoid();
      return dy.mul(share.mul(x.mul(tf.scalar(1).sub(share)).add(1)));
    },
  };
}) as (x: tf.Tensor4D) => tf.Tensor4D;
