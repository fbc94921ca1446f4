import type { LayerGraph } from "../layers/layer_graph.ts";
import { maxPool } from "../layers/operations.ts";
import { crackNetwork } from "./crack_network.ts";
import type { NetworkVariant, SegmentationNetwork } from "./segmentation_network.ts";
import { convolveTwice, joinBelow } from "./unet_parts.ts";

const ARCH = "unet";

/** Channels of the first level; each level below has twice as many. */
const CHANNELS = 64;

/** Levels, the lowest included. */
const LEVELS = 5;

/**
 * U-Net (Ronneberger, Fischer & Brox 2015, doi:10.1007/978-3-319-24574-4_28) with padded convolutions, so that its output is as large as
 * its input, and a batch norm after each but the last.
 *
 * @throws {RangeError} for a width outside (0, 1].
 */
export function unet({ width = 1, scaling }: NetworkVariant = {}): SegmentationNetwork {
  return crackNetwork({
    arch: ARCH,
    width,
    scaling,
    multiple: 2 ** (LEVELS - 1),
    features<T>(x: T, graph: LayerGraph<T>): T {
      const channels = (level: number) => Math.max(1, Math.round(CHANNELS * 2 ** (level - 1) * width));
      // The level and all below it.
      const descend = (x: T, level: number): T =>
        graph.scope(() => {
          const outputs = channels(level);
          const skip = convolveTwice(x, graph, { name: `encoder${level}`, outputs });
          if (level === LEVELS) return skip;
          const decoder = { name: `decoder${level}`, outputs };
          const joined = graph.scope(() => {
            const below = descend(graph.operation(maxPool(`pool${level}`), skip), level + 1);
            return joinBelow([skip, below], graph, decoder);
          });
          return convolveTwice(joined, graph, decoder);
        });
      return descend(x, 1);
    },
  });
}
