import type { Plane } from "../../../core/gpu/compute.ts";
import { camCrfLabeller } from "../../../core/label/cam_crf/cam_crf_label.ts";
import type { DenseCrfOptions } from "../../../core/label/cam_crf/dense_crf.ts";
import type { Classifier } from "../../../core/label/classifier.ts";
import { paperLabeller } from "../../../core/label/label_image.ts";
import type { Label, Labeller } from "../../../core/label/labeller.ts";
import type { Recipe } from "../../../core/label/recipe.ts";
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

/** Labels, as a method to be measured. */
interface LabelsOptions {
  readonly id: string;
  readonly title: string;
  /** SHA-256 of the classifier's parameters. */
  readonly sha256: string;
}

/** What makes a {@linkcode labelMethod}. */
export interface LabelMethodOptions extends LabelsOptions {
  /** A cached one is asked once for several recipes; then times mean nothing. */
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
      const asked = "for" in classifier ? classifier.for(photo, recipe) : classifier;
      const label = await paperLabeller(photo.plane.compute, { classifier: asked, recipe }).label(
        photo.image,
      );
      return upload(label, label.confidence, photo);
    },
  };
}

/** What makes a {@linkcode crfMethod}. */
export interface CrfMethodOptions extends LabelsOptions {
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
    predict: async (photo) => {
      const label = await camCrfLabeller(photo.plane.compute, { classifier, parameters }).label(photo.image);
      return upload(label, Float32Array.from(label.mask), photo);
    },
  };
}

/** What makes {@linkcode labellerMethods}. */
export interface LabellerMethodsOptions extends Pick<Method, "id" | "title"> {
  readonly labeller: Labeller;
  /** SHA-256 of the parameters of each network that it asks. */
  readonly networks: Readonly<Record<string, string>>;
}

/** What a labeller gives a photo, as two methods. */
export interface LabellerMethods {
  /** How sure it is of crack. */
  readonly confidence: Method;
  /** The mask that it writes, by its own threshold: every threshold gives the same. */
  readonly mask: Method;
}

/** The labels of any labeller. A photo that both methods are asked about in turn is labelled once. */
export function labellerMethods({ id, title, labeller, networks }: LabellerMethodsOptions): LabellerMethods {
  const { id: labels, settings } = labeller;
  let last: { readonly photo: MeasuredPhoto; readonly label: Promise<Label> } | undefined;
  const labelOf = (photo: MeasuredPhoto): Promise<Label> => {
    if (last?.photo !== photo) last = { photo, label: labeller.label(photo.image) };
    return last.label;
  };
  return {
    confidence: {
      id,
      title,
      identity: { labels, settings, networks },
      predict: async (photo) => {
        const label = await labelOf(photo);
        return upload(label, label.confidence, photo);
      },
    },
    mask: {
      id: `${id}-mask`,
      title: `${title}, masks`,
      identity: { masks: labels, settings, networks },
      predict: async (photo) => {
        const label = await labelOf(photo);
        return upload(label, Float32Array.from(label.mask), photo);
      },
    },
  };
}

function upload({ width, height }: Label, data: Float32Array, { plane }: MeasuredPhoto): Plane {
  return plane.compute.upload({ width, height, channels: 1, data });
}
