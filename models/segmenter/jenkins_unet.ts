import type { LayerGraph } from "../layers/layer_graph.ts";
import { pool, unpool } from "../layers/max_unpool.ts";
import { crackNetwork } from "./crack_network.ts";
import type { NetworkVariant, SegmentationNetwork } from "./segmentation_network.ts";
import { convolveTwice } from "./unet_parts.ts";

const ARCH = "unet_jenkins";

/** Channels of the levels, from the full size to an eighth of it. */
const CHANNELS = [64, 128, 256, 512] as const;

/**
 * The network of Jenkins et al. (2018, European Signal Processing Conference, pp. 2120–2124), which König et al. call a U-Net. Unlike
 * Ronneberger's it hands no features over from the encoder to the decoder: values go back to where the maxima of the encoder's pooling lay, as
 * in SegNet (Badrinarayanan, Kendall & Cipolla 2017, doi:10.1109/TPAMI.2016.2644615).
 *
 * Its abstract says so and no more. Ours are the widths, two convolutions with batch norm a level, and the scaling: 9,408,897 trainable
 * parameters.
 *
 * @throws {RangeError} for a width outside (0, 1].
 */
export function jenkinsUnet({ width = 1, scaling }: NetworkVariant = {}): SegmentationNetwork {
  const channels = CHANNELS.map((full) => Math.max(1, Math.round(full * width)));
  return crackNetwork({
    arch: ARCH,
    width,
    scaling,
    multiple: 2 ** CHANNELS.length,
    features<T>(x: T, graph: LayerGraph<T>): T {
      // The level and all below it, with the channels of the level above.
      const descend = (x: T, index: number): T =>
        graph.scope(() => {
          const level = index + 1, outputs = channels[index];
          const encoded = convolveTwice(x, graph, { name: `encoder${level}`, outputs });
          const pooled = graph.operation(pool(`pool${level}`), encoded);
          const below = level === channels.length ? pooled : descend(pooled, level);
          const unpooled = graph.operation(unpool(`unpool${level}`), below, encoded, pooled);
          return convolveTwice(unpooled, graph, {
            name: `decoder${level}`,
            outputs,
            then: channels[index - 1],
          });
        });
      return descend(x, 0);
    },
  });
}
