import { augment } from "../../core/kernels/augment.ts";
import type { PatchTruth, PhotoSource } from "../../core/sampling/decoded_photo.ts";
import type { PatchSampler } from "../../core/sampling/patches.ts";
import { randomSampler } from "../../core/sampling/random_patches.ts";
import { gridPatches, gridSampler } from "../../core/sampling/training_grid.ts";
import { loadCheckpoint, saveCheckpoint } from "../../models/classifier/checkpoint.ts";
import { classifierGradientModel } from "../../models/classifier/gradients.ts";
import { correctPrior } from "../../models/classifier/head.ts";
import type { PatchFeed } from "../../models/classifier/patch_feed.ts";
import { prepareClassifierForInference, trainClassifier } from "../../models/classifier/train_classifier.ts";
import { MomentumSgd } from "../../models/training/momentum.ts";
import { UsageError } from "../cli/errors.ts";
import { holdBack } from "../training/decoded_photos.ts";
import type { Trainer, TrainerParts, TrainingTask } from "../training/training_task.ts";
import { cardOf, type ClassifierTraining, dataOf, learningCurveOf, settingsOf } from "./classifier_card.ts";
import { openPatchPhotos } from "./photos.ts";
import { evaluateSizes } from "./size_figures.ts";
import { startClassifier } from "./start_classifier.ts";
import type { ClassifierTrainingOptions } from "./training_options.ts";

/**
 * The training of a classifier.
 *
 * @throws {UsageError} for options that contradict each other.
 */
export function classifierTask(options: ClassifierTrainingOptions): TrainingTask<ClassifierTraining> {
  requireRandomPatches(options);
  return {
    name: "classifier:train",
    examples: "patches",
    curve: ["loss", "accuracy"],
    settings: settingsOf(options),
    minPart: 8,
    epochsPerRate: 1,
    async chooseNetwork() {
      const started = await startClassifier(options);
      const { seed, patchSizes } = options;
      return { ...started, create: () => started.create({ seed, trainingSize: Math.max(...patchSizes) }) };
    },
    async load(bytes) {
      const { classifier: network, training, restoreOptimiser } = await loadCheckpoint(bytes);
      return { network, training, restoreOptimiser };
    },
    encode: saveCheckpoint,
    async openPhotos(note, inform) {
      const { skip, limit } = options;
      const photos = await openPatchPhotos(options, {
        skip,
        limit,
        onPhoto: (_, failure) => failure === undefined || note(failure),
        onNote: inform,
      });
      const parts = holdBack(photos, options.validation);
      photos.requireCrack(parts.training, "train on");
      return { ...parts, data: dataOf(options), failures: photos.failures };
    },
    createOptimiser: ({ momentum }) => new MomentumSgd({ momentum }),
    gradientModel: classifierGradientModel,
    trainer: (parts) => openTrainer(options, parts),
    describeSteps: ({ loss, accuracy }) =>
      `loss ${loss.toFixed(3)}, accuracy ${(100 * accuracy).toFixed(1)} %`,
    card: (finished) => cardOf(finished, options),
    learningCurve: learningCurveOf,
  };
}

function requireRandomPatches({ patches, patchSizes, crackShare }: ClassifierTrainingOptions): void {
  if (patches !== undefined) return;
  if (patchSizes.length > 1) {
    throw new UsageError(
      `Cannot lay a grid of patches of ${patchSizes.length} sizes: give one size, or --patches for random places.`,
    );
  }
  if (crackShare !== 0.5) {
    throw new UsageError(
      `Cannot set the classifier for a share of ${crackShare} with crack: a grid has the photos' own; give --patches, or leave out --crack-share.`,
    );
  }
}

async function openTrainer(
  options: ClassifierTrainingOptions,
  { compute, network, photos }: TrainerParts<ClassifierTraining>,
): Promise<Trainer<ClassifierTraining>> {
  const { seed, crackShare, patchSizes: sizes, stride } = options;
  const sampler = await openSampler(options, photos);
  const feed: PatchFeed = {
    compute,
    sampler,
    augment: options.augment ? (patches, step) => augment(patches, { ...step, seed }) : undefined,
  };
  return {
    stepsPerEpoch: sampler.stepsPerEpoch,
    examplesPerEpoch: sampler.patchesPerEpoch,
    train: ({ onStep, ...steps }) =>
      trainClassifier(network, {
        ...feed,
        ...steps,
        onStep({ step, loss, counts, dataTime }) {
          const { truePositives, trueNegatives, falsePositives, falseNegatives } = counts;
          const right = truePositives + trueNegatives, all = right + falsePositives + falseNegatives;
          return onStep({ step, dataTime, figures: { loss: [loss, 1], accuracy: [right, all] } });
        },
      }),
    prepareForInference: (firstStep) =>
      prepareClassifierForInference(network, feed, { firstStep, crackShare }),
    // Training goes on with as many patches of either class.
    prepareForTraining: () => correctPrior(network, 1 - crackShare),
    validate: async (heldBack) => ({
      sizes: await evaluateSizes(network, heldBack, { compute, sizes, stride }),
    }),
  };
}

/** Where the patches of a training come from. */
async function openSampler(
  options: ClassifierTrainingOptions,
  source: PhotoSource<PatchTruth>,
): Promise<PatchSampler> {
  const { batch, seed, patches, patchSizes: sizes, rim: ignoreMargin, zoom } = options;
  if (patches !== undefined) {
    return await randomSampler(source, { sizes, batch, patches, seed, ignoreMargin, zoom });
  }
  const { patchSizes: [size], stride } = settingsOf(options);
  return gridSampler(source, await gridPatches(source, { size, stride: stride ?? size }), { batch, seed });
}
