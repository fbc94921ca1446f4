import { countParameters } from "../parameters.ts";
import { tf } from "../tfjs.ts";
import type { SegmentationNetwork } from "./segmentation_network.ts";

/** Of WASM's memory of 2 GiB, what feature maps and weights may take. */
const WASM_BYTES = 1.75 * 2 ** 30;

/** So many times its weights a network holds: theirs, what they are folded to, and the input of a backend's kernels. */
const WEIGHTS = 3;

/** So many times its largest feature map a network holds at a time, features kept for later included. */
const MAPS = 2.5;

/** Pixels of a picture that a network can be shown at once on the current backend. */
export function pixelsAtOnce(
  { summary, specs, multiple }: SegmentationNetwork,
  { maxStorageBufferBindingSize }: Pick<GPUSupportedLimits, "maxStorageBufferBindingSize">,
): number {
  const side = 4 * multiple;
  const values = summary({ height: side, width: side }).map(({ output: [h, w, channels] }) =>
    h * w * channels
  );
  const bytes = 4 * Math.max(...values) / side ** 2;
  if (tf.getBackend() === "webgpu") return maxStorageBufferBindingSize / bytes;
  return (WASM_BYTES - WEIGHTS * 4 * countParameters(specs)) / (MAPS * bytes);
}
