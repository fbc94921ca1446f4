import { CLASSES } from "../../core/label/classifier.ts";
import { BATCH_NORM_EPSILON, biasName, type ConvUnit, kernelName, padding } from "../layers/conv_unit.ts";
import { activate, applyConvolution, normalize, pad, startLayers } from "./layers.ts";
import type { NetworkClassifier } from "../classifier/classifier.ts";
import { tf } from "../tfjs.ts";

/** The layers of a classifier as tfjs has them, all values zeros. The caller disposes of the model. */
export function layOutClassifier({ network, specs }: NetworkClassifier): tf.LayersModel {
  const { input, scaled } = startLayers();
  const applyUnit = (x: tf.SymbolicTensor, unit: ConvUnit): tf.SymbolicTensor => {
    const { name, kind, side, stride, outputs, activation } = unit;
    const convolved = applyConvolution(x, {
      ...{ kind, side, stride, outputs },
      name: kernelName(unit).replace(/\/[^/]*$/, ""),
      padding: padding(unit),
      paddingName: name,
      bias: specs.has(biasName(unit)),
    });
    const y = unit.batchNorm
      ? normalize(convolved, { name: `${name}_bn`, epsilon: BATCH_NORM_EPSILON })
      : convolved;
    return activation === "linear" ? y : activate(y, { name: `${name}_${activation}`, activation });
  };
  let y = applyUnit(scaled, network.stem);
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
  return tf.model({ name: network.arch, inputs: input, outputs });
}

function applyDense(
  x: tf.SymbolicTensor,
  options: { readonly name: string; readonly units: number; readonly activation: "relu" | "softmax" },
): tf.SymbolicTensor {
  return tf.layers.dense({ ...options, kernelInitializer: "zeros" }).apply(x) as tf.SymbolicTensor;
}
