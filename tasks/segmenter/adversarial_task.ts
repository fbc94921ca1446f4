import { augment } from "../../core/kernels/augment.ts";
import type { PhotoSource, PixelTruth } from "../../core/sampling/decoded_photo.ts";
import { fattenedPhotos } from "../../core/sampling/fattened_photos.ts";
import { cropSampler } from "../../core/sampling/random_crops.ts";
import { loadAdversarialPair, saveAdversarialPair } from "../../models/segmenter/adversarial/checkpoint.ts";
import { Discriminator } from "../../models/segmenter/adversarial/discriminator.ts";
import { adversarialGradientModel } from "../../models/segmenter/adversarial/gradients.ts";
import { PairOptimiser } from "../../models/segmenter/adversarial/optimiser.ts";
import { AdversarialPair } from "../../models/segmenter/adversarial/pair.ts";
import {
  preparePairForInference,
  trainAdversarially,
} from "../../models/segmenter/adversarial/train_adversarially.ts";
import { describeSegmentationNetwork } from "../../models/segmenter/architectures.ts";
import { saveSegmenter } from "../../models/segmenter/checkpoint.ts";
import type { CropFeed } from "../../models/segmenter/crop_feed.ts";
import { UsageError } from "../cli/errors.ts";
import { keepInside } from "../data/keep_inside.ts";
import { listPhotos } from "../files/photos.ts";
import { decodePhotos } from "../training/decoded_photos.ts";
import { type NamedSample, wholeSample } from "../training/named_sample.ts";
import type { Trainer, TrainerParts, TrainingTask } from "../training/training_task.ts";
import { adversarialCardOf, adversarialCurveOf, type AdversarialTraining } from "./adversarial_card.ts";
import type { AdversarialChoice } from "./adversarial_options.ts";
import type { MaskedPhotos } from "./photos.ts";
import { bestOf } from "./segmenter_card.ts";
import { evaluateSegmenter, segmenterTask } from "./segmenter_task.ts";
import type { SegmenterTrainingOptions } from "./training_options.ts";

/** Keeps what is drawn for photos without masks apart from what is drawn for the others. */
const OTHER_STREAM = 0x5bd1e995;

/** The training of a segmentation network against a discriminator, on photos with masks and on others without. */
export function adversarialTask(
  options: SegmenterTrainingOptions,
  { unlabelled: folders, settings }: AdversarialChoice,
): TrainingTask<AdversarialTraining> {
  const { seed, loss } = options;
  const plain = segmenterTask(options);
  return {
    name: plain.name,
    examples: "crops with masks",
    curve: ["loss", "discriminatorLoss", "chosen"],
    settings: { ...plain.settings, ...settings },
    minPart: plain.minPart,
    epochsPerRate: plain.epochsPerRate,
    async chooseNetwork() {
      const chosen = await plain.chooseNetwork();
      const { arch, multiple, patches } = describeSegmentationNetwork(chosen.choice);
      if (patches !== undefined) {
        throw new UsageError(
          `Cannot train ${arch} with --adversarial: it marks the middle of patches, and a discriminator wants whole crops; ` +
            "choose another --arch.",
        );
      }
      requireCrops(options, { multiple, levels: settings.levels });
      return {
        ...chosen,
        create: () =>
          new AdversarialPair({
            segmenter: chosen.create(),
            discriminator: new Discriminator({ width: settings.discriminatorWidth, seed }),
          }),
      };
    },
    async load(bytes) {
      const { pair: network, training, restoreOptimiser } = await loadAdversarialPair(bytes);
      return { network, training, restoreOptimiser };
    },
    // What is done is the segmentation network alone.
    encode: (pair, given) =>
      given.training === undefined ? saveSegmenter(pair.segmenter, given) : saveAdversarialPair(pair, given),
    async openPhotos(note, inform) {
      const opened = await plain.openPhotos(note, inform);
      const unlabelled = await openUnlabelled(folders, { ...options, note });
      return {
        ...opened,
        unlabelled,
        data: { ...opened.data, unlabelled: folders },
        failures: opened.failures + unlabelled.failures,
      };
    },
    createOptimiser: ({ momentum }) => new PairOptimiser({ momentum }),
    gradientModel: (pair) => adversarialGradientModel(pair, { ...settings, loss }),
    trainer: (parts) => openTrainer(options, { ...parts, settings }),
    describeSteps: ({ loss, discriminatorLoss, chosen }) =>
      `loss ${loss.toFixed(4)}, discriminator ${discriminatorLoss.toFixed(4)}, ${
        (100 * chosen).toFixed(0)
      } % convincing`,
    describeFigures: plain.describeFigures,
    best: bestOf,
    card: (finished) => adversarialCardOf(finished, options),
    learningCurve: adversarialCurveOf,
  };
}

