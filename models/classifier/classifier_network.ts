import { defineNetwork, type Network, type NetworkDefinition } from "../layers/network.ts";

/** Names of the networks that a classifier can be made of. */
export type Arch =
  | "resnet18"
  | "resnet34"
  | "resnet50"
  | "resnet101"
  | "resnet152"
  | "mobilenet_v2"
  | `efficientnet_b${0 | 1 | 2 | 3 | 4 | 5}`;

/** Where a bottleneck ResNet halves the image; of no matter elsewhere. */
type StrideAt = "first" | "middle";

/** The layers of a classifier before its head, not their values. */
export interface ClassifierNetwork extends Network<Arch> {
  readonly strideAt: StrideAt;
  /** Channels of the last feature map. */
  readonly channels: number;
}

/** A classifier's network as {@linkcode defineClassifierNetwork} takes it. */
interface ClassifierNetworkDefinition extends Omit<NetworkDefinition<Arch>, "multiple" | "outputs"> {
  readonly strideAt: StrideAt;
}

/** A classifier's network from its text, which gives its last feature map alone. It takes images of any size. */
export function defineClassifierNetwork(
  { strideAt, ...definition }: ClassifierNetworkDefinition,
): ClassifierNetwork {
  const network = defineNetwork({ ...definition, multiple: 1, outputs: ["features"] });
  const [, , channels] = network.summary({ height: 1, width: 1 }).at(-1)!.output;
  return { ...network, strideAt, channels };
}
