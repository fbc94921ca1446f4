import type { LayerGraph } from "../layers/layer_graph.ts";
import { pool, unpool } from "../layers/max_unpool.ts";
import { crackNetwork } from "./crack_network.ts";
import type { NetworkVariant, SegmentationNetwork } from "./segmentation_network.ts";

const ARCH = "unet_jenkins";

/** Channels of the levels, from the full size to an eighth of it. */
const CHANNELS = [64, 128, 256, 512] as const;

/** That of the batch norms, as PyTorch has it by default. */
const EPSILON = 1e-5;

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
      const convolveTwice = (x: T, prefix: string, outputs: readonly [number, number]): T =>
        graph.scope(() =>
          outputs.reduce(
            (y, outputs, i) =>
              graph.layer(y, {
                name: `${prefix}_${i + 1}_conv`,
                outputs,
                batchNorm: { name: `${prefix}_${i + 1}_bn`, epsilon: EPSILON },
                activation: "relu",
              }),
            x,
          )
        );
      // The level and all below it, with the channels of the level above.
      const descend = (x: T, index: number): T =>
        graph.scope(() => {
          const level = index + 1, own = channels[index];
          const encoded = convolveTwice(x, `encoder${level}`, [own, own]);
          const pooled = graph.operation(pool(`pool${level}`), encoded);
          const below = level === channels.length ? pooled : descend(pooled, level);
          return convolveTwice(
            graph.operation(unpool(`unpool${level}`), below, encoded, pooled),
            `decoder${level}`,
            [own, channels[index - 1] ?? own],
          );
        });
      return descend(x, 0);
    },
  });
}
