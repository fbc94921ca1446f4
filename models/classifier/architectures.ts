import { type InputScaling, requireScaling } from "../layers/input_scaling.ts";
import type { Arch, ClassifierNetwork } from "./classifier_network.ts";
import { describeEfficientnet, EFFICIENTNET_ARCHS, type EfficientnetArch } from "./efficientnet.ts";
import { describeMobilenet } from "./mobilenet.ts";
import { describeResnet, RESNET_ARCHS, type ResnetArch, type ResnetOptions } from "./resnet.ts";

/** Options of {@linkcode describeNetwork}: those that only ResNets have are left aside for others. */
export interface NetworkOptions extends Omit<ResnetOptions, "arch"> {
  /** Which network. */
  readonly arch: Arch;
  /** How RGB 0..255 is scaled: as the weights were trained. Default: the network's own, such as RGB / 255 for ResNets. */
  readonly scaling?: InputScaling;
}

type Changes = Omit<NetworkOptions, "arch">;
type Describe = (changes: Changes) => ClassifierNetwork;

/** A line for each of the networks of a family. */
function family<Member extends Arch>(
  archs: readonly Member[],
  describe: (options: Changes & { readonly arch: Member }) => ClassifierNetwork,
): Record<Member, Describe> {
  const lines = archs.map((arch) => [arch, (changes: Changes) => describe({ ...changes, arch })]);
  return Object.fromEntries(lines) as Record<Member, Describe>;
}

const NETWORKS: Readonly<Record<Arch, Describe>> = {
  ...family<ResnetArch>(RESNET_ARCHS, describeResnet),
  mobilenet_v2: describeMobilenet,
  ...family<EfficientnetArch>(EFFICIENTNET_ARCHS, describeEfficientnet),
};

/** The names that {@linkcode describeNetwork} takes. */
export const ARCHS = Object.keys(NETWORKS) as readonly Arch[];

/**
 * Lays out a network by its name.
 *
 * @throws {RangeError} for an unknown architecture, a width outside (0, 1], or a scaling that is not finite or divides by 0.
 */
export function describeNetwork({ arch, ...changes }: NetworkOptions): ClassifierNetwork {
  if (!Object.hasOwn(NETWORKS, arch)) {
    const names = ARCHS.map((name) => `"${name}"`).join(", ");
    throw new RangeError(
      `Cannot lay out a network called ${JSON.stringify(arch)}: it must be one of ${names}.`,
    );
  }
  const network = NETWORKS[arch](changes);
  if (changes.scaling !== undefined) requireScaling(changes.scaling);
  return network;
}
