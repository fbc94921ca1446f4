import { type InputScaling, requireScaling } from "../layers/input_scaling.ts";
import { fanPatches } from "./fan_patches.ts";
import { inouePatches } from "./inoue_patches.ts";
import { jenkinsUnet } from "./jenkins_unet.ts";
import { konigUnet } from "./konig_unet.ts";
import { liuDeepcrack } from "./liu_deepcrack.ts";
import { mobilenetUnet } from "./mobilenet_unet.ts";
import { oed } from "./oed.ts";
import type { NetworkVariant, SegmentationArch, SegmentationNetwork } from "./segmentation_network.ts";
import { unet } from "./unet.ts";
import { zouDeepcrack } from "./zou_deepcrack.ts";

/** Which segmentation network. */
export interface SegmentationNetworkOptions {
  /** By name. */
  readonly arch: SegmentationArch;
  /** Scales its channels, 0 < width ≤ 1. Default 1. */
  readonly width?: number;
  /** How RGB 0..255 is scaled: as the weights were trained. Default: the network's own. */
  readonly scaling?: InputScaling;
}

const NETWORKS: Readonly<Record<SegmentationArch, (variant: NetworkVariant) => SegmentationNetwork>> = {
  unet,
  unet_jenkins: jenkinsUnet,
  unet_konig: konigUnet,
  unet_mobilenet: mobilenetUnet,
  deepcrack_liu: liuDeepcrack,
  deepcrack_zou: zouDeepcrack,
  oed_b0: (variant) => oed({ encoder: "b0", ...variant }),
  oed_b1: (variant) => oed({ encoder: "b1", ...variant }),
  oed_b2: (variant) => oed({ encoder: "b2", ...variant }),
  oed_b3: (variant) => oed({ encoder: "b3", ...variant }),
  oed_b4: (variant) => oed({ encoder: "b4", ...variant }),
  oed_b5: (variant) => oed({ encoder: "b5", ...variant }),
  patches_fan: fanPatches,
  patches_inoue: inouePatches,
};

/** The names that {@linkcode describeSegmentationNetwork} takes. */
export const SEGMENTATION_ARCHS = Object.keys(NETWORKS) as readonly SegmentationArch[];

/** Those of networks that see images, not patches. */
export const IMAGE_ARCHS: readonly SegmentationArch[] = SEGMENTATION_ARCHS.filter((arch) =>
  !arch.startsWith("patches_")
);

/**
 * Lays out a segmentation network by its name.
 *
 * @throws {RangeError} for an unknown architecture, a width outside (0, 1], or a scaling that is not finite or divides by 0.
 */
export function describeSegmentationNetwork(
  { arch, width, scaling }: SegmentationNetworkOptions,
): SegmentationNetwork {
  if (scaling !== undefined) requireScaling(scaling);
  if (Object.hasOwn(NETWORKS, arch)) return NETWORKS[arch]({ width, scaling });
  const names = SEGMENTATION_ARCHS.map((name) => `"${name}"`).join(", ");
  throw new RangeError(
    `Cannot lay out a segmentation network called ${JSON.stringify(arch)}: it must be one of ${names}.`,
  );
}
