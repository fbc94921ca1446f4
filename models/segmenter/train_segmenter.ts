import type { BatchGradients } from "../training/gradients.ts";
import { sgd, type SgdSchedule, type SgdStep } from "../training/sgd.ts";
import type { BareSegmenter } from "./bare_segmenter.ts";
import {
  type CropFeed,
  cropTensors,
  fetchCrops,
  firstCrops,
  type HostCrops,
  prepareCrops,
} from "./crop_feed.ts";
import { segmenterGradients } from "./gradients.ts";
import type { SegmentationLoss } from "./losses.ts";

/** Options of {@linkcode trainSegmenter}. */
export interface TrainSegmenterOptions extends CropFeed, SgdSchedule {
  readonly loss: SegmentationLoss;
  /** Computes gradients of a batch on the host, where the backend is not `webgpu`. Default: this thread, the batch as a whole. */
  readonly gradients?: (batch: HostCrops) => Promise<BatchGradients>;
  /** Called after each step, and waited for: the place to report and to save the segmenter and the optimiser. */
  readonly onStep?: (step: SgdStep) => void | Promise<void>;
}

/**
 * Trains a segmentation network by stochastic gradient descent.
 *
 * A step depends on the network, the optimiser's velocities and the number of the step: with the two restored, `firstStep` goes on as if
 * nothing had happened.
 *
 * @throws {Error} if the loss is no longer finite: then the learning rate is too high.
 * @throws {RangeError} if the memory does not hold a batch, naming one that it holds.
 */
export async function trainSegmenter(
  segmenter: BareSegmenter,
  options: TrainSegmenterOptions,
): Promise<void> {
  const { compute, loss, onStep, gradients } = options;
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
