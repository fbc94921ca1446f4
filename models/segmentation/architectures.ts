import { liuDeepcrack } from "./liu_deepcrack.ts";
import { oed } from "./oed.ts";
import type { SegmentationArch, SegmentationNetwork } from "./segmentation_network.ts";
import { unet } from "./unet.ts";
import { zouDeepcrack } from "./zou_deepcrack.ts";

/** Which segmentation network. */
export interface SegmentationNetworkOptions {
  /** By name. */
  readonly arch: SegmentationArch;
  /** Scales its channels, 0 < width ≤ 1. Default 1. */
  readonly width?: number;
}

const NETWORKS: Readonly<Record<SegmentationArch, (width: number | undefined) => SegmentationNetwork>> = {
  unet: (width) => unet({ width }),
  deepcrack_liu: (width) => liuDeepcrack({ width }),
  deepcrack_zou: (width) => zouDeepcrack({ width }),
  oed_b0: (width) => oed({ encoder: "b0", width }),
  oed_b1: (width) => oed({ encoder: "b1", width }),
  oed_b2: (width) => oed({ encoder: "b2", width }),
  oed_b3: (width) => oed({ encoder: "b3", width }),
  oed_b4: (width) => oed({ encoder: "b4", width }),
  oed_b5: (width) => oed({ encoder: "b5", width }),
};

/** The names that {@linkcode describeSegmentationNetwork} takes. */
export const SEGMENTATION_ARCHS = Object.keys(NETWORKS) as readonly SegmentationArch[];

/**
 * Lays out a segmentation network by its name.
 *
 * @throws {RangeError} for an unknown architecture or a width outside (0, 1].
 */
export function describeSegmentationNetwork(
  { arch, width }: SegmentationNetworkOptions,
): SegmentationNetwork {
  if (Object.hasOwn(NETWORKS, arch)) return NETWORKS[arch](width);
  const names = SEGMENTATION_ARCHS.map((name) => `"${name}"`).join(", ");
  throw new RangeError(
    `Cannot lay out a segmentation network called ${JSON.stringify(arch)}: it must be one of ${names}.`,
  );
}
