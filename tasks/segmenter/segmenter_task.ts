import type { Compute } from "../../core/gpu/compute.ts";
import { augment } from "../../core/kernels/augment.ts";
import { sweepAll, type SweepPair } from "../../core/metrics/sweep.ts";
import type { Sweep } from "../../core/metrics/sweep_result.ts";
import { predictImage } from "../../core/predict/predict_image.ts";
import { predictAtScales } from "../../core/predict/predict_scales.ts";
import { ignoredPixels } from "../../core/sampling/decoded_photo.ts";
import { centredCropSampler } from "../../core/sampling/centred_crops.ts";
import { fattenedPhotos } from "../../core/sampling/fattened_photos.ts";
import { type CropSampler, cropSampler } from "../../core/sampling/random_crops.ts";
import { describeSegmentationNetwork } from "../../models/segmenter/architectures.ts";
import { loadSegmenterCheckpoint, saveSegmenter } from "../../models/segmenter/checkpoint.ts";
import type { CropFeed, HostCrops } from "../../models/segmenter/crop_feed.ts";
import { segmenterGradientModel } from "../../models/segmenter/gradients.ts";
import type { SegmentationLoss } from "../../models/segmenter/losses.ts";
import type { Segmenter } from "../../models/segmenter/segmenter.ts";
import { prepareSegmenterForInference, trainSegmenter } from "../../models/segmenter/train_segmenter.ts";
import type { BatchGradients } from "../../models/training/gradients.ts";
import { MomentumSgd } from "../../models/training/momentum.ts";
import type { SgdSchedule } from "../../models/training/sgd.ts";
import { UsageError } from "../cli/errors.ts";
import type { Quotient } from "../training/training_log.ts";
import type { Trainer, TrainerParts, TrainingTask } from "../training/training_task.ts";
import { type MaskedPhotos, openTrainingData } from "./photos.ts";
import {
  bestOf,
  cardOf,
  dataOf,
  learningCurveOf,
  type SegmenterTraining,
  settingsOf,
} from "./segmenter_card.ts";
import { type SegmenterChoice, startSegmenter } from "./start_segmenter.ts";
import type { SegmenterTrainingOptions } from "./training_options.ts";

/** The training of a segmentation network. */
export function segmenterTask(options: SegmenterTrainingOptions): TrainingTask<SegmenterTraining> {
  const { seed, crop, loss } = options;
  return {
    name: "segmenter:train",
    examples: "crops",
    curve: ["loss"],
    settings: settingsOf(options),
    minPart: 1,
    // The paper's 10 of 30.
    epochsPerRate: Math.ceil(options.epochs / 3),
    async chooseNetwork() {
      const started = await startSegmenter(options);
      return {
        ...started,
        create() {
          requireCrops(started.choice, options);
          return started.create({ seed, trainingSize: crop === "whole" ? null : crop });
        },
      };
    },
    async load(bytes) {
      const { segmenter: network, training, restoreOptimiser } = await loadSegmenterCheckpoint(bytes);
      return { network, training, restoreOptimiser };
    },
    encode: saveSegmenter,
    async openPhotos(note, inform) {
      const opened = await openTrainingData(options, note, inform);
      return { ...opened, data: dataOf(options, opened) };
    },
    createOptimiser: ({ momentum }) => new MomentumSgd({ momentum }),
    gradientModel: (network) => segmenterGradientModel(network, { loss }),
    trainer: (parts) => openTrainer(options, parts),
    describeSteps: ({ loss }) => `loss ${loss.toFixed(4)}`,
    describeFigures: ({ epoch, ods }) => `Epoch ${epoch}: ODS ${ods.toFixed(4)} on photos held back.`,
    best: bestOf,
    card: (finished) => cardOf(finished, options),
    learningCurve: learningCurveOf,
  };
}

