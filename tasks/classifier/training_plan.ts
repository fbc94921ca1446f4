import type { PatchTruth, PhotoSource } from "../../core/sampling/decoded_photo.ts";
import type { PatchSampler } from "../../core/sampling/patches.ts";
import { gridPatches, gridSampler } from "../../core/sampling/training_grid.ts";
import { randomSampler } from "../../core/sampling/random_patches.ts";
import type { Backend } from "../../models/backend.ts";
import { type LearningRate, oneCycleSchedule, stepSchedule } from "../../models/training/learning_rate.ts";
import type { Dataset } from "./dataset.ts";
import type { TrainingData, TrainingSettings } from "./training_card.ts";
import type { TrainingOptions } from "./training_options.ts";

/** The paper's momentum. */
const MOMENTUM = 0.9;

/** The fewest patches that batch norm is given in one part. */
const LEAST_PART = 8;

/** Everything that decides the result, photos apart. */
export function settingsOf(
  options: TrainingOptions,
  { network, backend, threads }: {
    readonly network: Pick<TrainingSettings, "arch" | "width" | "head" | "start">;
    readonly backend: Backend;
    /** Those of an earlier sitting. */
    readonly threads?: number;
  },
): TrainingSettings {
  const { arch, width, head, start } = network;
  const { epochs, batch, learningRate, schedule, patchSizes } = options;
  const { patches = null, rim, zoom, crackShare, augment, seed, validation } = options;
  const parts = Math.min(navigator.hardwareConcurrency, Math.floor(batch / LEAST_PART));
  return {
    arch,
    width,
    head,
    start,
    epochs,
    batch,
    learningRate,
    schedule,
    momentum: MOMENTUM,
    patchSizes,
    stride: patches === null ? options.stride ?? Math.ceil(patchSizes[0] / 2) : null,
    patches,
    rim,
    zoom,
    crackShare,
    augment,
    seed,
    validation,
    threads: backend.name === "wasm" ? options.threads ?? threads ?? Math.max(1, parts) : 1,
    backend: backend.name,
  };
}

/** The photos of a training, by name. */
export function dataOf(
  { folders, images, masks, datasets, split, splits, skip, limit }: TrainingOptions,
  { training, heldBack, network }: {
    readonly training: Dataset;
    readonly heldBack?: Dataset;
    readonly network: Pick<TrainingData, "imported">;
  },
): TrainingData {
  return {
    folders,
    images,
    masks,
    datasets,
    split: split ?? null,
    splits: splits ?? "folders",
    skip,
    limit: limit ?? null,
    photos: training.names,
    validationPhotos: heldBack?.names ?? [],
    imported: network.imported,
  };
}

/** Where the patches of a training come from. */
export async function samplerOf(
  settings: TrainingSettings,
  source: PhotoSource<PatchTruth>,
): Promise<PatchSampler> {
  const { batch, seed, stride, patches, patchSizes: sizes, rim, zoom } = settings;
  if (patches !== null) return await randomSampler(source, { sizes, batch, patches, seed, rim, zoom });
  const size = sizes[0];
  return gridSampler(source, await gridPatches(source, { size, stride: stride ?? size }), { batch, seed });
}

/** The learning rate of each step. */
export function learningRateOf(
  { schedule, learningRate: rate, epochs }: TrainingSettings,
  stepsPerEpoch: number,
): LearningRate {
  return schedule === "step"
    ? stepSchedule({ rate, every: stepsPerEpoch })
    : oneCycleSchedule({ rate, steps: epochs * stepsPerEpoch });
}
