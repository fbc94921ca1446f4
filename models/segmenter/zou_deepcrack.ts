import type { LayerOptions } from "../layers/layer.ts";
import type { LayerGraph } from "../layers/layer_graph.ts";
import { pool, unpool } from "../layers/max_unpool.ts";
import { defineNetwork } from "../layers/network.ts";
import { concatenate } from "../layers/operations.ts";
import type { NetworkVariant, SegmentationNetwork } from "./segmentation_network.ts";

const ARCH = "deepcrack_zou";

/** Channels of the convolutions going down and coming up, from the full size to a sixteenth of it. */
const LEVELS = [
  { encoder: [64, 64], decoder: [64, 64] },
  { encoder: [128, 128], decoder: [128, 64] },
  { encoder: [256, 256, 256], decoder: [256, 256, 128] },
  { encoder: [512, 512, 512], decoder: [512, 512, 256] },
  { encoder: [512, 512, 512], decoder: [512, 512, 512] },
] as const;

/** Channels of a level's features at full size. */
const FUSED = 64;

/**
 * DeepCrack of Zou et al. (2019, doi:10.1109/TIP.2018.2878966): an encoder that pools by maxima and remembers where they lay, a decoder that
 * puts values back there, a prediction from both ends of each level, and one from all of these. 30,905,011 parameters; no batch norm, as in
 * the authors' PyTorch code.
 *
 * The outputs are `final`, then `fuse5` (from a sixteenth of the size) to `fuse1`.
 *
 * @throws {RangeError} for a width outside (0, 1].
 */
export function zouDeepcrack({ width = 1, scaling }: NetworkVariant = {}): SegmentationNetwork {
  const channels = (full: number) => Math.max(1, Math.round(full * width));
  return defineNetwork({
    arch: ARCH,
    width,
    multiple: 2 ** LEVELS.length,
    outputs: ["final", "fuse5", "fuse4", "fuse3", "fuse2", "fuse1"],
    input: scaling ?? { offset: 0, divisor: 255 },
    forward<T>(x: T, graph: LayerGraph<T>): T[] {
      const convolve = (x: T, options: LayerOptions): T => graph.layer(x, { bias: true, ...options });
      const chain = (x: T, name: string, full: readonly number[]): T =>
        full.reduce(
          (x, size, i) =>
            convolve(x, { name: `${name}_${i + 1}`, outputs: channels(size), activation: "relu" }),
          x,
        );
      // The level's decoder's features, then the logits of all levels from the lowest to this.
      const descend = (x: T, index: number): T[] =>
        graph.scope(() => {
          const level = index + 1;
          const encoded = graph.scope(() => chain(x, `encoder${level}`, LEVELS[index].encoder));
          const pooled = graph.operation(pool(`pool${level}`), encoded);
          const [below, ...logits] = level === LEVELS.length ? [pooled] : descend(pooled, index + 1);
          const decoded = graph.scope(() =>
            chain(
              graph.operation(unpool(`unpool${level}`), below, encoded, pooled),
              `decoder${level}`,
              LEVELS[index].decoder,
            )
          );
          const fused = graph.scope(() => {
            const features = convolve(graph.operation(concatenate(`fuse${level}_concat`), encoded, decoded), {
              name: `fuse${level}_features`,
              enlarge: 2 ** index,
              outputs: channels(FUSED),
              activation: "relu",
            });
            return convolve(features, { name: `fuse${level}_logit`, outputs: 1 });
          });
          return [decoded, ...logits, fused];
        });
      const [, ...logits] = descend(x, 0);
      return [
        convolve(graph.operation(concatenate("final_concat"), ...logits), { name: "final", outputs: 1 }),
        ...logits,
      ];
    },
  });
}
