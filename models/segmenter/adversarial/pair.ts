import type { Parameters, ParameterSpecs } from "../../layers/parameters.ts";
import type { tf } from "../../tfjs.ts";
import { restoreParameters, type Snapshot } from "../../threads/shared_values.ts";
import type { TrainableNetwork } from "../../training/gradients.ts";
import { describeSegmentationNetwork } from "../architectures.ts";
import { BareSegmenter, type SegmenterDescription } from "../bare_segmenter.ts";
import { Discriminator, type DiscriminatorDescription } from "./discriminator.ts";

/** What an {@linkcode AdversarialPair} is, values aside. */
export interface PairDescription {
  readonly segmenter: SegmenterDescription;
  readonly discriminator: DiscriminatorDescription;
}

/** A segmentation network and the discriminator that it is trained against, whose parameters have names of their own: trained as one. */
export class AdversarialPair<S extends BareSegmenter = BareSegmenter>
  implements TrainableNetwork, Disposable {
  readonly segmenter: S;
  readonly discriminator: Discriminator;

  /** Both are the pair's from then on: it disposes of them. */
  constructor(
    { segmenter, discriminator }: { readonly segmenter: S; readonly discriminator: Discriminator },
  ) {
    this.segmenter = segmenter;
    this.discriminator = discriminator;
  }

  /** Those of the segmentation network, then those of the discriminator. */
  get specs(): ParameterSpecs {
    return new Map([...this.segmenter.specs, ...this.discriminator.specs]);
  }

  get parameters(): Parameters {
    return new Map([...this.segmenter.parameters, ...this.discriminator.parameters]);
  }

  get trainable(): ReadonlyMap<string, tf.Variable> {
    return new Map([...this.segmenter.trainable, ...this.discriminator.trainable]);
  }

  get description(): PairDescription {
    const { segmenter, discriminator } = this;
    return { segmenter: segmenter.description, discriminator: discriminator.description };
  }

  [Symbol.dispose](): void {
    this.segmenter.dispose();
    this.discriminator.dispose();
  }
}

/** Hands the values of a pair, made at their first use, to each of its networks. */
export function sharePairValues(
  create: () => Parameters,
): (specs: ParameterSpecs) => Parameters {
  let made: Parameters | undefined;
  return (specs) => {
    const values = made ??= create();
    return new Map([...specs.keys()].map((name) => [name, values.get(name)!]));
  };
}

/** The pair of a snapshot. Needs an open backend. */
export function restorePair(
  { description: { segmenter, discriminator }, weights }: Snapshot<PairDescription>,
): AdversarialPair {
  const network = describeSegmentationNetwork(segmenter);
  const parts = {
    segmenter: new BareSegmenter({ ...segmenter, network }),
    discriminator: new Discriminator(discriminator),
  };
  const { specs } = new AdversarialPair(parts);
  const parameters = sharePairValues(() => restoreParameters(weights, specs));
  return new AdversarialPair({
    segmenter: new BareSegmenter({ ...segmenter, network, parameters }),
    discriminator: new Discriminator({ ...discriminator, parameters }),
  });
}
