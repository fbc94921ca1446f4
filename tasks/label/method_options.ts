import { camCrfLabeller } from "../../core/label/cam_crf/cam_crf_label.ts";
import { paperLabeller } from "../../core/label/label_image.ts";
import type { LabellerFactory } from "../../core/label/labeller.ts";
import { type LabellerId, labellers } from "../../core/label/labellers.ts";
import { UsageError } from "../cli/errors.ts";
import { choice, type InferValue, message, object, option, withDefault } from "../cli/optique.ts";
import { optionName } from "../cli/values.ts";
import { chooseCrf, crfOptions } from "./crf_options.ts";
import { chooseRecipe, recipeOptions } from "./recipe_options.ts";

const METHODS = Object.keys(labellers) as LabellerId[];

/** The options that choose a method of labelling, and those of each method that has some. */
export const methodOptions = object({
  method: withDefault(
    option("--method", choice(METHODS), {
      description:
        message`How to label: by the paper's method, or by its rival's, Grad-CAM and a random field.`,
    }),
    "paper" as const,
  ),
  settings: object({ "paper": recipeOptions, "cam-crf": crfOptions }),
});

type MethodOptions = InferValue<typeof methodOptions>;

/** What the options of a method ask for. */
const CHOOSERS: { readonly [id in LabellerId]?: (settings: MethodOptions["settings"]) => LabellerFactory } = {
  "paper": ({ paper }) => {
    const recipe = chooseRecipe(paper);
    return (compute, { classifier }) => paperLabeller(compute, { classifier, recipe });
  },
  "cam-crf": ({ "cam-crf": crf }) => {
    const parameters = chooseCrf(crf);
    return (compute, { classifier }) => camCrfLabeller(compute, { classifier, parameters });
  },
};

/**
 * The labeller that the options ask for.
 *
 * @throws {UsageError} if an option is of another method, or two do not fit together.
 */
export function chooseLabeller({ method, settings }: MethodOptions): LabellerFactory {
  for (const [other, options] of Object.entries(settings)) {
    const given = other !== method && Object.entries(options).find(([, value]) => value !== undefined);
    if (given) {
      throw new UsageError(
        `Cannot label by the method ${method} with ${
          optionName(given[0])
        }, which is an option of ${other}; ` +
          `leave it out, or give --method ${other}.`,
      );
    }
  }
  return CHOOSERS[method]?.(settings) ?? labellers[method];
}
