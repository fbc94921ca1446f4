import type { LabelCount } from "../../core/datasets/patch_labels.ts";
import type { WeighedTruth } from "../../core/sampling/decoded_photo.ts";
import { type CropMix, taughtCropSampler } from "../../core/sampling/taught_crops.ts";
import type { GridOptions } from "../../core/sampling/training_grid.ts";
import type { HostCrops } from "../../models/segmenter/crop_feed.ts";
import type { Segmenter } from "../../models/segmenter/segmenter.ts";
import type { BatchGradients } from "../../models/training/gradients.ts";
import type { MomentumSgd } from "../../models/training/momentum.ts";
import { type CropTrainingCard, describeNetwork, lossPanel } from "../segmenter/segmenter_card.ts";
import { cropTrainer, segmenterTask } from "../segmenter/segmenter_task.ts";
import type { StartedSegmenter } from "../segmenter/start_segmenter.ts";
import { decodePhotos } from "../training/decoded_photos.ts";
import { MOMENTUM, type TrainingRunOptions } from "../training/training_options.ts";
import type {
  CommonSettings,
  DataOf,
  SettingsOf,
  Trainer,
  TrainerParts,
  TrainingTask,
} from "../training/training_task.ts";
import { type TaughtPhoto, weighedTruth } from "./taught_photo.ts";

/** What decides what a round learns, network and photos apart. */
export interface RoundSettings extends CommonSettings {
  /** 0 for the first, which sees drawn cracks only. */
  readonly round: number;
  /** The patches that masks were cut into, and what was labelled. */
  readonly grid: GridOptions;
  readonly cost: LabelCount;
  /** SHA-256 of the file that the network starts from; null for none. */
  readonly from: string | null;
  readonly loss: "bce-dice";
  readonly crop: number;
  readonly crops: number;
  readonly zoom: readonly [least: number, most: number];
  readonly mix: CropMix;
  readonly augment: boolean;
  readonly seed: number;
}

/** Options of {@linkcode roundTask}. */
export interface RoundOptions extends TrainingRunOptions {
  readonly settings: RoundSettings;
  /** The network, by name or by the file that it starts from. */
  readonly network: {
    readonly arch?: StartedSegmenter["choice"]["arch"];
    readonly width?: number;
    readonly start?: string;
  };
  readonly photos: readonly TaughtPhoto[];
}

/** The types of the training of a round, by which `runTraining()` knows it. */
export interface RoundTraining {
  readonly network: Segmenter;
  readonly optimiser: MomentumSgd;
  readonly choice: StartedSegmenter["choice"];
  readonly settings: RoundSettings;
  readonly truth: WeighedTruth;
  readonly data: object;
  readonly batch: HostCrops;
  readonly gradients: BatchGradients;
  readonly curve: "loss";
  readonly figures: object;
  readonly card: RoundCard;
}

/** All about the training of a round: what is written beside its network. */
export interface RoundCard extends CropTrainingCard {
  readonly settings: SettingsOf<RoundTraining>;
  readonly data: DataOf<RoundTraining>;
}

/** The settings of a round with what all rounds have: one cycle of the learning rate over all crops. */
export function roundSettings(
  given: Omit<RoundSettings, "loss" | "epochs" | "schedule" | "momentum">,
): RoundSettings {
  return { ...given, loss: "bce-dice", epochs: 1, schedule: "one-cycle", momentum: MOMENTUM };
}

/** The training of a network in one round of `teach`. */
export function roundTask(options: RoundOptions): TrainingTask<RoundTraining> {
  const { settings, network, photos, precision } = options;
  const { chooseNetwork, load, encode, createOptimiser, gradientModel, describeSteps } = segmenterTask({
    ...options,
    ...settings,
    ...network,
    zoom: 1,
    datasets: [],
    images: [],
    masks: [],
    labels: [],
    photos: [],
    extraLabels: [],
    soft: true,
  });
  return {
    chooseNetwork,
    load,
    encode,
    createOptimiser,
    gradientModel,
    describeSteps,
    name: "teach",
    examples: "crops",
    curve: ["loss"],
    settings,
    minPart: 1,
    epochsPerRate: 1,
    async openPhotos(note, inform) {
      const training = await decodePhotos(photos, {
        truthOf: weighedTruth,
        onNote: inform,
        onPhoto: (_, failure) => failure === undefined || note(failure),
      });
      return { training, data: {}, failures: training.failures };
    },
    trainer: (parts) => openTrainer(settings, parts),
    card: ({ head, network, settings, data, steps, examples, curve }) => ({
      ...head,
      segmenter: describeNetwork(network, precision),
      settings,
      data,
      steps,
      crops: examples,
      curve,
    }),
    learningCurve: ({ settings: { crop, learningRate }, segmenter: { name }, crops, curve }) => ({
      title: `${name}: ${crops} crops of ${crop} pixels, one cycle up to ${learningRate}`,
      panels: [lossPanel(curve)],
    }),
  };
}

async function openTrainer(
  { crop: size, batch, crops, zoom, mix, seed, loss, augment }: RoundSettings,
  { compute, network, photos }: TrainerParts<RoundTraining>,
): Promise<Trainer<RoundTraining>> {
  const sampler = await taughtCropSampler(photos, { size, batch, crops, zoom, mix, seed });
  // No mask is there to validate by.
  return {
    ...cropTrainer({ compute, network, sampler, augment, seed, loss }),
    validate: () => Promise.resolve({}),
  };
}
