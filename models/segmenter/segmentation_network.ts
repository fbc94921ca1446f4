import type { Network } from "../layers/network.ts";

/** Names of the networks that mark each pixel. */
export type SegmentationArch =
  | "unet"
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
