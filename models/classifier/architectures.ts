import { type InputScaling, requireScaling } from "../layers/input_scaling.ts";
import type { Arch, ClassifierNetwork } from "./classifier_network.ts";
import { describeMobilenet } from "./mobilenet.ts";
import { describeResnet, RESNET_ARCHS, type ResnetOptions } from "./resnet.ts";

/** The names that {@linkcode describeNetwork} takes. */
export const ARCHS: readonly Arch[] = [...RESNET_ARCHS, "mobilenet_v2"];

/** Options of {@linkcode describeNetwork}: those that only ResNets have are left aside for others. */
export interface NetworkOptions extends Omit<ResnetOptions, "arch"> {
  /** Which network. */
  readonly arch: Arch;
  /** How RGB 0..255 is scaled: as the weights were trained. Default: the network's own, RGB / 255 for ResNets. */
  readonly scaling?: InputScaling;
}

/**
 * Lays out a network by its name.
 *
 * @throws {RangeError} for an unknown architecture, a width outside (0, 1], or a scaling that is not finite or divides by 0.
 */
export function describeNetwork(options: NetworkOptions): ClassifierNetwork {
  const network = layOut(options);
  if (options.scaling !== undefined) requireScaling(options.scaling);
  return network;
}

function layOut(options: NetworkOptions): ClassifierNetwork {
  const { arch } = options;
  if (arch === "mobilenet_v2") return describeMobilenet(options);
  if (ARCHS.includes(arch)) return describeResnet({ ...options, arch });
  const names = ARCHS.map((name) => `"${name}"`).join(", ");
  throw new RangeError(
    `Cannot lay out a network called ${JSON.stringify(arch)}: it must be one of ${names}.`,
  );
}
