import { CLASSES } from "../../core/label/classifier.ts";
import type { NetworkClassifier } from "../classifier/classifier.ts";
import type { InputScaling } from "../layers/input_scaling.ts";
import { type Layer, layerOf } from "../layers/layer.ts";
import type { LayerGraph } from "../layers/layer_graph.ts";
import type { Network } from "../layers/network.ts";
import type { Segmenter } from "../segmenter/segmenter.ts";
import { tf } from "../tfjs.ts";
import type { TfjsTensor } from "./tfjs_model.ts";

/** Name of the layer that scales the image. */
const SCALING = "scaling";

/** What tfjs has for an operation, by what the operation does. */
const OPERATIONS: Readonly<Record<string, (inputs: tf.SymbolicTensor[], name: string) => tf.SymbolicTensor>> =
  {
    "max-pool 2 × 2": ([x], name) => append(tf.layers.maxPooling2d({ name, poolSize: 2, strides: 2 }), x),
    "max-pool 3 × 3": ([x], name) => {
      // Zeros around are as good as −∞ after a ReLU.
      const padded = pad(x, { name: name.replace(/_pool$/, ""), zeros: 1 });
      return append(tf.layers.maxPooling2d({ name, poolSize: 3, strides: 2 }), padded);
    },
    "concatenation": (inputs, name) => append(tf.layers.concatenate({ name, axis: 3 }), inputs),
    "nearest × 2": ([x], name) => append(tf.layers.upSampling2d({ name, size: [2, 2] }), x),
    "addition": (inputs, name) => append(tf.layers.add({ name }), inputs),
    "product": (inputs, name) => append(tf.layers.multiply({ name }), inputs),
    "ReLU": ([x], name) => append(tf.layers.activation({ name, activation: "relu" }), x),
    "means of channels": ([x], name) => {
      const means = append(tf.layers.globalAveragePooling2d({ name }), x);
      return append(
        tf.layers.reshape({ name: `${name}_reshape`, targetShape: [1, 1, channelsOf(x)] }),
        means,
      );
    },
  };

/** The layers of a classifier as tfjs has them, up to its probabilities, all values zeros. The caller disposes of the model. */
export function layOutClassifier({ network, name, specs }: NetworkClassifier): tf.LayersModel {
  return layOut(network, name, (features) => {
    const means = append(tf.layers.globalAveragePooling2d({ name: "avg_pool" }), features);
    const dense = (name: string, units: number, activation: "relu" | "softmax") =>
      tf.layers.dense({ name, units, activation, kernelInitializer: "zeros" });
    const hidden = specs.get("hidden/bias");
    return append(
      dense("predictions", CLASSES.length, "softmax"),
      hidden ? append(dense("hidden", hidden.shape[0], "relu"), means) : means,
    );
  });
}

/**
 * The layers of a segmentation network as tfjs has them, up to the confidence of its prediction, all values zeros. The caller disposes of
 * the model.
 *
 * @throws {RangeError} for a network with a layer that tfjs lacks.
 */
export function layOutSegmenter({ network, name }: Segmenter): tf.LayersModel {
  return layOut(
    network,
    name,
    (logits) => append(tf.layers.activation({ name: "confidence", activation: "sigmoid" }), logits),
  );
}

/** The layers of a network as tfjs has them, and what follows its first output. It takes images of any size, N × H × W × 3, RGB 0..255. */
function layOut(
  network: Network,
  name: string,
  finish: (output: tf.SymbolicTensor) => tf.SymbolicTensor,
): tf.LayersModel {
  requireLayers(network, name);
  const input = tf.input({ shape: [null, null, 3] });
  const scaling = tf.layers.depthwiseConv2d({ name: SCALING, kernelSize: 1, depthwiseInitializer: "zeros" });
  const [output] = network.forward(append(scaling, input), {
    ...plain<tf.SymbolicTensor>(),
    layer: (x, options) => appendLayer(x, layerOf(options, channelsOf(x))),
    operation: ({ name, kind }, ...inputs) => OPERATIONS[kind](inputs, name),
  });
  return tf.model({ name: network.arch, inputs: input, outputs: finish(output) });
}

/** Looks before anything takes memory. */
function requireLayers(network: Network, name: string): void {
  const refuse = (layer: string, kind: string): never => {
    throw new RangeError(
      `Cannot write ${name} as a tfjs layers model: tfjs has no layer for its ${layer} (${kind}); take safetensors.`,
    );
  };
  network.forward<undefined>(undefined, {
    ...plain<undefined>(),
    layer(_, { name, enlarge = 1 }) {
      return enlarge > 1
        ? refuse(name, `convolution of a picture enlarged bilinearly × ${enlarge}`)
        : undefined;
    },
    operation: ({ name, kind }) => Object.hasOwn(OPERATIONS, kind) ? undefined : refuse(name, kind),
  });
}

/** What a graph is where nothing is computed yet: without auxiliary outputs, nothing to free. */
function plain<T>(): Pick<LayerGraph<T>, "auxiliary" | "scope" | "chain"> {
  return {
    auxiliary: false,
    scope: (compute) => compute(),
    chain: (x, steps) => steps.reduce((given, step) => step(given), x),
  };
}

/** Appends zeros where there are any, a convolution, its batch norm and its activation. */
function appendLayer(x: tf.SymbolicTensor, layer: Layer): tf.SymbolicTensor {
  const { name, prefix = name, kind, side, stride, padding, outputs, bias, batchNorm, activation } = layer;
  const padded = padding === "same" || padding === 0 ? x : pad(x, { name, zeros: padding });
  const settings = {
    name: prefix,
    kernelSize: side,
    strides: stride,
    padding: padding === "same" ? "same" as const : "valid" as const,
    useBias: bias,
  };
  const filters = { ...settings, filters: outputs, kernelInitializer: "zeros" as const };
  const convolution = {
    convolution: () => tf.layers.conv2d(filters),
    depthwise: () => tf.layers.depthwiseConv2d({ ...settings, depthwiseInitializer: "zeros" }),
    transposed: () => tf.layers.conv2dTranspose(filters),
  }[kind]();
  const convolved = append(convolution, padded);
  const y = batchNorm
    ? append(tf.layers.batchNormalization({ name: batchNorm.name, epsilon: batchNorm.epsilon }), convolved)
    : convolved;
  return activation === "linear"
    ? y
    : append(tf.layers.activation({ name: `${name}_${activation}`, activation }), y);
}

/** Appends zeros around the image. */
function pad(
  x: tf.SymbolicTensor,
  { name, zeros }: { readonly name: string; readonly zeros: number },
): tf.SymbolicTensor {
  return append(tf.layers.zeroPadding2d({ name: `${name}_pad`, padding: [zeros, zeros] }), x);
}

function append(
  layer: Pick<tf.layers.Layer, "apply">,
  x: tf.SymbolicTensor | tf.SymbolicTensor[],
): tf.SymbolicTensor {
  return layer.apply(x) as tf.SymbolicTensor;
}

function channelsOf(x: tf.SymbolicTensor): number {
  return x.shape[3]!;
}

/** The values of the layer that scales the image: (x − offset) / divisor as x ∗ (1 / divisor) − offset / divisor. */
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
