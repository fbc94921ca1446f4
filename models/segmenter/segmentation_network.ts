import type { InputScaling } from "../layers/input_scaling.ts";
import type { Network } from "../layers/network.ts";

/** Names of the networks that mark each pixel. */
export type SegmentationArch =
  | "unet"
  | "unet_jenkins"
  | "unet_konig"
  | "deepcrack_liu"
  | "deepcrack_zou"
  | "oed_b0"
  | "oed_b1"
  | "oed_b2"
  | "oed_b3"
  | "oed_b4"
  | "oed_b5";

/**
 * The layers of a segmentation network, not their values. Its outputs are logits (before the sigmoid) at full size, N × H × W × 1; the
 * first is the prediction.
 */
export type SegmentationNetwork = Network<SegmentationArch>;

/** What of a segmentation network can be chosen beside its architecture. */
export interface NetworkVariant {
  /** Scales the channels of every layer, 0 < width ≤ 1. Default 1. */
  readonly width?: number;
  /** What becomes of RGB 0..255: as its weights were trained. Default: what its authors do. */
  readonly scaling?: InputScaling;
}
