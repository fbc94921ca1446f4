import type { SegmentationLoss } from "../losses.ts";

/** What decides an adversarial training, beside what decides any training of a segmentation network. Plain data. */
export interface AdversarialSettings {
  /** What deceiving the discriminator with predictions for photos with masks counts, beside the loss of the masks, 1. */
  readonly adversarialWeight: number;
  /** The same for photos without masks. */
  readonly unlabelledWeight: number;
  /** What learning from its own predictions counts, where the discriminator takes them for true. */
  readonly semiWeight: number;
  /** How true a prediction must seem to be learnt from, 0..1. */
  readonly confidence: number;
  /** Steps before it is learnt from: the discriminator has to learn, too. */
  readonly semiStart: number;
  /** The discriminator's first learning rate, which falls to 0. */
  readonly discriminatorRate: number;
  /** Scales the channels of the discriminator, 0 < width ≤ 1. */
  readonly discriminatorWidth: number;
  /** Scales that crops are looked at, each half of the one before. */
  readonly levels: number;
}

/**
 * The values of Hung et al. 2018 (arXiv:1802.07934), whose code can be read. Li et al. 2020 and Shim et al. 2020, who trained on cracks in this
 * way, do not give theirs where we could read them. One level is Li's network; three stand for Shim's multiscale one.
 */
export const defaultAdversarial: AdversarialSettings = {
  adversarialWeight: 0.01,
  unlabelledWeight: 0.001,
  semiWeight: 0.1,
  confidence: 0.2,
  semiStart: 5000,
  discriminatorRate: 1e-4,
  discriminatorWidth: 1,
  levels: 1,
};

/** The part of them that the gradients of a step depend on, with the loss of the masks. */
export interface AdversarialLoss extends
  Pick<
    AdversarialSettings,
    "adversarialWeight" | "unlabelledWeight" | "semiWeight" | "confidence" | "levels"
  > {
  readonly loss: SegmentationLoss;
}
