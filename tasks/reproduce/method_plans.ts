import { defaultCrf } from "../../core/label/cam_crf/cam_crf_label.ts";
import type { DenseCrfOptions } from "../../core/label/cam_crf/dense_crf.ts";
import { defaultHairline } from "../../core/label/hairline/settings.ts";
import type { LabellerNetworks } from "../../core/label/labeller.ts";
import { classicalLabellers, type LabellerId, labellers } from "../../core/label/labellers.ts";
import { methods } from "../../core/label/methods.ts";
import { recipes } from "../../core/label/recipe.ts";
import { defaultFan } from "../../core/label/weak/fan.ts";
import { defaultInoue } from "../../core/label/weak/inoue.ts";
import { predictImage } from "../../core/predict/predict_image.ts";
import type { Segmenter } from "../../models/segmenter/segmenter.ts";
import {
  openCamCrf,
  openClassical,
  openFan,
  openHairline,
  openInoue,
  type OpenLabeller,
  openPaper,
} from "../label/open_labeller.ts";
import type { LabellingPlan } from "./labelling_plans.ts";

/** What the networks that ship were shown with each photo they learnt from. */
const LABELS: { readonly [Kind in keyof LabellerNetworks]: string } = {
  classifier: "whole photos",
  segmenter: "whole photos, patches",
};

/** The parameters of a random field that were found on photos with masks. */
export interface SearchedField {
  readonly parameters: DenseCrfOptions;
  /** On how many. */
  readonly photos: number;
}

/** Every method of labelling as it is by default, as a row of a table, but for the field of `cam-crf`, if one was searched for. */
export function methodPlans(field?: SearchedField): readonly LabellingPlan[] {
  return (Object.keys(labellers) as LabellerId[]).map((id) => {
    const { needs } = methods[id];
    const labels = needs.map((kind) => LABELS[kind]).join(", ") || "none";
    const searched = id === "cam-crf" ? field : undefined;
    return {
      id,
      title: id,
      networks: needs,
      labels: searched ? `${labels}, masks of ${searched.photos}` : labels,
      open: searched ? openCamCrf(searched.parameters) : byDefault(id),
    };
  });
}

function byDefault(id: LabellerId): OpenLabeller {
  switch (id) {
    case "hairline":
      return openHairline(defaultHairline);
    case "paper":
      return openPaper(recipes.paper);
    case "cam-crf":
      return openCamCrf(defaultCrf);
    case "inoue":
      return openInoue(defaultInoue);
    case "fan":
      return openFan(defaultFan);
    default:
      return openClassical(classicalLabellers[id]);
  }
}

/** A trained segmentation network under a name. */
export interface NamedNetwork {
  readonly name: string;
  /** The file or URL it was loaded from. */
  readonly source: string;
  readonly segmenter: Segmenter;
  /** SHA-256 of its parameters. */
  readonly sha256: string;
}

/** What a trained network predicts, by itself and at the photo's own scale, as a row. */
export function networkPlan({ name, segmenter, sha256 }: NamedNetwork): LabellingPlan {
  return {
    id: `network-${name}`,
    title: `network ${name}`,
    networks: [],
    labels: "its own training",
    sha256,
    open: (compute) =>
      Promise.resolve({
        id: "network",
        title: segmenter.name,
        settings: {},
        minCrackPixels: 0,
        stages: [],
        label: async (image) => {
          const { width, height, confidence, mask, crackPixels } = await predictImage(compute, image, {
            segmenter,
          });
          return { width, height, confidence, mask, crackPixels, usableForTraining: true, stages: [] };
        },
      }),
  };
}
