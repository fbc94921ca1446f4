import type { InputScaling } from "../layers/input_scaling.ts";
import type { Network } from "../layers/network.ts";

/** Names of the networks that mark each pixel. */
export type SegmentationArch =
  | "unet"
  | "unet_jenkins"
  | "unet_konig"
  | "unet_mobilenet"
  | "deepcrack_liu"
  | "deepcrack_zou"
  | "oed_b0"
  | "oed_b1"
  | "oed_b2"
  | "oed_b3"
  | "oed_b4"
  | "oed_b5"
  | "patches_fan"
  | "patches_inoue";

/** How a network sees images that it is shown patch by patch. */
export interface PatchLayout {
  /** Side of a patch, in pixels: an odd number. */
  readonly side: number;
  /** Side of the block in its middle that the network marks, in pixels: an odd number. */
  readonly block: number;
  /** Whether a second output, N × 1 × 1 × 4, says which way a crack goes. Default false. */
  readonly directed?: boolean;
}

/**
 * The layers of a segmentation network, not their values. Its outputs are logits (before the sigmoid) at full size, N × H × W × 1; the
 * first is the prediction.
 */
export interface SegmentationNetwork extends Network<SegmentationArch> {
  /** Of a network that sees patches, not images: its outputs are then of the block in the middle of each. */
  readonly patches?: PatchLayout;
}

/** What of a segmentation network can be chosen beside its architecture. */
export interface NetworkVariant {
  /** Scales the channels of every layer, 0 < width ≤ 1. Default 1. */
  readonly width?: number;
  /** What becomes of RGB 0..255: as its weights were trained. Default: what its authors do. */
  readonly scaling?: InputScaling;
}