/** @throws {UsageError} for crops that a network cannot be trained on. */
function requireCrops(choice: SegmenterChoice, { crop, zoom }: SegmenterTrainingOptions): void {
  const { multiple, arch, patches } = describeSegmentationNetwork(choice);
  if (patches !== undefined) {
    if (crop !== patches.side) {
      throw new UsageError(
        `Cannot train ${arch} on ${
          crop === "whole" ? "whole photos" : `crops of ${crop} pixels`
        }: it sees patches of ` +
          `${patches.side}; give --crop ${patches.side}, and a --batch of some hundred.`,
      );
    }
    if (zoom > 1) {
      throw new UsageError(`Cannot zoom the patches of ${arch} by up to ${zoom}: leave out --zoom.`);
    }
    return;
  }
  if (crop !== "whole" && crop % multiple !== 0) {
    throw new UsageError(
      `Cannot train ${arch} on crops of ${crop} pixels: a multiple of ${multiple} is wanted.`,
    );
  }
  if (crop === "whole" && zoom > 1) {
    throw new UsageError(
      `Cannot zoom whole photos by up to ${zoom}: leave out --zoom, or give a --crop of some pixels.`,
    );
  }
}

async function openTrainer(
  options: SegmenterTrainingOptions,
  { compute, network, photos }: TrainerParts<SegmenterTraining>,
): Promise<Trainer<SegmenterTraining>> {
  const { crop: size, batch, crops, zoom, seed, loss, fatten } = options;
  const { multiple, patches } = network.network;
  const source = fatten === undefined ? photos : fattenedPhotos(compute, photos, fatten);
  const sampler = patches === undefined
    ? await cropSampler(source, { size, multiple, batch, crops, zoom, seed })
    : await centredCropSampler(source, { size: patches.side, batch, crops, seed });
  return {
    ...cropTrainer({ compute, network, sampler, augment: options.augment, seed, loss }),
    async validate(heldBack) {
      const swept = await evaluateSegmenter(network, heldBack, { compute });
      const { value: ods, threshold } = swept.ods();
      return { ods, threshold, ois: swept.ois(), ap: swept.ap() };
    },
  };
}

/** Options of {@linkcode cropTrainer}. */
export interface CropTrainerOptions {
  readonly compute: Compute;
  readonly network: Segmenter;
  /** Where the crops come from. */
  readonly sampler: CropSampler;
  /** Whether colours are altered and noise is added. */
  readonly augment: boolean;
  readonly seed: number;
  readonly loss: SegmentationLoss;
}

/** A training on crops: all of a {@linkcode Trainer} but how it is validated, whatever decides its result. */
export interface CropTrainer {
  readonly stepsPerEpoch: number;
  readonly examplesPerEpoch: number;
  train(
    options: SgdSchedule & {
      readonly gradients: (batch: HostCrops) => Promise<BatchGradients>;
      readonly onStep: (
        step: {
          readonly step: number;
          readonly dataTime: number;
          readonly figures: { readonly loss: Quotient };
        },
      ) => Promise<void>;
    },
  ): Promise<void>;
  prepareForInference(firstStep: number): Promise<void>;
}

/** Trains a segmentation network on crops, wherever they come from. */
export function cropTrainer(
  { compute, network, sampler, augment: augments, seed, loss }: CropTrainerOptions,
): CropTrainer {
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
    prepareForInference: (firstStep) => prepareSegmenterForInference(network, feed, { firstStep }),
  };
}

/**
 * Compares the predictions of a network for whole photos with their masks; those that are soft are cut in the middle.
 *
 * @param options `levels`: at how many scales it is shown a photo, each half of the one before, all counting alike. Default 1.
 */
export async function evaluateSegmenter(
  segmenter: Segmenter,
  photos: MaskedPhotos,
  { compute, levels = 1 }: { readonly compute: Compute; readonly levels?: number },
): Promise<Sweep> {
  async function* pairs(): AsyncGenerator<SweepPair> {
    for (const [i, { name }] of photos.samples.entries()) {
      const { width, height, pixels, truth: mask } = await photos.photo(i);
      const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
      for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
        rgba.set(pixels.subarray(from, from + 3), to);
      }
      const image = new ImageData(rgba, width, height);
      const { confidence } = levels === 1
        ? await predictImage(compute, image, { segmenter })
        : await predictAtScales(compute, image, { segmenter, start: 1, levels, selectivity: 0 });
      const shape = { width, height, channels: 1 };
      using prediction = compute.upload({ ...shape, data: confidence });
      const [values, weight] = mask instanceof Uint8Array ? [mask] : [mask.truth, mask.weight];
      using truth = compute.upload({ ...shape, data: values.map((value) => value >= 128 ? 1 : 0) });
      using ignored = weight && compute.upload({ ...shape, data: ignoredPixels(weight) });
      yield { name, prediction, truth, ignored };
    }
  }
  return await sweepAll(pairs());
}
