import type { LayerGraph } from "../layers/layer_graph.ts";
import { defineNetwork } from "../layers/network.ts";
import { DIRECTIONS } from "./crack_direction.ts";
import { patchFeatures } from "./fan_patches.ts";
import { patchNetwork } from "./patch_network.ts";
import type { NetworkVariant, SegmentationNetwork } from "./segmentation_network.ts";

const ARCH = "patches_inoue";

/** Side of the patches, in pixels; the pixel in the middle alone is marked. */
const LAYOUT = { side: 27, block: 1, directed: true } as const;

/**
 * Patch classification with orientation after Inoue & Nagayoshi (2019, Winter Conference on Applications of Computer Vision, pp. 686–694): a
 * network sees the pixels around each pixel, says whether that pixel is crack, and which way the crack goes there. 94,933 parameters.
 *
 * What could be found of their publication says that much. Ours are the layers, which are those of Fan et al. (`patches_fan`) with two heads,
 * the four directions, how they are read off masks, and the loss: that of the crack, and the cross-entropy of the direction at crack pixels.
 *
 * The outputs are `crack` and, in training, `direction`, with a logit for each of 0°, 45°, 90° and 135°.
 *
 * @throws {RangeError} for a width outside (0, 1].
 */
export function inouePatches({ width = 1, scaling }: NetworkVariant = {}): SegmentationNetwork {
  return patchNetwork(
    defineNetwork({
      arch: ARCH,
      width,
      multiple: LAYOUT.side,
      outputs: ["crack", "direction"],
      input: scaling ?? { offset: 127.5, divisor: 127.5 },
      forward<T>(x: T, graph: LayerGraph<T>): T[] {
        const features = patchFeatures(x, graph, width);
        const head = (name: string, outputs: number) =>
          graph.layer(features, { name, side: 1, outputs, bias: true });
        return [head("crack", 1), ...graph.auxiliary ? [head("direction", DIRECTIONS)] : []];
      },
    }),
    LAYOUT,
  );
}
