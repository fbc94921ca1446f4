import type { Backend } from "../../models/backend.ts";
import { type LearningRate, oneCycleSchedule, stepSchedule } from "../../models/training/learning_rate.ts";
import type { SegmenterData, SegmenterSettings } from "./segmenter_card.ts";
import type { SegmenterTrainingOptions } from "./segmenter_training_options.ts";
import type { ChosenSegmenter } from "./start_segmenter.ts";
import type { MaskedPhotos, OpenedTrainingData } from "./training_data.ts";

/** The paper's momentum. */
const MOMENTUM = 0.9;

/** Everything that decides the result, photos apart. */
export function settingsOf(
  options: SegmenterTrainingOptions,
  { network, backend, threads }: {
    readonly network: ChosenSegmenter;
    readonly backend: Backend;
    /** Those of an earlier sitting. */
    readonly threads?: number;
  },
): SegmenterSettings {
  const { arch, width, start } = network;
  const { loss, epochs, batch, crop, crops = null, zoom = 1 } = options;
  const { learningRate, schedule, augment, soft, seed } = options;
  const parts = Math.min(navigator.hardwareConcurrency, batch);
  return {
    arch,
    width,
    start,
    loss,
    epochs,
    batch,
    crop,
    crops,
    zoom,
    learningRate,
    schedule,
    momentum: MOMENTUM,
    augment,
    soft,
    seed,
    threads: backend.name === "wasm" ? options.threads ?? threads ?? parts : 1,
    backend: backend.name,
  };
}

/** The photos of a training, by name. */
export function dataOf(
  options: SegmenterTrainingOptions,
  { training, heldBack, rejected, network }: OpenedTrainingData & { readonly network: ChosenSegmenter },
): SegmenterData {
  const { images, masks, datasets, split = null, splits = "folders", labels, extraLabels } = options;
  const { validation = null, validationSplit = null } = options;
  const namesOf = ({ entries }: MaskedPhotos) => entries.map(({ name, extra }) => extra ? `+${name}` : name);
  return {
    images,
    masks,
    datasets,
    split,
    splits,
    labels,
    extraLabels,
    validation,
    validationSplit,
    rejectedLabels: rejected,
    photos: namesOf(training),
    validationPhotos: heldBack === undefined ? [] : namesOf(heldBack),
    imported: network.imported,
  };
}

/** The learning rate of each step. By `step` it falls to a tenth after each third of the epochs: the paper's 10 of 30. */
export function learningRateOf(
  { schedule, learningRate: rate, epochs }: SegmenterSettings,
  stepsPerEpoch: number,
): LearningRate {
  return schedule === "step"
    ? stepSchedule({ rate, every: Math.ceil(epochs / 3) * stepsPerEpoch })
    : oneCycleSchedule({ rate, steps: epochs * stepsPerEpoch });
}
