import { enlargeHalfPixelCenters } from "../layers/bilinear.ts";
import type { LayerGraph, Operation } from "../layers/layer_graph.ts";
import { addition, maxPool, relu } from "../layers/operations.ts";
import { crackNetwork } from "./crack_network.ts";
import type { NetworkVariant, SegmentationNetwork } from "./segmentation_network.ts";
import { EPSILON, joinBelow, type Part } from "./unet_parts.ts";

const ARCH = "unet_konig";

/** Channels of the first level; each level below has twice as many. */
const CHANNELS = 32;

/** Levels, the lowest included. */
const LEVELS = 5;

/**
 * The residual U-Net with attention gates of König et al. (2019, International Conference on Image Processing, pp. 1460–1464): what the
 * encoder hands over is multiplied by what the features below make of each place (Oktay et al. 2018, https://arxiv.org/abs/1804.03999),
 *
 *     x · σ(up(ψ(relu(W_x x + W_g g)))),
 *
 * and the two convolutions of a level are added to a projection of its input (He et al. 2016, doi:10.1109/CVPR.2016.90).
 *
 * The details could not be found. Ours are the widths and the scaling: 8,375,845 trainable parameters, 2,096,661 at width ½.
 *
 * @throws {RangeError} for a width outside (0, 1].
 */
export function konigUnet({ width = 1, scaling }: NetworkVariant = {}): SegmentationNetwork {
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
          const skip = residualBlock(x, graph, { name: `encoder${level}`, outputs });
          if (level === LEVELS) return skip;
          const decoder = { name: `decoder${level}`, outputs };
          const joined = graph.scope(() => {
            const below = descend(graph.operation(maxPool(`pool${level}`), skip), level + 1);
            const attended = attend(skip, below, graph, { name: `gate${level}`, outputs });
            return joinBelow([attended, below], graph, decoder);
          });
          return residualBlock(joined, graph, decoder);
        });
      return descend(x, 1);
    },
  });
}

/** relu(branch(x) + projection(x)). */
function residualBlock<T>(x: T, graph: LayerGraph<T>, { name, outputs }: Part): T {
  const normalized = (of: string) => ({
    name: `${name}_${of}_conv`,
    outputs,
    batchNorm: { name: `${name}_${of}_bn`, epsilon: EPSILON },
  });
  return graph.scope(() => {
    const branch = graph.layer(graph.layer(x, { ...normalized("1"), activation: "relu" }), normalized("2"));
    const projected = graph.layer(x, { ...normalized("0"), side: 1 });
    return graph.operation(relu(`${name}_out`), graph.operation(addition(`${name}_add`), branch, projected));
  });
}

/** The features of a level, each place weighted by what those below, at half the size, find there. */
function attend<T>(features: T, below: T, graph: LayerGraph<T>, { name, outputs }: Part): T {
  const inner = Math.max(1, Math.round(outputs / 2));
  return graph.scope(() => {
    const own = graph.layer(features, { name: `${name}_features`, side: 2, stride: 2, outputs: inner });
    const signal = graph.layer(below, { name: `${name}_signal`, side: 1, outputs: inner, bias: true });
    const both = graph.operation(
      relu(`${name}_relu`),
      graph.operation(addition(`${name}_add`), own, signal),
    );
    const logits = graph.layer(both, { name: `${name}_logits`, side: 1, outputs: 1, bias: true });
    return graph.operation(gate(name), features, logits);
  });
}

/** Features times the sigmoids of logits that are half as large and are enlarged bilinearly. */
function gate(name: string): Operation {
  return {
    name,
    kind: "attention gate",
    shape: (features) => features,
    run: (features, logits) => features.mul(enlargeHalfPixelCenters(logits, 2).sigmoid()),
  };
}
