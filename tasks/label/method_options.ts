import type { LabellerFactory } from "../../core/label/labeller.ts";
import { type LabellerId, labellers } from "../../core/label/labellers.ts";
import { UsageError } from "../cli/errors.ts";
import {
  choice,
  type InferValue,
  message,
  object,
  option,
  type Parser,
  withDefault,
} from "../cli/optique.ts";
import { optionName } from "../cli/values.ts";
import { crfSettings } from "./crf_options.ts";
import { recipeSettings } from "./recipe_options.ts";

/** What was given of a method's own options, and the labeller that it asks for. */
interface MethodSettings {
  readonly given: object;
  /** @throws {UsageError} if two options do not fit together. */
  labeller(): LabellerFactory;
}

const METHODS = Object.keys(labellers) as LabellerId[];

/** The methods that have options of their own. */
const SETTINGS = {
  "paper": recipeSettings,
  "cam-crf": crfSettings,
} satisfies { readonly [id in LabellerId]?: Parser<"sync", MethodSettings, unknown> };

/** The options that choose a method of labelling, and those of each method that has some. */
export const methodOptions = object({
  method: withDefault(
    option("--method", choice(METHODS), {
      description:
        message`How to label: by the paper's method, or by its rival's, Grad-CAM and a random field.`,
    }),
    "paper" as const,
  ),
  settings: object(SETTINGS),
});

/**
 * The labeller that the options ask for.
 *
 * @throws {UsageError} if an option is of another method, or two do not fit together.
 */
export function chooseLabeller({ method, settings }: InferValue<typeof methodOptions>): LabellerFactory {
  for (const [other, { given }] of Object.entries(settings)) {
    const foreign = other !== method && Object.entries(given).find(([, value]) => value !== undefined);
    if (foreign) {
      throw new UsageError(
        `Cannot label by the method ${method} with ${
          optionName(foreign[0])
        }, which is an option of ${other}; ` +
          `leave it out, or give --method ${other}.`,
      );
    }
  }
  const own: { readonly [id in LabellerId]?: MethodSettings } = settings;
  return own[method]?.labeller() ?? labellers[method];
}
