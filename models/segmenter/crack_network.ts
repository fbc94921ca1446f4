import type { LayerGraph } from "../layers/layer_graph.ts";
import { defineNetwork } from "../layers/network.ts";
import type { NetworkVariant, SegmentationArch, SegmentationNetwork } from "./segmentation_network.ts";

/** A network as {@linkcode crackNetwork} takes it. */
export interface CrackFeatures extends NetworkVariant {
  readonly arch: SegmentationArch;
  /** Heights and widths that it takes are multiples of this. */
  readonly multiple: number;
  /** The features of each pixel of a scaled image. */
  features<T>(x: T, graph: LayerGraph<T>): T;
}

/**
 * A network that makes features of each pixel of an image, and of these one logit: the crack's.
 *
 * @throws {RangeError} for a width outside (0, 1].
 */
export function crackNetwork(
  { arch, width = 1, scaling, multiple, features }: CrackFeatures,
): SegmentationNetwork {
  return defineNetwork({
    ...{ arch, width, multiple },
    outputs: ["crack"],
    input: scaling ?? { offset: 0, divisor: 255 },
    forward<T>(x: T, graph: LayerGraph<T>): T[] {
      return [graph.layer(features(x, graph), { name: "crack", side: 1, outputs: 1, bias: true })];
    },
  });
}
