import type { AdversarialCrops, AdversarialGradients } from "../../models/segmenter/adversarial/gradients.ts";
import type { PairOptimiser } from "../../models/segmenter/adversarial/optimiser.ts";
import type { AdversarialPair } from "../../models/segmenter/adversarial/pair.ts";
import type { AdversarialSettings } from "../../models/segmenter/adversarial/settings.ts";
import type { Segmenter } from "../../models/segmenter/segmenter.ts";
import type { CurvePanel, LearningCurve } from "../training/training_card.ts";
import type { CurvePoint } from "../training/training_log.ts";
import type { DataOf, FinishedTraining, SettingsOf } from "../training/training_task.ts";
import {
  cardOf,
  describeCard,
  learningCurveOf,
  type SegmenterCard,
  type SegmenterTraining,
} from "./segmenter_card.ts";
import type { SegmenterTrainingOptions } from "./training_options.ts";

/** The figures of a step: what the network and the discriminator make small, and the share of pixels that would be learnt from. */
type Curve = "loss" | "discriminatorLoss" | "chosen";

/** The types of an adversarial training, by which `runTraining()` knows it. */
export interface AdversarialTraining {
  readonly network: AdversarialPair<Segmenter>;
  readonly optimiser: PairOptimiser;
  readonly choice: SegmenterTraining["choice"];
  readonly settings: SegmenterTraining["settings"] & AdversarialSettings;
  readonly truth: SegmenterTraining["truth"];
  readonly data: SegmenterTraining["data"] & {
    /** Folders of photos without masks. */
    readonly unlabelled: readonly string[];
  };
  readonly batch: AdversarialCrops;
  readonly gradients: AdversarialGradients;
  readonly curve: Curve;
  readonly figures: SegmenterTraining["figures"];
  readonly card: AdversarialCard;
}

/** All about an adversarial training: what is written beside the network. */
export interface AdversarialCard extends SegmenterCard {
  readonly settings: SettingsOf<AdversarialTraining>;
  readonly data: DataOf<AdversarialTraining>;
  readonly curve: readonly CurvePoint<Curve>[];
  /** What its method is, where it comes from and what is not from there. */
  readonly method: string;
}

const METHOD =
  "Adversarial semi-supervised training as Hung et al. 2018 (arXiv:1802.07934) describe it and their code has it: the " +
  "discriminator, the losses, their weights and Adam. Li et al. 2020 and Shim et al. 2020 used it on cracks; their weights, backbones " +
  "and scales could not be read, so that Hung's weights stand for theirs. Ours are the network and its schedule (without weight decay), " +
  "as many crops without masks as with, the choice of pixels in each thread's part of a batch, and the scales 1, 1/2, 1/4, …, each the " +
  "mean of pixels, whose logits are averaged.";

/** Puts an adversarial training on a card. */
export function adversarialCardOf(
  finished: FinishedTraining<AdversarialTraining>,
  options: Pick<SegmenterTrainingOptions, "precision">,
): AdversarialCard {
  const { network: { segmenter }, settings, data, curve } = finished;
  const card = cardOf({ ...finished, network: segmenter }, options);
  return { ...card, method: METHOD, settings, data, curve };
}

/** The losses of both networks, the share of pixels that convinced the discriminator, and the ODS on photos held back. */
export function adversarialCurveOf(card: AdversarialCard): LearningCurve {
  const { title, panels: [loss, ...others] } = learningCurveOf(card);
  const panel = (of: Curve, name: string, least: number): CurvePanel => ({
    name,
    domain: [0, Math.max(least, ...card.curve.map((point) => point[of]))],
    values: card.curve.map((point) => [point.step, point[of]]),
    dots: [],
  });
  const judging = [
    panel("discriminatorLoss", "loss of the discriminator", 0.1),
    panel("chosen", "share of pixels without masks that it takes for true", 1),
  ];
  return { title: `${title}, adversarial`, panels: [loss, ...judging, ...others] };
}

/** An adversarial training in a few lines. */
export function describeAdversarialCard(card: AdversarialCard, out: string): string {
  const { data: { unlabelledPhotos = [] }, settings: { semiStart }, steps } = card;
  const photos = `${unlabelledPhotos.length} ${unlabelledPhotos.length === 1 ? "photo" : "photos"}`;
  const learnt = semiStart < steps
    ? `from step ${semiStart + 1} on the network learnt from its own predictions for them, too`
    : `the training ended before step ${
      semiStart + 1
    }, from which on the network learns from its own predictions: give a lower --semi-start`;
  return `${describeCard(card, out)}Against a discriminator, on ${photos} without masks: ${learnt}.\n`;
}
