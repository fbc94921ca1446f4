import type { Compute } from "../../core/gpu/compute.ts";
import { camCrfLabeller } from "../../core/label/cam_crf/cam_crf_label.ts";
import type { DenseCrfOptions } from "../../core/label/cam_crf/dense_crf.ts";
import { hairlineLabeller } from "../../core/label/hairline/hairline_label.ts";
import type { HairlineSettings } from "../../core/label/hairline/settings.ts";
import { paperLabeller } from "../../core/label/label_image.ts";
import type { Labeller } from "../../core/label/labeller.ts";
import type { Recipe } from "../../core/label/recipe.ts";
import { fanLabeller, type FanSettings } from "../../core/label/weak/fan.ts";
import { inoueLabeller, type InoueSettings } from "../../core/label/weak/inoue.ts";
import type { LabelNetworks } from "./networks.ts";

/** Makes the labeller of a method, and asks for those networks only that it works with. */
export type OpenLabeller = (
  compute: Compute,
  networks: Pick<LabelNetworks, "classifier" | "segmenter">,
) => Promise<Labeller>;

/** The method hairline by some settings. */
export function openHairline(settings: HairlineSettings): OpenLabeller {
  return async (compute, networks) =>
    hairlineLabeller(compute, {
      segmenter: await networks.segmenter(),
      classifier: settings.localisation === "none" ? undefined : await networks.classifier(),
      settings,
    });
}

/** The paper's method by a recipe. */
export function openPaper(recipe: Recipe): OpenLabeller {
  return async (compute, networks) =>
    paperLabeller(compute, { classifier: await networks.classifier(), recipe });
}

/** The method of the paper's rival by the parameters of its random field. */
export function openCamCrf(parameters: DenseCrfOptions): OpenLabeller {
  return async (compute, networks) =>
    camCrfLabeller(compute, { classifier: await networks.classifier(), parameters });
}

/** A network times how dark pixels are. */
export function openInoue(settings: InoueSettings): OpenLabeller {
  return async (compute, networks) =>
    inoueLabeller(compute, { segmenter: await networks.segmenter(), settings });
}

/** Patches that are classified, then thresholded. */
export function openFan(settings: FanSettings): OpenLabeller {
  return async (compute, networks) =>
    fanLabeller(compute, { classifier: await networks.classifier(), settings });
}

/** A method that asks no network. */
export function openClassical(factory: (compute: Compute) => Labeller): OpenLabeller {
  return (compute) => Promise.resolve(factory(compute));
}
