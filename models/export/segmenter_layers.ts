import { activate, applyConvolution, normalize, startLayers } from "./layers.ts";
import { layerOf, type LayerOptions } from "../layers/segmentation_graph.ts";
import type { SegmentationNetwork } from "../segmenter/segmentation_network.ts";
import type { Segmenter } from "../segmenter/segmenter.ts";
import { tf } from "../tfjs.ts";

/** What tfjs has for an operation, by what the operation does. */
const OPERATIONS: Readonly<Record<string, (inputs: tf.SymbolicTensor[], name: string) => unknown>> = {
  "max-pool 2 × 2": ([x], name) => tf.layers.maxPooling2d({ name, poolSize: 2, strides: 2 }).apply(x),
  "concatenation": (inputs, name) => tf.layers.concatenate({ name, axis: 3 }).apply(inputs),
  "nearest × 2": ([x], name) => tf.layers.upSampling2d({ name, size: [2, 2] }).apply(x),
  "addition": (inputs, name) => tf.layers.add({ name }).apply(inputs),
  "product": (inputs, name) => tf.layers.multiply({ name }).apply(inputs),
  "means of channels": ([x], name) => {
    const means = tf.layers.globalAveragePooling2d({ name }).apply(x);
    return tf.layers.reshape({ name: `${name}_reshape`, targetShape: [1, 1, channelsOf(x)] }).apply(means);
  },
};

/**
 * The layers of a segmentation network as tfjs has them, all values zeros, up to the confidence of its prediction. The caller disposes of
 * the model.
 *
 * @throws {RangeError} for a network with a layer that tfjs lacks.
 */
export function layOutSegmenter({ network, name }: Segmenter): tf.LayersModel {
  requireLayers(network, name);
  const { input, scaled } = startLayers();
  const [logits] = network.forward<tf.SymbolicTensor>(scaled, {
    auxiliary: false,
    layer: applyLayer,
    operation: ({ name, kind }, ...inputs) => OPERATIONS[kind](inputs, name) as tf.SymbolicTensor,
    scope: (compute) => compute(),
  });
  const outputs = activate(logits, { name: "confidence", activation: "sigmoid" });
  return tf.model({ name: network.arch, inputs: input, outputs });
}

/** Looks before anything takes memory. */
function requireLayers(network: SegmentationNetwork, name: string): void {
  const refuse = (layer: string, kind: string): never => {
    throw new RangeError(
      `Cannot write ${name} as a tfjs layers model: tfjs has no layer for its ${layer} (${kind}); take safetensors.`,
    );
  };
  network.forward<undefined>(undefined, {
    auxiliary: false,
    layer(_, { name, enlarge = 1 }) {
      return enlarge > 1
        ? refuse(name, `convolution of a picture enlarged bilinearly × ${enlarge}`)
        : undefined;
    },
    operation: ({ name, kind }) => Object.hasOwn(OPERATIONS, kind) ? undefined : refuse(name, kind),
    scope: (compute) => compute(),
  });
}

function applyLayer(x: tf.SymbolicTensor, options: LayerOptions): tf.SymbolicTensor {
  const { name, kind, side, stride, padding, outputs, shift, activation } = layerOf(options, channelsOf(x));
  const bias = shift === "bias";
  const convolved = applyConvolution(x, {
    ...{ name, kind, side, stride, padding, outputs, bias },
    paddingName: name,
  });
  const y = typeof shift === "string" ? convolved : normalize(convolved, shift);
  return activation === "linear" ? y : activate(y, { name: `${name}_${activation}`, activation });
}

function channelsOf(x: tf.SymbolicTensor): number {
  return x.shape[3]!;
}
