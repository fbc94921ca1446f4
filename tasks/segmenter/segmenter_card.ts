import type { PixelTruth } from "../../core/sampling/decoded_photo.ts";
import { countParameters } from "../../models/layers/parameters.ts";
import type { HostCrops } from "../../models/segmenter/crop_feed.ts";
import type { Segmenter } from "../../models/segmenter/segmenter.ts";
import type { BatchGradients } from "../../models/training/gradients.ts";
import type { MomentumSgd } from "../../models/training/momentum.ts";
import { formatDuration } from "../cli/progress.ts";
import type { CardHead, CurvePanel, LearningCurve } from "../training/training_card.ts";
import type { CurvePoint } from "../training/training_log.ts";
import { keepOptions, type Kept, MOMENTUM } from "../training/training_options.ts";
import type { DataOf, FiguresOf, FinishedTraining, SettingsOf } from "../training/training_task.ts";
import type { OpenedTrainingData } from "./photos.ts";
import type { StartedSegmenter } from "./start_segmenter.ts";
import type { SegmenterTrainingOptions } from "./training_options.ts";

/** Options that decide the result, network and photos apart, in the order of cards. */
const SETTINGS = [
  "loss",
  "epochs",
  "batch",
  "crop",
  "crops",
  "zoom",
  "learningRate",
  "schedule",
  "momentum",
  "augment",
  "soft",
  "seed",
] as const;

/** Options that say which photos, in the order of cards. */
const PHOTOS = [
  "images",
  "masks",
  "datasets",
  "split",
  "splits",
  "labels",
  "extraLabels",
  "reviewed",
  "validation",
  "validationSplit",
] as const;

/** What decides the result, network and photos apart. */
export type SegmenterSettings =
  & Kept<SegmenterTrainingOptions & { readonly momentum: number }, typeof SETTINGS[number]>
  & Pick<SegmenterTrainingOptions, "fatten">;

/** Which photos were asked for. */
export interface SegmenterData extends Kept<SegmenterTrainingOptions, typeof PHOTOS[number]> {
  /** Labels left out because too few of their pixels are crack. */
  readonly rejectedLabels: number;
}

/** What the options of a training decide of its result. */
export function settingsOf(options: SegmenterTrainingOptions): SegmenterSettings {
  const { fatten } = options;
  const kept = keepOptions({ ...options, momentum: MOMENTUM }, SETTINGS);
  // Named only where it is asked for: trainings that were saved before there was such an option go on.
  return fatten === undefined ? kept : { ...kept, fatten };
}

/** Which photos a training was asked to take, and how many of their labels it did not. */
export function dataOf(
  options: SegmenterTrainingOptions,
  { rejected }: Pick<OpenedTrainingData, "rejected">,
): SegmenterData {
  const kept = keepOptions({ ...options, splits: options.splits ?? "folders" }, PHOTOS);
  return { ...kept, rejectedLabels: rejected };
}

/** The types of the training of a segmentation network, by which `runTraining()` knows it. */
export interface SegmenterTraining {
  readonly network: Segmenter;
  readonly optimiser: MomentumSgd;
  readonly choice: StartedSegmenter["choice"];
  readonly settings: SegmenterSettings;
  readonly truth: PixelTruth;
  readonly data: SegmenterData;
  readonly batch: HostCrops;
  readonly gradients: BatchGradients;
  readonly curve: "loss";
  readonly figures: OdsFigures;
  readonly card: SegmenterCard;
}

/** The network on photos held back. */
export interface OdsFigures {
  /** Greatest mean F1 of the photos that one threshold reaches, 0..1, and that threshold. */
  readonly ods: number;
  readonly threshold: number;
  /** Mean of the greatest F1 of each photo, 0..1. */
  readonly ois: number;
  /** Average precision, 0..1. */
  readonly ap: number;
}

/** What the card of any training on crops says. */
export interface CropTrainingCard extends CardHead {
  readonly segmenter: { readonly name: string; readonly parameters: number; readonly precision: string };
  readonly steps: number;
  /** Crops seen. */
  readonly crops: number;
  /** Loss of the running batches. */
  readonly curve: readonly CurvePoint<"loss">[];
}

/** All about a training: what is written beside the network. */
export interface SegmenterCard extends CropTrainingCard {
  readonly settings: SettingsOf<SegmenterTraining>;
  readonly data: DataOf<SegmenterTraining>;
  /** The epoch whose network was kept; null without photos held back, where it is the last. */
  readonly bestEpoch: number | null;
  readonly validation: readonly FiguresOf<SegmenterTraining>[];
}

/** The figures of the epoch with the greatest ODS, the first of equals. */
export function bestOf<Figures extends OdsFigures>(validation: readonly Figures[]): Figures | undefined {
  return validation.reduce<Figures | undefined>(
    (best, figures) => best === undefined || figures.ods > best.ods ? figures : best,
    undefined,
  );
}

/** A network as cards name it. */
export function describeNetwork(
  { name, specs }: Pick<Segmenter, "name" | "specs">,
  precision: string,
): CropTrainingCard["segmenter"] {
  return { name, parameters: countParameters(specs), precision };
}

/** Puts a training on a card. */
export function cardOf(
  { head, network, settings, data, steps, examples, validation, curve }: FinishedTraining<SegmenterTraining>,
  { precision }: Pick<SegmenterTrainingOptions, "precision">,
): SegmenterCard {
  return {
    ...head,
    segmenter: describeNetwork(network, precision),
    settings,
    data,
    steps,
    crops: examples,
    bestEpoch: bestOf(validation)?.epoch ?? null,
    validation,
    curve,
  };
}

/** The diagram of a training's loss. */
export function lossPanel(curve: readonly CurvePoint<"loss">[]): CurvePanel {
  return {
    name: "loss",
    domain: [0, Math.max(0.1, ...curve.map(({ loss }) => loss))],
    values: curve.map(({ step, loss }) => [step, loss]),
    dots: [],
  };
}

/** The loss of a training, and the ODS on photos held back. */
export function learningCurveOf(card: SegmenterCard): LearningCurve {
  const { settings: { crop, learningRate, schedule }, segmenter: { name }, crops, curve, validation } = card;
  const what = crop === "whole" ? `${crops} whole photos` : `${crops} crops of ${crop} pixels`;
  const loss = lossPanel(curve);
  const points = validation.map(({ step, ods }) => [step, ods] as const);
  const ods = { name: "ODS on held-back photos", domain: [0, 1] as const, values: points, dots: points };
  return {
    title: `${name}: ${what}, ${schedule} ${learningRate}`,
    panels: points.length > 0 ? [loss, ods] : [loss],
  };
}

/** A training in a few lines. */
export function describeCard(card: SegmenterCard, out: string): string {
  const { segmenter: { name, parameters }, crops, data, seconds, validation, curve } = card;
  const lines = [
    `${out}: ${name}, ${parameters} parameters, trained on ${crops} crops of ${data.photos.length} photos in ` +
    `${formatDuration(seconds)}.`,
  ];
  const last = curve.at(-1);
  if (last !== undefined) lines.push(`Last batches: loss ${last.loss.toFixed(4)}.`);
  const best = bestOf(validation);
  if (best !== undefined) {
    lines.push(
      `${data.validationPhotos.length} photos held back: ODS ${best.ods.toFixed(3)} at ${
        best.threshold.toFixed(2)
      }, ` +
        `OIS ${best.ois.toFixed(3)}, AP ${best.ap.toFixed(3)} after epoch ${best.epoch}, which was kept; ` +
        `the last is ${out}.last.`,
    );
  }
  return `${lines.join("\n")}\n`;
}
