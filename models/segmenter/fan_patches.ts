import type { LayerGraph } from "../layers/layer_graph.ts";
import { defineNetwork } from "../layers/network.ts";
import { block, flatten, patchPool } from "./patch_maps.ts";
import { patchNetwork } from "./patch_network.ts";
import type { NetworkVariant, SegmentationNetwork } from "./segmentation_network.ts";

const ARCH = "patches_fan";

/** Side of the patches, in pixels, and of the block that is marked in the middle of each. */
const LAYOUT = { side: 27, block: 5 } as const;

/** Channels of the two convolutions before each pooling, and of the two dense layers. */
const CONVOLUTIONS = [16, 32] as const, DENSE = 64;

/**
 * Structured prediction (Fan et al. 2018, https://arxiv.org/abs/1802.02208): a network sees the 27 × 27 pixels around each pixel, marks the 5 × 5
 * in the middle, and a pixel's confidence is the mean over the 25 blocks that it lies in. 96,233 parameters with RGB.
 *
 * The authors divide the sum of the blocks by the greatest of the photo; here it is divided by their number, so that a photo without crack is
 * not stretched. They drop half of the dense layers' values in training, weigh parameters down and descend by Adam; here nothing is dropped, and
 * the descent is that of all networks.
 *
 * @throws {RangeError} for a width outside (0, 1].
 */
export function fanPatches({ width = 1, scaling }: NetworkVariant = {}): SegmentationNetwork {
  return patchNetwork(
    defineNetwork({
      arch: ARCH,
      width,
      multiple: LAYOUT.side,
      outputs: ["crack"],
      input: scaling ?? { offset: 127.5, divisor: 127.5 },
      forward<T>(x: T, graph: LayerGraph<T>): T[] {
        const logits = graph.layer(patchFeatures(x, graph, width), {
          name: "crack",
          side: 1,
          outputs: LAYOUT.block ** 2,
          bias: true,
        });
        return [graph.operation(block("crack_block", LAYOUT.block), logits)];
      },
    }),
    LAYOUT,
  );
}

/** The layers before the head: twice two convolutions and a pooling, then two dense layers. */
export function patchFeatures<T>(x: T, graph: LayerGraph<T>, width: number): T {
  const channels = (full: number) => Math.max(1, Math.round(full * width));
  const shared = { bias: true, activation: "relu" } as const;
  const convolve = (name: string, full: number) => (x: T) =>
    graph.layer(x, { name, outputs: channels(full), ...shared });
  const dense = (name: string) => (x: T) =>
    graph.layer(x, { name, side: 1, outputs: channels(DENSE), ...shared });
  return graph.chain(x, [
    ...CONVOLUTIONS.flatMap((full, i) => [
      ...[1, 2].map((k) => convolve(`conv${i + 1}_${k}`, full)),
      (x: T) => graph.operation(patchPool(`pool${i + 1}`), x),
    ]),
    (x) => graph.operation(flatten("flatten"), x),
    ...[1, 2].map((i) => dense(`dense${i}`)),
  ]);
}
