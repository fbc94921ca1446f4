import type { Classifier } from "../../core/label/classifier.ts";
import type { Plane } from "../../core/gpu/compute.ts";
import { type Label, labelImage } from "../../core/label/label_image.ts";
import type { Recipe } from "../../core/label/recipe.ts";
import type { CachedClassifier } from "./cached_classifier.ts";

/** A photo with its truth, as a {@linkcode Method} sees it. */
export interface MeasuredPhoto {
  readonly image: ImageData;
  /** RGB, H × W × 3, 0..255. */
  readonly plane: Plane;
  /** H × W × 1, 0 or 1. Only a study of what could be reached may look at it. */
  readonly truth: Plane;
}

/** Something that says of each pixel of a photo how surely it is crack. */
export interface Method {
  /** Unique among those measured together, fit for a file name. */
  readonly id: string;
  /** What it is called in tables. */
  readonly title: string;
  /** Everything that decides what it says, to be compared with what an earlier run measured. */
  readonly identity: unknown;
  /** The confidence map, H × W × 1, 0..1: the caller's to dispose of. */
  predict(photo: MeasuredPhoto): Promise<Plane> | Plane;
}

/** What makes a {@linkcode labelMethod}. */
export interface LabelMethodOptions {
  readonly id: string;
  readonly title: string;
  /** SHA-256 of the classifier's parameters. */
  readonly sha256: string;
  /** One that remembers is asked once for several recipes; then times mean nothing. */
  readonly classifier: Classifier | CachedClassifier;
  readonly recipe: Recipe;
}

/** The method of the paper with a recipe. */
export function labelMethod({ id, title, sha256, classifier, recipe }: LabelMethodOptions): Method {
  return {
    id,
    title,
    identity: { classifier: sha256, recipe },
    predict: async (photo) => {
      const { compute } = photo.plane;
      const asked = "for" in classifier ? classifier.for(photo, recipe) : classifier;
      return confidencePlane(await labelImage(compute, photo.image, { classifier: asked, recipe }), photo);
    },
  };
}

function confidencePlane({ width, height, confidence }: Label, { plane }: MeasuredPhoto): Plane {
  return plane.compute.upload({ width, height, channels: 1, data: confidence });
}
