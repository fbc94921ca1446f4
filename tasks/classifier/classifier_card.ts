import type { PatchTruth } from "../../core/sampling/decoded_photo.ts";
import type { MomentumSgd } from "../../models/training/momentum.ts";
import type { NetworkClassifier } from "../../models/classifier/classifier.ts";
import type { ClassifierGradients, HostBatch } from "../../models/classifier/gradients.ts";
import { countParameters } from "../../models/layers/parameters.ts";
import { formatDuration } from "../cli/progress.ts";
import type { CardHead, CurvePanel, LearningCurve } from "../training/training_card.ts";
import type { CurvePoint } from "../training/training_log.ts";
import { keepOptions, type Kept, MOMENTUM } from "../training/training_options.ts";
import type { DataOf, FiguresOf, FinishedTraining, SettingsOf } from "../training/training_task.ts";
import { describeSizes, formatPercent, type SizeFigures } from "./size_figures.ts";
import type { StartedClassifier } from "./start_classifier.ts";
import type { ClassifierTrainingOptions } from "./training_options.ts";

/** Options that decide the result, network and photos apart, in the order of cards. */
const SETTINGS = [
  "epochs",
  "batch",
  "learningRate",
  "schedule",
  "momentum",
  "patchSizes",
  "stride",
  "patches",
  "rim",
  "zoom",
  "crackShare",
  "augment",
  "seed",
  "validation",
] as const;

/** Options that say which photos, in the order of cards. */
const PHOTOS = [
  "folders",
  "images",
  "masks",
  "datasets",
  "split",
  "splits",
  "labels",
  "reviewed",
  "skip",
  "limit",
] as const;

/** What decides the result, network and photos apart. The stride is null where patches are random. */
export type ClassifierSettings = Kept<
  ClassifierTrainingOptions & { readonly momentum: number },
  typeof SETTINGS[number]
>;

/** Which photos were asked for. */
export type ClassifierData = Kept<ClassifierTrainingOptions, typeof PHOTOS[number]>;

/** What the options of a training decide of its result. */
export function settingsOf(options: ClassifierTrainingOptions): ClassifierSettings {
  const { patches, patchSizes: [size], stride = Math.ceil(size / 2) } = options;
  const grid = patches === undefined ? stride : undefined;
  return keepOptions({ ...options, momentum: MOMENTUM, stride: grid }, SETTINGS);
}

/** Which photos a training was asked to take. */
export function dataOf(options: ClassifierTrainingOptions): ClassifierData {
  return keepOptions({ ...options, splits: options.splits ?? "folders" }, PHOTOS);
}

/** The types of the training of a classifier, by which `runTraining()` knows it. */
export interface ClassifierTraining {
  readonly network: NetworkClassifier;
  readonly optimiser: MomentumSgd;
  readonly choice: StartedClassifier["choice"];
  readonly settings: ClassifierSettings;
  readonly truth: PatchTruth;
  readonly data: ClassifierData;
  readonly batch: HostBatch;
  readonly gradients: ClassifierGradients;
  /** Mean cross-entropy in nats, and the share of patches classified rightly, 0..1. */
  readonly curve: "loss" | "accuracy";
  readonly figures: { readonly sizes: readonly SizeFigures[] };
  readonly card: ClassifierCard;
}

/** All about a training: what is written beside the classifier. */
export interface ClassifierCard extends CardHead {
  readonly classifier: { readonly name: string; readonly parameters: number; readonly precision: string };
  readonly settings: SettingsOf<ClassifierTraining>;
  readonly data: DataOf<ClassifierTraining>;
  readonly steps: number;
  /** Patches seen. */
  readonly patches: number;
  readonly validation: readonly FiguresOf<ClassifierTraining>[];
  /** Figures of the running batches. */
  readonly curve: readonly CurvePoint<"loss" | "accuracy">[];
}

/** Puts a training on a card. */
export function cardOf(
  { head, network, settings, data, steps, examples, validation, curve }: FinishedTraining<ClassifierTraining>,
  { precision }: Pick<ClassifierTrainingOptions, "precision">,
): ClassifierCard {
  return {
    ...head,
    classifier: { name: network.name, parameters: countParameters(network.specs), precision },
    settings,
    data,
    steps,
    patches: examples,
    validation,
    curve,
  };
}

/** The learning curve of a classifier, and its mean balanced accuracy on photos held back. */
export function learningCurveOf(card: ClassifierCard): LearningCurve {
  const { settings: { patchSizes, learningRate, schedule }, classifier: { name }, patches } = card;
  return {
    title: `${name}: ${patches} patches of ${patchSizes.join(", ")} pixels, ${schedule} ${learningRate}`,
    panels: accuracyPanels(
      card.curve,
      card.validation.map(({ step, sizes }) => [
        step,
        sizes.reduce((sum, { balancedAccuracy }) => sum + balancedAccuracy, 0) / sizes.length,
      ]),
    ),
  };
}

/** Loss and accuracy over the steps of a training; dots for the balanced accuracy on photos held back. */
export function accuracyPanels(
  curve: ClassifierCard["curve"],
  balanced: CurvePanel["dots"],
): readonly CurvePanel[] {
  const accuracies = [...curve.map(({ accuracy }) => accuracy), ...balanced.map(([, value]) => value)];
  return [
    {
      name: "cross-entropy (nats)",
      domain: [0, Math.max(0.1, ...curve.map(({ loss }) => loss))],
      values: curve.map(({ step, loss }) => [step, loss]),
      dots: [],
    },
    {
      name: balanced.length > 0 ? "accuracy; dots: balanced, on held-back photos" : "accuracy",
      domain: [Math.min(0.5, ...accuracies), 1],
      values: curve.map(({ step, accuracy }) => [step, accuracy]),
      dots: balanced,
    },
  ];
}

/** A training in a few lines. */
export function describeCard(card: ClassifierCard, out: string): string {
  const last = card.curve.at(-1);
  const lines = [
    `${out}: ${card.classifier.name}, ${card.classifier.parameters} parameters, trained on ${card.patches} patches of ` +
    `${card.data.photos.length} photos in ${formatDuration(card.seconds)}.`,
  ];
  if (last !== undefined) {
    lines.push(`Last batches: loss ${last.loss.toFixed(3)}, accuracy ${formatPercent(last.accuracy)}.`);
  }
  const validation = card.validation.at(-1);
  if (validation !== undefined) {
    lines.push(`${card.data.validationPhotos.length} photos held back:`, describeSizes(validation.sizes));
  }
  return `${lines.join("\n")}\n`;
}
