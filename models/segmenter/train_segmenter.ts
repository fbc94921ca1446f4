import {
  argumentsSchema,
  callback,
  checkArguments,
  instanceOf,
  NUMBER,
  optional,
  optionsSchema,
  type Schema,
  TEXT,
} from "../../core/arguments.ts";
import { openBackend } from "../backend.ts";
import type { BatchGradients } from "../training/gradients.ts";
import { recomputeBatchNorm } from "../training/recompute_batch_norm.ts";
import { SCHEDULE_OPTIONS, sgd, type SgdSchedule, type SgdStep } from "../training/sgd.ts";
import {
  cropBatches,
  type CropFeed,
  cropTensors,
  FEED_OPTIONS,
  fetchCrops,
  firstCrops,
  type HostCrops,
  prepareCrops,
} from "./crop_feed.ts";
import { segmenterGradients } from "./gradients.ts";
import type { SegmentationLoss } from "./losses.ts";
import { Segmenter } from "./segmenter.ts";

/** Options of {@linkcode trainSegmenter}. */
export interface TrainSegmenterOptions extends CropFeed, SgdSchedule {
  /** What is made small: `bce`, binary cross-entropy, or with a share of soft Dice `bce-dice`, or the `own` of the network's authors. */
  readonly loss: SegmentationLoss;
  /**
   * Computes gradients of a batch on the host, where the backend is not `webgpu`. Default: this thread, the batch as a whole.
   *
   * @internal
   */
  readonly gradients?: (batch: HostCrops) => Promise<BatchGradients>;
  /** Called after each step, and waited for: the place to report and to save the segmenter and the optimiser. */
  readonly onStep?: (step: SgdStep) => void | Promise<void>;
}

/** Options of {@linkcode prepareSegmenterForInference}. */
export interface PrepareSegmenterOptions {
  /** The first of the steps whose batches are looked at: one that was not trained on, such as the number of steps. */
  readonly firstStep: number;
}

const TRAIN = argumentsSchema({
  segmenter: instanceOf(Segmenter),
  options: optionsSchema<TrainSegmenterOptions>({
    ...FEED_OPTIONS,
    ...SCHEDULE_OPTIONS,
    loss: TEXT as Schema<SegmentationLoss>,
    gradients: optional(callback<NonNullable<TrainSegmenterOptions["gradients"]>>()),
    onStep: optional(callback<NonNullable<TrainSegmenterOptions["onStep"]>>()),
  }),
});

const PREPARE = argumentsSchema({
  segmenter: instanceOf(Segmenter),
  feed: optionsSchema<CropFeed>(FEED_OPTIONS),
  options: optionsSchema<PrepareSegmenterOptions>({ firstStep: NUMBER }),
});

/**
 * Trains a segmentation network by stochastic gradient descent.
 *
 * A step depends on the network, the optimiser's velocities and the number of the step: with the two restored, `firstStep` goes on as if
 * nothing had happened. Afterwards {@linkcode prepareSegmenterForInference} readies the network for photos.
 *
 * @example A dark line, drawn, in four steps: far too few, but the way of any training
 * ```ts
 * import {
 *   createSegmenter,
 *   cropSampler,
 *   MomentumSgd,
 *   oneCycleSchedule,
 *   openCompute,
 *   prepareSegmenterForInference,
 *   saveSegmenter,
 *   trainSegmenter,
 * } from "../../mod.ts";
 *
 * const [width, height, seed, steps] = [48, 40, 1, 4];
 * const truth = Uint8Array.from({ length: width * height }, (_, i) => i % width === 20 ? 255 : 0);
 * const pixels = Uint8Array.from({ length: truth.length * 3 }, (_, i) => truth[Math.floor(i / 3)] ? 30 : 160);
 * const photo = { width, height, pixels, truth };
 *
 * using compute = await openCompute();
 * using segmenter = createSegmenter({ arch: "unet", width: 1 / 64, trainingSize: 32, seed });
 * using optimiser = new MomentumSgd({ momentum: 0.9 });
 * const sampler = await cropSampler({ count: 1, photo: () => photo }, { size: 32, batch: 2, seed });
 * const feed = { compute, sampler };
 * await trainSegmenter(segmenter, {
 *   ...feed,
 *   ...{ loss: "bce-dice", optimiser, steps, learningRate: oneCycleSchedule({ rate: 0.05, steps }) },
 *   onStep: ({ step, loss }) => console.log(`step ${step + 1}: loss ${loss}`),
 * });
 * await prepareSegmenterForInference(segmenter, feed, { firstStep: steps });
 * const checkpoint = await saveSegmenter(segmenter);
 * console.log(`${segmenter.name}: ${checkpoint.length} bytes`);
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {Error} if the loss is no longer finite: then the learning rate is too high.
 * @throws {RangeError} if the memory does not hold a batch, naming one that it holds.
 */
export async function trainSegmenter(
  segmenter: Segmenter,
  options: TrainSegmenterOptions,
): Promise<void> {
  checkArguments("train a segmentation network", TRAIN, { segmenter, options });
  const { compute, loss, onStep, gradients } = options;
  await openBackend({ compute });
  await sgd({
    trainable: segmenter.trainable,
    prepare: (step) => prepareCrops(step, options),
    fetch: fetchCrops,
    gradients: async (batch): Promise<BatchGradients> => {
      if ("pixels" in batch && gradients !== undefined) return await gradients(batch);
      using tensors = cropTensors(batch);
      return await segmenterGradients(segmenter, tensors, { loss });
    },
    check: () => compute.check(),
    count: ({ count }) => count,
    first: firstCrops,
    onStep: (step) => onStep?.(step),
  }, options);
}

/**
 * Readies a network that was just trained for whole photos: its batch norms are given the mean statistics of 50 batches, or of an epoch if it
 * has fewer, in place of those that followed the last steps. Without it predictions are noticeably worse. The training may go on afterwards.
 *
 * @param feed what it was trained on.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 */
export async function prepareSegmenterForInference(
  segmenter: Segmenter,
  feed: CropFeed,
  options: PrepareSegmenterOptions,
): Promise<void> {
  checkArguments("ready a segmentation network for photos", PREPARE, { segmenter, feed, options });
  await openBackend({ compute: feed.compute });
  await recomputeBatchNorm(segmenter, cropBatches(feed), options);
}
