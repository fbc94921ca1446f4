import { CLASSES } from "../core/classifier.ts";
import { openBackend } from "./backend.ts";
import { BATCH_NORM_EPSILON, type ConvUnit, kernelName, padding } from "./conv_unit.ts";
import { encodeTfjs, type TfjsFiles, type TfjsTensor } from "./encode_tfjs.ts";
import type { InputScaling } from "./network.ts";
import type { NetworkClassifier } from "./network_classifier.ts";
import { tf } from "./tfjs.ts";

/** Name of the layer that scales the picture. */
const SCALING = "scaling";

/**
 * A classifier as a tfjs layers model, for `tf.loadLayersModel()` and for converters: `model.json` and `weights.bin`, which lies beside it.
 * It takes N × H × W × 3, RGB 0..255, and gives N × 2, the probabilities of crack and of none. Layers have Keras' names; one, `scaling`, is
 * a 1 × 1 convolution of each channel that does what Keras leaves to the caller. Pictures for a MobileNetV2 must be twice as large: its
 * metadata says `enlarge: 2`, which no layer of tfjs does alike.
 *
 * @example
 * ```ts
 * import { createClassifier, exportTfjs } from "../mod.ts";
 *
 * using classifier = createClassifier({ arch: "resnet18", width: 0.125 });
 * const { json, weights } = await exportTfjs(classifier);
 * console.log(json.length, weights.length); // to be written as model.json and weights.bin
 * ```
 */
export async function exportTfjs(classifier: NetworkClassifier): Promise<TfjsFiles> {
  // The parameters of an untrained or just loaded classifier are made on the first backend.
  await openBackend();
  const { network, head, parameters, name } = classifier;
  const tensors = new Map<string, TfjsTensor>(scalingTensors(network.input));
  for (const [name, variable] of parameters) {
    tensors.set(name, { shape: variable.shape, data: await variable.data<"float32">() });
  }
  const { arch, width, strideAt, input: { enlarge } } = network;
  return encodeTfjs({
    tensors,
    topology: layOutModel(classifier),
    metadata: { name, classes: CLASSES, arch, width, strideAt, head, enlarge },
  });
}

/** (x − offset) / divisor as x ∗ (1 / divisor) − offset / divisor. */
function scalingTensors({ offset, divisor }: InputScaling): [string, TfjsTensor][] {
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

/** The layers as tfjs' JSON. tfjs lays them out itself; their values are zeros and freed at once. */
function layOutModel({ network, specs }: NetworkClassifier): unknown {
  const input = tf.input({ shape: [null, null, 3] });
  let y = tf.layers.depthwiseConv2d({ name: SCALING, kernelSize: 1, depthwiseInitializer: "zeros" })
    .apply(input) as tf.SymbolicTensor;
  y = applyUnit(y, network.stem);
  if (network.pool) {
    // Zeros around are as good as −∞ after a rectifier.
    y = pad(y, { name: "pool1", zeros: 1 });
    y = tf.layers.maxPooling2d({ name: "pool1_pool", poolSize: 3, strides: 2 }).apply(y) as tf.SymbolicTensor;
  }
  for (const { branch, shortcut, join } of network.blocks) {
    const kept = shortcut ? applyUnit(y, shortcut) : y;
    y = branch.reduce(applyUnit, y);
    if (join === "none") continue;
    const name = branch[0].name;
    y = tf.layers.add({ name: `${name}_add` }).apply([kept, y]) as tf.SymbolicTensor;
    if (join === "relu") y = activate(y, { name: `${name}_out`, activation: "relu" });
  }
  y = tf.layers.globalAveragePooling2d({ name: "avg_pool" }).apply(y) as tf.SymbolicTensor;
  const hidden = specs.get("hidden/bias");
  if (hidden) y = applyDense(y, { name: "hidden", units: hidden.shape[0], activation: "relu" });
  const outputs = applyDense(y, { name: "predictions", units: CLASSES.length, activation: "softmax" });
  const model = tf.model({ name: network.arch, inputs: input, outputs });
  try {
    return model.toJSON(undefined, false);
  } finally {
    model.dispose();
  }
}

/** A convolution, its batch norm, if it has one, and its activation. */
function applyUnit(x: tf.SymbolicTensor, unit: ConvUnit): tf.SymbolicTensor {
  const zeros = padding(unit);
  const settings = {
    name: kernelName(unit).replace(/\/[^/]*$/, ""),
    kernelSize: unit.side,
    strides: unit.stride,
    padding: zeros === "same" ? "same" as const : "valid" as const,
  };
  const padded = typeof zeros === "number" && zeros > 0 ? pad(x, { name: unit.name, zeros }) : x;
  const layer = unit.kind === "depthwise"
    ? tf.layers.depthwiseConv2d({ ...settings, depthwiseInitializer: "zeros" })
    : tf.layers.conv2d({ ...settings, filters: unit.outputs, kernelInitializer: "zeros" });
  let y = layer.apply(padded) as tf.SymbolicTensor;
  if (unit.batchNorm) {
    y = tf.layers.batchNormalization({ name: `${unit.name}_bn`, epsilon: BATCH_NORM_EPSILON })
      .apply(y) as tf.SymbolicTensor;
  }
  return unit.activation === "linear"
    ? y
    : activate(y, { name: `${unit.name}_${unit.activation}`, activation: unit.activation });
}

function pad(
  x: tf.SymbolicTensor,
  { name, zeros }: { readonly name: string; readonly zeros: number },
): tf.SymbolicTensor {
  return tf.layers.zeroPadding2d({ name: `${name}_pad`, padding: [zeros, zeros] }).apply(
    x,
  ) as tf.SymbolicTensor;
}

function activate(
  x: tf.SymbolicTensor,
  options: { readonly name: string; readonly activation: "relu" | "relu6" },
): tf.SymbolicTensor {
  return tf.layers.activation(options).apply(x) as tf.SymbolicTensor;
}

function applyDense(
  x: tf.SymbolicTensor,
  options: { readonly name: string; readonly units: number; readonly activation: "relu" | "softmax" },
): tf.SymbolicTensor {
  return tf.layers.dense({ ...options, kernelInitializer: "zeros" }).apply(x) as tf.SymbolicTensor;
}
