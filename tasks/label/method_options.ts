import { type LabellerId, labellers } from "../../core/label/labellers.ts";
import { UsageError } from "../cli/errors.ts";
import { choice, type InferValue, message, object, option, optional, type Parser } from "../cli/optique.ts";
import { optionName } from "../cli/values.ts";
import { crfSettings } from "./crf_options.ts";
import { hairlineSettings } from "./hairline_options.ts";
import { type MaskChoice, maskOptions } from "./mask_options.ts";
import { openDefault, type OpenLabeller } from "./open_labeller.ts";
import { recipeSettings } from "./recipe_options.ts";

/** What was given of a method's own options, and the labeller that it asks for. */
interface MethodSettings {
  readonly given: object;
  /** @throws {UsageError} if two options do not fit together. */
  labeller(mask: MaskChoice): OpenLabeller;
}

/** The method where neither it nor an option of another is given. */
const DEFAULT: LabellerId = "paper";

const METHODS = Object.keys(labellers) as LabellerId[];

/** The methods that have options of their own. */
const SETTINGS = {
  "hairline": hairlineSettings,
  "paper": recipeSettings,
  "cam-crf": crfSettings,
} satisfies { readonly [id in LabellerId]?: Parser<"sync", MethodSettings, unknown> };

/** The methods that take {@linkcode maskOptions}. */
const MASKING: readonly LabellerId[] = ["paper", "hairline"];

/** The options that choose a method of labelling, and those of each method that has some. */
export const methodOptions = object({
  method: optional(
    option("--method", choice(METHODS), {
      description:
        message`How to label: by a pixel network and a classifier, by the paper's method, or by its rival's, Grad-CAM and a random field. (default: the one that an option below is of, else ${DEFAULT})`,
    }),
  ),
  settings: object(SETTINGS),
  mask: maskOptions,
});

/**
 * The labeller that the options ask for. Options of one method need no `--method`.
 *
 * @throws {UsageError} if an option is of another method, or two do not fit together.
 */
export function chooseLabeller(
  { method: named, settings, mask }: InferValue<typeof methodOptions>,
): OpenLabeller {
  const given = (Object.entries(settings) as [LabellerId, MethodSettings][])
    .flatMap(([id, { given }]) => firstGiven(given).map((field) => ({ id, field })));
  const method = named ?? given[0]?.id ?? DEFAULT;
  const foreign = given.find(({ id }) => id !== method) ??
    firstGiven(MASKING.includes(method) ? {} : mask).map((field) => ({ id: MASKING[0], field }))[0];
  if (foreign) {
    throw new UsageError(
      `Cannot label by the method ${method} with ${
        optionName(foreign.field)
      }, which is an option of ${foreign.id}; ` +
        `leave it out, or give --method ${foreign.id}.`,
    );
  }
  const own: { readonly [id in LabellerId]?: MethodSettings } = settings;
  return own[method]?.labeller(mask) ?? openDefault(labellers[method]);
}

/** The first of some options that was given, if any was. */
function firstGiven(options: object): string[] {
  return Object.entries(options).filter(([, value]) => value !== undefined).map(([field]) => field).slice(
    0,
    1,
  );
}
