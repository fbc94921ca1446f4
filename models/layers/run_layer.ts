import { tf } from "../tfjs.ts";
import { batchNormTrain, updateRunningStatistics } from "./batch_norm.ts";
import { convolveEnlarged } from "./bilinear.ts";
import { type FoldedLayer, type FoldedLayers, foldLayer } from "./folded_layers.ts";
import {
  type Activation,
  biasName,
  kernelName,
  type Layer,
  type LayerBatchNorm,
  layerOutputSize,
} from "./layer.ts";
import { parameter, type Parameters } from "./parameters.ts";
import { swish } from "./swish.ts";

/** How layers are run. */
export interface LayerRun {
  /** Their values, by the names of their specs. */
  readonly parameters: Parameters;
  /** Keeps layers with their batch norms folded in from one prediction to the next. Default: they are folded each time. */
  readonly folded?: FoldedLayers;
  /** Whether batch norms normalise by the batch, which moves their running statistics, or by the running statistics. */
  readonly training: boolean;
  /** Share of the running statistics that one step keeps. Default 0.9. */
  readonly momentum?: number;
}

/**
 * Runs one layer. In training a batch norm normalises by the statistics of the batch, which move the running ones; else it is folded into
 * the kernel. Differentiable in both.
 */
export function runLayer(x: tf.Tensor4D, layer: Layer, run: LayerRun): tf.Tensor4D {
  const { parameters, folded, training } = run;
  const { batchNorm, activation } = layer;
  return tf.tidy(() => {
    if (training) {
      if (batchNorm !== undefined) return trainNormalized(x, layer, batchNorm, run);
      return convolve(x, layer, slowed(foldLayer(layer, parameters), layer), { activation, fuse: false });
    }
    const [count, height, width] = x.shape;
    const dense = folded?.denseOf(layer, { height, width });
    if (dense === undefined) {
      const convolution = folded?.of(layer) ?? foldLayer(layer, parameters);
      return runFolded(x, layer, convolution);
    }
    const product = { ...layer, side: 1, stride: 1, padding: 0 };
    const y = runFolded(x.reshape([count, 1, 1, -1]), product, dense);
    const { height: rows, width: columns } = layerOutputSize(layer, { height, width });
    return y.reshape([count, rows, columns, layer.outputs]);
  });
}

/** A layer with other values than its own parameters, as prediction runs it. */
export function runFolded(x: tf.Tensor4D, layer: Layer, values: FoldedLayer): tf.Tensor4D {
  return convolve(x, layer, values, { activation: layer.activation, fuse: true });
}

/** The same values, whose gradients are multiplied by the layer's rate. */
function slowed({ kernel, bias }: FoldedLayer, { rate = 1 }: Layer): FoldedLayer {
  if (rate === 1) return { kernel, bias };
  const slow = tf.customGrad((...inputs) => {
    const [values] = inputs as [tf.Tensor];
    return { value: values.clone(), gradFunc: (dy: tf.Tensor) => dy.mul(rate) };
  });
  return { kernel: slow(kernel) as tf.Tensor4D, bias: bias && slow(bias) as tf.Tensor1D };
}

/**
 * A layer whose batch norm normalises by the statistics of the batch. Its bias is left out, since the batch's mean takes it away again;
 * the running mean includes it.
 */
function trainNormalized(
  x: tf.Tensor4D,
  layer: Layer,
  { name, epsilon }: LayerBatchNorm,
  { parameters, momentum = 0.9 }: LayerRun,
): tf.Tensor4D {
  const { outputs, activation } = layer;
  const { kernel } = slowed({ kernel: parameter<tf.Rank.R4>(parameters, kernelName(layer)) }, layer);
  const convolved = convolve(x, layer, { kernel }, { activation: "linear", fuse: false });
  const relu = activation === "relu";
  const gamma = parameter<tf.Rank.R1>(parameters, `${name}/gamma`);
  const beta = parameter<tf.Rank.R1>(parameters, `${name}/beta`);
  const { y, mean, variance } = batchNormTrain(convolved, gamma, beta, epsilon, { relu });
  updateRunningStatistics({
    mean: layer.bias ? mean.add(parameter<tf.Rank.R1>(parameters, biasName(layer))) : mean,
    variance,
    count: convolved.size / outputs,
    runningMean: parameter(parameters, `${name}/moving_mean`),
    runningVariance: parameter(parameters, `${name}/moving_variance`),
    momentum,
  });
  return relu ? y : runActivation(y, activation);
}

function convolve(
  x: tf.Tensor4D,
  { kind, stride, padding: pad, outputs, biasApart, enlarge = 1 }: Layer,
  { kernel: filter, bias }: FoldedLayer,
  // tfjs adds bias and activation in two more passes where it fuses under a gradient: there only the bias is fused.
  { activation, fuse }: { readonly activation: Activation; readonly fuse: boolean },
): tf.Tensor4D {
  if (kind === "transposed") {
    const [n, height, width] = x.shape;
    const size: [number, number, number, number] = [n, stride * height, stride * width, outputs];
    const enlarged = tf.conv2dTranspose(x, filter, size, stride, pad);
    return runActivation(bias ? enlarged.add(bias) : enlarged, activation);
  }
  if (enlarge > 1) return runActivation(convolveEnlarged(x, { kernel: filter, bias }, enlarge), activation);
  if (!fuse && (bias === undefined || biasApart)) {
    // The gradients of tfjs' fused operations contain that of the image, wanted or not: these have it where it is wanted.
    const convolution = kind === "depthwise" ? tf.depthwiseConv2d<tf.Tensor4D> : tf.conv2d<tf.Tensor4D>;
    const convolved = convolution(x, filter, stride, pad);
    return runActivation(bias ? convolved.add(bias) : convolved, activation);
  }
  const convolution = kind === "depthwise" ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
  const options = { x, filter, strides: stride, pad, bias };
  if (fuse && (activation === "relu" || activation === "relu6")) {
    return convolution({ ...options, activation });
  }
  return runActivation(convolution(options), activation);
}

const ACTIVATIONS: Readonly<Record<Activation, (x: tf.Tensor4D) => tf.Tensor4D>> = {
  linear: (x) => x,
  relu: (x) => x.relu(),
  relu6: (x) => x.relu6(),
  swish,
  sigmoid: (x) => x.sigmoid(),
};

/** Applies an activation to each value. Differentiable on every backend. */
export function runActivation(x: tf.Tensor4D, activation: Activation): tf.Tensor4D {
  return ACTIVATIONS[activation](x);
}
