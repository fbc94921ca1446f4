import { predictImage } from "../../core/predict/predict_image.ts";
import type { Method } from "./method.ts";
import type { OpenSegmenter } from "./segmenters.ts";

/** The predictions of a segmentation network for whole photos. */
export function segmenterMethod({ id, plan, truth, segmenter, sha256 }: OpenSegmenter): Method {
  return {
    id,
    title: `${plan.title}, ${truth.title}`,
    identity: { segmenter: sha256 },
    predict: async ({ image, plane: { compute } }) => {
      const { width, height, confidence } = await predictImage(compute, image, { segmenter });
      return compute.upload({ width, height, channels: 1, data: confidence });
    },
  };
}
