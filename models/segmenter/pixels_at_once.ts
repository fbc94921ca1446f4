import { countParameters } from "../layers/parameters.ts";
import { tf } from "../tfjs.ts";
import type { SegmentationNetwork } from "./segmentation_network.ts";

/** Of WASM's memory of 4 GiB, what feature maps and weights may take. */
const WASM_BYTES = 3.5 * 2 ** 30;

/** So many times its weights a network holds: theirs, what they are folded to, and the input of a backend's kernels. */
const WEIGHTS = 3;

/**
 * So many times its largest feature map a network holds at a time, features kept for later, inputs with zeros around them and gaps in the
 * memory included: measured were 4.6 (DeepCrack of Liu), 5.5 (U-Net, OED) and 7.9 (DeepCrack of Zou).
 */
const MAPS = 8;

/** Bytes of WASM's memory that a network needs for a picture of so many pixels. */
export function bytesFor(network: SegmentationNetwork, pixels: number): number {
  return WEIGHTS * 4 * countParameters(network.specs) + MAPS * largestMap(network) * pixels;
}

/** Pixels of a picture that a network can be shown at once on the current backend. */
export function pixelsAtOnce(
  network: SegmentationNetwork,
  { maxStorageBufferBindingSize }: Pick<GPUSupportedLimits, "maxStorageBufferBindingSize">,
): number {
  if (tf.getBackend() === "webgpu") return maxStorageBufferBindingSize / largestMap(network);
  return (WASM_BYTES - bytesFor(network, 0)) / (MAPS * largestMap(network));
}

/** Bytes a pixel of the picture of a network's largest feature map. */
function largestMap({ summary, multiple }: SegmentationNetwork): number {
  const side = 4 * multiple;
  const values = summary({ height: side, width: side }).map(({ output: [h, w, channels] }) =>
    h * w * channels
  );
  return 4 * Math.max(...values) / side ** 2;
}
