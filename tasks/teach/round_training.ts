import { augment } from "../../core/kernels/augment.ts";
import type { WeighedTruth } from "../../core/sampling/decoded_photo.ts";
import { type CropMix, taughtCropSampler } from "../../core/sampling/taught_crops.ts";
import { countParameters } from "../../models/layers/parameters.ts";
import { cropBatches, type CropFeed, type HostCrops } from "../../models/segmenter/crop_feed.ts";
import type { Segmenter } from "../../models/segmenter/segmenter.ts";
import { trainSegmenter } from "../../models/segmenter/train_segmenter.ts";
import type { BatchGradients } from "../../models/training/gradients.ts";
import { recomputeBatchNorm } from "../../models/training/recompute_batch_norm.ts";
import { segmenterTask } from "../segmenter/segmenter_task.ts";
import type { StartedSegmenter } from "../segmenter/start_segmenter.ts";
import { decodePhotos } from "../training/decoded_photos.ts";
import type { CardHead } from "../training/training_card.ts";
import type { CurvePoint } from "../training/training_log.ts";
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
  /** Of the photos, 0 for cracks that are drawn alone. */
  readonly round: number;
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
export interface RoundCard extends CardHead {
  readonly segmenter: { readonly name: string; readonly parameters: number; readonly precision: string };
  readonly settings: SettingsOf<RoundTraining>;
  readonly data: DataOf<RoundTraining>;
  readonly steps: number;
  /** Crops seen. */
  readonly crops: number;
  /** Loss of the running batches. */
  readonly curve: readonly CurvePoint<"loss">[];
}

/** What the paper's schedule of steps has: one cycle over all of a round's crops. */
export function roundSettings(
  given: Omit<RoundSettings, "loss" | "epochs" | "schedule" | "momentum">,
): RoundSettings {
  return { ...given, loss: "bce-dice", epochs: 1, schedule: "one-cycle", momentum: MOMENTUM };
}

/** The training of a network in one round of `teach`. */
export function roundTask(options: RoundOptions): TrainingTask<RoundTraining> {
  const { settings, network, photos, precision } = options;
  const { chooseNetwork, load, encode, gradientModel, describeSteps } = segmenterTask({
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
    gradientModel,
    describeSteps,
    name: "teach",
    examples: "crops",
    curve: ["loss"],
    settings,
    minPart: 1,
    epochsPerRate: 1,
    async openPhotos(note) {
      const training = await decodePhotos(photos, {
        truthOf: weighedTruth,
        onPhoto: (_, failure) => failure === undefined || note(failure),
      });
      return { training, data: {}, failures: training.failures };
    },
    trainer: (parts) => openTrainer(settings, parts),
    card: ({ head, network, settings, data, steps, examples, curve }) => ({
      ...head,
      segmenter: { name: network.name, parameters: countParameters(network.specs), precision },
      settings,
      data,
      steps,
      crops: examples,
      curve,
    }),
    learningCurve: ({ settings: { crop, learningRate }, segmenter: { name }, crops, curve }) => ({
      title: `${name}: ${crops} crops of ${crop} pixels, one cycle up to ${learningRate}`,
      panels: [{
        name: "loss",
        domain: [0, Math.max(0.1, ...curve.map(({ loss }) => loss))],
        values: curve.map(({ step, loss }) => [step, loss]),
        dots: [],
      }],
    }),
  };
}

async function openTrainer(
  { crop: size, batch, crops, zoom, mix, seed, loss, augment: augments }: RoundSettings,
  { compute, network, photos }: TrainerParts<RoundTraining>,
): Promise<Trainer<RoundTraining>> {
  const sampler = await taughtCropSampler(photos, { size, batch, crops, zoom, mix, seed });
  const feed: CropFeed = {
    compute,
    sampler,
    augment: augments ? (photos, of) => augment(photos, { ...of, seed }) : undefined,
  };
  return {
    stepsPerEpoch: sampler.stepsPerEpoch,
    examplesPerEpoch: sampler.cropsPerEpoch,
    train: ({ onStep, ...steps }) =>
      trainSegmenter(network, {
        ...feed,
        ...steps,
        loss,
        onStep: ({ step, loss, dataTime }) => onStep({ step, dataTime, figures: { loss: [loss, 1] } }),
      }),
    prepareForInference: (firstStep) => recomputeBatchNorm(network, cropBatches(feed), { firstStep }),
    validate: () => Promise.resolve({}),
  };
}
