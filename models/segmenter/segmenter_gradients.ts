import type { BatchGradients, GradientOptions } from "../training/batch_gradients.ts";
import { variableGradients } from "../training/variable_gradients.ts";
import type { CropTensors } from "./crop_feed.ts";
import { type SegmentationLoss, segmentationLoss } from "./losses.ts";
import type { BareSegmenter } from "./bare_segmenter.ts";

/** Options of {@linkcode segmenterGradients}. */
export interface SegmenterGradientOptions extends GradientOptions {
  readonly loss: SegmentationLoss;
}

/** The gradients of the loss over a batch. Running statistics move by one step. */
export async function segmenterGradients(
  segmenter: BareSegmenter,
  { x, truth }: Pick<CropTensors, "x" | "truth">,
  { loss, momentum }: SegmenterGradientOptions,
): Promise<BatchGradients> {
  const trainable = [...segmenter.trainable];
  const { arch } = segmenter.network;
  const { value, grads } = variableGradients(
    () => segmentationLoss(segmenter.trainingLogits(x, { momentum }), truth, { arch, loss }),
    trainable.map(([, variable]) => variable),
  );
  const [found] = await value.data<"float32">();
  value.dispose();
  const gradients = Object.fromEntries(trainable.map(([name, variable]) => [name, grads[variable.name]]));
  return { gradients, loss: found };
}
