import { NetworkBase, type NetworkValues } from "../../layers/network_base.ts";
import { defineNetwork, type Network } from "../../layers/network.ts";
import { enlarge, leakyRelu } from "../../layers/operations.ts";
import type { tf } from "../../tfjs.ts";

/** Channels of the layers before the last, which has one. */
const CHANNELS = [64, 128, 256, 512] as const;

/** How the slope of a leaky ReLU is below 0. */
const SLOPE = 0.2;

/** Each of the five layers halves the size. */
const SHRINKAGE = 2 ** (CHANNELS.length + 1);

/** The layers of a {@linkcode Discriminator}. */
export type DiscriminatorNetwork = Network<"discriminator">;

/**
 * Says of each pixel whether the map of classes around it is true or a network's: the fully convolutional discriminator of Hung et al. 2018
 * (arXiv:1802.07934) as its authors' code has it, five 4 × 4 convolutions of stride 2 with a bias, a leaky ReLU of slope 0.2 between them and
 * no normalisation, enlarged bilinearly to the size of the map.
 *
 * Its input is N × H × W × 2, the probabilities of background and crack; its output are logits, above 0 where the map seems true.
 *
 * @param options `width`: scales its channels, 0 < width ≤ 1. Default 1.
 * @throws {RangeError} for a width outside (0, 1].
 */
export function describeDiscriminator(
  { width = 1 }: { readonly width?: number } = {},
): DiscriminatorNetwork {
  return defineNetwork({
    arch: "discriminator",
    width,
    channels: 2,
    multiple: SHRINKAGE,
    outputs: ["true"],
    input: { offset: 0, divisor: 1 },
    forward(x, graph) {
      const layer = { side: 4, stride: 2, padding: 1, bias: true };
      const convolved = CHANNELS.reduce((y, channels, i) => {
        const outputs = Math.max(1, Math.round(channels * width));
        const convolution = graph.layer(y, { ...layer, name: `discriminator${i + 1}_conv`, outputs });
        return graph.operation(leakyRelu(`discriminator${i + 1}_leaky`, SLOPE), convolution);
      }, x);
      const judged = graph.layer(convolved, { ...layer, name: "discriminator_judgement", outputs: 1 });
      return [graph.operation(enlarge("discriminator_enlarged", SHRINKAGE), judged)];
    },
  });
}

/** What a discriminator is, values aside. */
export interface DiscriminatorDescription {
  readonly width: number;
  /** Seed of its untrained values. */
  readonly seed: number;
}

/** A discriminator and its values: its judgement is what a segmentation network is trained against. */
export class Discriminator extends NetworkBase<DiscriminatorNetwork, DiscriminatorDescription> {
  constructor({ width, ...values }: Pick<DiscriminatorDescription, "width"> & NetworkValues) {
    const network = describeDiscriminator({ width });
    super({ kind: "discriminator", network, specs: network.specs, ...values });
  }

  override get description(): DiscriminatorDescription {
    return { width: this.network.width, seed: this.seed };
  }

  /**
   * How true maps of classes seem: logits, N × H × W × 1. Differentiable with respect to the maps and to its own values.
   *
   * @param classes N × H × W × 2, the probabilities of background and crack, H and W multiples of 32.
   */
  judge(classes: tf.Tensor4D): tf.Tensor4D {
    return this.train(classes, {})[0];
  }
}
