import { takeData } from "../tensors.ts";
import { tf } from "../tfjs.ts";
import {
  type BatchGradients,
  evenParts,
  type GradientModel,
  type GradientOptions,
  lossGradients,
  meanGradients,
} from "../training/gradients.ts";
import type { BareSegmenter, SegmenterDescription } from "./bare_segmenter.ts";
import { directionLoss } from "./crack_direction.ts";
import { type CropTensors, cropTensors, type HostCrops } from "./crop_feed.ts";
import { type SegmentationLoss, segmentationLoss } from "./losses.ts";
import { middle } from "./patch_network.ts";

/** Options of {@linkcode segmenterGradients}. */
export interface SegmenterGradientOptions extends GradientOptions {
  readonly loss: SegmentationLoss;
}

/** The gradients of the loss over a batch. Running statistics move by one step. */
export async function segmenterGradients(
  segmenter: BareSegmenter,
  { x, truth, weight }: Pick<CropTensors, "x" | "truth" | "weight">,
  { loss, momentum }: SegmenterGradientOptions,
): Promise<BatchGradients> {
  const { arch, patches } = segmenter.network;
  const { loss: value, gradients } = tf.tidy(() => {
    // Outside the loss, which frees what it makes before the gradients are computed.
    const [seen, counts] = [truth, weight].map((map) => patches && map ? middle(map, patches) : map);
    return lossGradients(segmenter, () => {
      const logits = segmenter.trainingLogits(x, { momentum });
      if (!patches?.directed) return segmentationLoss(logits, seen!, { arch, loss, weight: counts });
      const [marks, directions] = logits;
      return segmentationLoss([marks], seen!, { arch, loss, weight: counts })
        .add<tf.Scalar>(directionLoss(directions, truth));
    });
  });
  const [found] = await takeData(value);
  return { gradients, loss: found };
}

/** Gradients of crops, and how many there are. */
interface CropGradients extends BatchGradients {
  readonly count: number;
}

/** What a worker makes the network of whose gradients it finds, and by which loss. */
export interface SegmenterGradientDescription extends SegmenterDescription {
  readonly loss: SegmentationLoss;
}

/**
 * A segmentation network whose gradients several threads can find. The loss of a batch is the mean over its parts, so that soft Dice is
 * that of each part.
 */
export function segmenterGradientModel(
  segmenter: BareSegmenter,
  { loss }: { readonly loss: SegmentationLoss },
): GradientModel<HostCrops, CropGradients> {
  const description: SegmenterGradientDescription = { ...segmenter.description, loss };
  return {
    network: segmenter,
    description,
    worker: new URL("./gradient_worker.ts", import.meta.url),
    split({ pixels, truth, weight, count, width, height }, parts) {
      const area = width * height;
      return evenParts(count, parts).map(({ first, end }) => ({
        pixels: pixels.subarray(first * area * 3, end * area * 3),
        truth: truth.subarray(first * area, end * area),
        ...(weight === undefined ? {} : { weight: weight.subarray(first * area, end * area) }),
        count: end - first,
        width,
        height,
      }));
    },
    async gradients(crops, options) {
      using tensors = cropTensors(crops);
      return { ...await segmenterGradients(segmenter, tensors, { ...options, loss }), count: crops.count };
    },
    join(parts) {
      const counts = parts.map(({ count }) => count);
      return { ...meanGradients(parts, counts), count: counts.reduce((sum, count) => sum + count) };
    },
  };
}
