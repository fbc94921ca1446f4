import { describeMobilenet } from "./mobilenet.ts";
import type { Arch, Network } from "./network.ts";
import { describeResnet, RESNET_ARCHS, type ResnetOptions } from "./resnet.ts";

/** The names that {@linkcode describeNetwork} takes. */
export const ARCHS: readonly Arch[] = [...RESNET_ARCHS, "mobilenet_v2"];

/** Options of {@linkcode describeNetwork}: those that only ResNets have are left aside for others. */
export interface NetworkOptions extends Omit<ResnetOptions, "arch"> {
  /** Which network. */
  readonly arch: Arch;
}

/**
 * Lays out a network by its name.
 *
 * @throws {RangeError} for an unknown architecture or a width outside (0, 1].
 */
export function describeNetwork(options: NetworkOptions): Network {
  const { arch } = options;
  if (arch === "mobilenet_v2") return describeMobilenet(options);
  if (ARCHS.includes(arch)) return describeResnet({ ...options, arch });
  const names = ARCHS.map((name) => `"${name}"`).join(", ");
  throw new RangeError(
    `Cannot lay out a network called ${JSON.stringify(arch)}: it must be one of ${names}.`,
  );
}
