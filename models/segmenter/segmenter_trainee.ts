import { type BatchGradients, meanGradients } from "../training/batch_gradients.ts";
import type { GradientTask } from "../training/serve_gradients.ts";
import type { Trainee } from "../training/trainee.ts";
import { cropTensors, type HostCrops } from "./crop_feed.ts";
import type { SegmentationLoss } from "./losses.ts";
import { type BareSegmenter, restoreSegmenter, type SegmenterDescription } from "./bare_segmenter.ts";
import { segmenterGradients } from "./segmenter_gradients.ts";

/** What another thread is told of a segmenter, values aside. */
interface Description extends SegmenterDescription {
  readonly loss: SegmentationLoss;
}

/** Gradients of crops, and how many there are. */
interface CropGradients extends BatchGradients {
  readonly count: number;
}

/**
 * A segmentation network whose gradients several threads can find. The loss of a batch is the mean over its parts, so that soft Dice is
 * that of each part.
 */
export function segmenterTrainee(
  segmenter: BareSegmenter,
  { loss }: { readonly loss: SegmentationLoss },
): Trainee<HostCrops, CropGradients> {
  const description: Description = { ...segmenter.description, loss };
  return {
    network: segmenter,
    description,
    worker: new URL("./gradient_worker.ts", import.meta.url),
    split: splitCrops,
    async gradients(crops, options) {
      using tensors = cropTensors(crops);
      return { ...await segmenterGradients(segmenter, tensors, { ...options, loss }), count: crops.count };
    },
    join: (parts) => {
      const counts = parts.map(({ count }) => count);
      return { ...meanGradients(parts, counts), count: counts.reduce((sum, count) => sum + count) };
    },
  };
}

/** What {@linkcode segmenterTrainee} described, in another thread. */
export function openSegmenterTrainee(
  { description, weights }: GradientTask,
): Trainee<HostCrops, CropGradients> {
  const { loss, ...rest } = description as Description;
  return segmenterTrainee(restoreSegmenter({ description: rest, weights }), { loss });
}

/** Cuts a batch into parts that differ by one crop at most. The parts share its memory. */
function splitCrops({ pixels, truth, count, width, height }: HostCrops, parts: number): HostCrops[] {
  const length = Math.min(parts, count), area = width * height;
  return Array.from({ length }, (_, i) => {
    const first = Math.floor(i * count / length), end = Math.floor((i + 1) * count / length);
    return {
      pixels: pixels.subarray(first * area * 3, end * area * 3),
      truth: truth.subarray(first * area, end * area),
      count: end - first,
      width,
      height,
    };
  });
}
