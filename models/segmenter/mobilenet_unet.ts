import { MOBILENET_SCALING, mobilenetParts } from "../classifier/mobilenet.ts";
import type { LayerGraph } from "../layers/layer_graph.ts";
import { crackNetwork } from "./crack_network.ts";
import type { NetworkVariant, SegmentationNetwork } from "./segmentation_network.ts";
import { convolve, convolveTwice, joinBelow } from "./unet_parts.ts";

const ARCH = "unet_mobilenet";

/** Channels of the decoder from the image's full size down to a sixteenth of it. */
const DECODER = [16, 32, 48, 64, 96] as const;

/**
 * The encoder has no batch norm left that would bear the decoder's learning rate, and knows ImageNet's pictures or a classifier's cracks
 * already: it learns at a tenth of the rate.
 */
const ENCODER_RATE = 0.1;

/**
 * A U-Net (Ronneberger, Fischer & Brox 2015, doi:10.1007/978-3-319-24574-4_28) whose encoder is MobileNetV2 (Sandler et al. 2018,
 * doi:10.1109/CVPR.2018.00474) up to the expansion of its block 13: that of a `mobilenet_v2` classifier, which it can begin with. The
 * decoder takes the expansions in front of each halving, and, as cracks may be thinner than the encoder's first stride of two, features of
 * the image at its full size. The widths are ours: 1,036,385 parameters, running statistics included.
 *
 * @param options `width` scales all channels, the encoder's to multiples of 8.
 * @throws {RangeError} for a width outside (0, 1].
 */
export function mobilenetUnet(
  { width = 1, scaling = MOBILENET_SCALING }: NetworkVariant = {},
): SegmentationNetwork {
  return crackNetwork({
    arch: ARCH,
    width,
    scaling,
    multiple: 2 ** (DECODER.length - 1),
    features<T>(x: T, graph: LayerGraph<T>): T {
      const channels = DECODER.map((full) => Math.max(1, Math.round(full * width)));
      const encoder = mobilenetParts({ width, rate: ENCODER_RATE });
      // The level and all below it; the first is the image at its full size, which the encoder does not see.
      const descend = (x: T, level: number): T =>
        graph.scope(() => {
          const outputs = channels[level];
          const [skip, next] = level === 0
            ? [convolveTwice(x, graph, { name: "shallow", outputs }), x]
            : encoder[level - 1](x, graph);
          if (level === encoder.length) return convolve(skip, graph, { name: "middle", outputs, side: 1 });
          const decoder = { name: `decoder${level}`, outputs };
          const joined = graph.scope(() => joinBelow([skip, descend(next, level + 1)], graph, decoder));
          return convolveTwice(joined, graph, decoder);
        });
      return descend(x, 0);
    },
  });
}
