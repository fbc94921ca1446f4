import { tf } from "../tfjs.ts";
import type { Footprint } from "./layer_graph.ts";
import type { Network } from "./network.ts";
import { countParameters, type ParameterSpecs } from "./parameters.ts";

/** Of WASM's memory of 4 GiB, what feature maps and weights may take. */
const WASM_BYTES = 3.5 * 2 ** 30;

/** So many times its weights a network holds: theirs, what they are folded to, and the input of a backend's kernels. */
const WEIGHT_COPIES = 3;

/**
 * So many times what a classifier must hold it takes, inputs with zeros around them and gaps in the memory included: measured were 1.1
 * (ResNet-50), 1.5 (ResNet-18) and 1.8 (MobileNetV2).
 */
const CLASSIFIER_OVERHEAD = 2;

/**
 * So many times its largest feature map a segmentation network holds at a time, features kept for later, inputs with zeros around them and
 * gaps in the memory included: measured were 4.6 (DeepCrack of Liu), 5.5 (U-Net, OED) and 7.9 (DeepCrack of Zou).
 */
const SEGMENTER_MAPS = 8;

/** Bytes of WASM's memory that are left for feature maps beside the weights of a network. */
export function featureMapBudget(specs: ParameterSpecs): number {
  return WASM_BYTES - WEIGHT_COPIES * 4 * countParameters(specs);
}

/** Bytes of WASM's memory that the feature maps of a classifier take. */
export function featureMapBytes({ peak }: Footprint): number {
  return CLASSIFIER_OVERHEAD * 4 * peak;
}

/** Bytes of WASM's memory that a segmentation network needs for an image of so many pixels. */
export function segmenterBytes(network: Network, pixels: number): number {
  return WEIGHT_COPIES * 4 * countParameters(network.specs) + SEGMENTER_MAPS * largestMap(network) * pixels;
}

/** Pixels of an image that a segmentation network can be shown at once on the current backend. */
export function pixelsAtOnce(
  network: Network,
  { maxStorageBufferBindingSize }: Pick<GPUSupportedLimits, "maxStorageBufferBindingSize">,
): number {
  if (tf.getBackend() === "webgpu") return maxStorageBufferBindingSize / largestMap(network);
  return featureMapBudget(network.specs) / (SEGMENTER_MAPS * largestMap(network));
}

/** Bytes a pixel of the image of a network's largest feature map. */
function largestMap({ footprint, multiple }: Network): number {
  const side = 4 * multiple;
  return 4 * footprint({ height: side, width: side }).largest / side ** 2;
}