/** @throws {UsageError} for crops that the discriminator, or the network at its smallest level, cannot be shown. */
function requireCrops(
  { crop, arch = "unet" }: SegmenterTrainingOptions,
  { multiple, levels }: { readonly multiple: number; readonly levels: number },
): void {
  // Both are powers of 2.
  const wanted = Math.max(32, multiple * 2 ** (levels - 1));
  if (crop !== "whole" && crop % wanted === 0) return;
  throw new UsageError(
    `Cannot train ${arch} with --adversarial at ${levels} ${levels === 1 ? "level" : "levels"} on ${
      crop === "whole" ? "whole photos" : `crops of ${crop} pixels`
    }: a --crop that is a multiple of ${wanted} is wanted.`,
  );
}

/** Reads photos without masks. What cannot be read is reported and left out. */
async function openUnlabelled(
  folders: readonly string[],
  { followLinks = false, note }: {
    readonly followLinks?: boolean;
    readonly note: (line: string) => void;
  },
): Promise<MaskedPhotos> {
  const samples: NamedSample[] = [];
  let left = 0;
  for (const folder of folders) {
    const { photos } = await listPhotos([folder], { followLinks });
    const { inside, problems } = await keepInside(folder, photos, { followLinks });
    for (const problem of problems) note(problem);
    left += problems.length;
    // Nothing is known of them: what stands for a truth is never looked at.
    samples.push(...inside.map(({ name, path }) => wholeSample({ name, path, truth: "no_crack" })));
  }
  if (samples.length === 0) {
    throw new UsageError(`Cannot train with --adversarial: there are no photos in ${folders.join(", ")}.`);
  }
  const photos = await decodePhotos(samples, {
    truthOf: (_, { width, height }) => new Uint8Array(width * height),
    onPhoto: (_, failure) => failure === undefined || note(failure),
  });
  return { ...photos, failures: photos.failures + left };
}

async function openTrainer(
  { crop, batch, crops, zoom, seed, augment: augments, loss, fatten }: SegmenterTrainingOptions,
  { compute, network: pair, photos, unlabelled, settings }: TrainerParts<AdversarialTraining> & {
    readonly settings: AdversarialChoice["settings"];
  },
): Promise<Trainer<AdversarialTraining>> {
  const feedOf = async (source: PhotoSource<PixelTruth>, seed: number): Promise<CropFeed> => ({
    compute,
    sampler: await cropSampler(source, { size: crop, batch, crops, zoom, seed }),
    augment: augments ? (crops, of) => augment(crops, { ...of, seed }) : undefined,
  });
  const labelled = await feedOf(
    fatten === undefined ? photos : fattenedPhotos(compute, photos, fatten),
    seed,
  );
  const others = await feedOf(unlabelled!, (seed ^ OTHER_STREAM) >>> 0);
  const { stepsPerEpoch, cropsPerEpoch: examplesPerEpoch } = labelled.sampler;
  const { segmenter } = pair, { levels } = settings;
  return {
    stepsPerEpoch,
    examplesPerEpoch,
    train: ({ onStep, ...steps }) =>
      trainAdversarially(pair, {
        ...steps,
        labelled,
        unlabelled: others,
        settings,
        loss,
        onStep: ({ step, dataTime, loss, discriminatorLoss, chosen }) =>
          onStep({
            step,
            dataTime,
            figures: { loss: [loss, 1], discriminatorLoss: [discriminatorLoss, 1], chosen: [chosen, 1] },
          }),
      }),
    prepareForInference: (firstStep) => preparePairForInference(pair, labelled, { firstStep, levels }),
    async validate(heldBack) {
      const swept = await evaluateSegmenter(segmenter, heldBack, { compute, levels });
      const { value: ods, threshold } = swept.ods();
      return { ods, threshold, ois: swept.ois(), ap: swept.ap() };
    },
  };
}
