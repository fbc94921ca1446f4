import { camCrfLabel } from "../../core/label/cam_crf/cam_crf_label.ts";
import type { Classifier } from "../../core/label/classifier.ts";
import type { DenseCrfOptions } from "../../core/label/cam_crf/dense_crf.ts";
import type { Method } from "./method.ts";

/** What makes a {@linkcode crfMethod}. */
export interface CrfMethodOptions {
  readonly id: string;
  readonly title: string;
  /** SHA-256 of the classifier's parameters. */
  readonly sha256: string;
  readonly classifier: Classifier;
  /** Such as `searchCrf()` found. */
  readonly parameters: DenseCrfOptions;
}

/** The rival labels, which are masks: every threshold gives the same, and so ODS and OIS are equal. */
export function crfMethod({ id, title, sha256, classifier, parameters }: CrfMethodOptions): Method {
  return {
    id,
    title,
    identity: { labels: "Grad-CAM, dense CRF", classifier: sha256, parameters },
    predict: async ({ image, plane: { compute } }) => {
      const { width, height, mask } = await camCrfLabel(compute, image, { classifier, parameters });
      return compute.upload({ width, height, channels: 1, data: Float32Array.from(mask) });
    },
  };
}
