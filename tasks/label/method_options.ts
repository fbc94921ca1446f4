import { type LabellerId, labellers } from "../../core/label/labellers.ts";
import { UsageError } from "../cli/errors.ts";
import { choice, type InferValue, message, object, option, optional, type Parser } from "../cli/optique.ts";
import { optionName } from "../cli/values.ts";
import { classicalSettings } from "./classical_options.ts";
import { crfSettings } from "./crf_options.ts";
import { hairlineSettings } from "./hairline_options.ts";
import { type MaskChoice, maskOptions } from "./mask_options.ts";
import type { NetworkSources } from "./networks.ts";
import type { OpenLabeller } from "./open_labeller.ts";
import { recipeSettings } from "./recipe_options.ts";
import { fanSettings, inoueSettings } from "./weak_options.ts";

/** What was given of a method's own options, and the labeller that it asks for. */
interface MethodSettings {
  readonly given: object;
  /** @throws {UsageError} if two options do not fit together. */
  labeller(mask: MaskChoice): OpenLabeller;
}

/**
 * The method where neither it nor an option of another is given. Who names a classifier and nothing else means the paper's, which asks one; hairline
 * by default asks none.
 */
export function usualMethod({ classifier, segmenter }: NetworkSources): "hairline" | "paper" {
  return classifier !== undefined && segmenter === undefined ? "paper" : "hairline";
}

const METHODS = Object.keys(labellers) as LabellerId[];

/** The options of each method. */
const SETTINGS = {
  "hairline": hairlineSettings,
  "paper": recipeSettings,
  "cam-crf": crfSettings,
  "inoue": inoueSettings,
  "fan": fanSettings,
  ...classicalSettings,
} satisfies { readonly [id in LabellerId]: Parser<"sync", MethodSettings, unknown> };

/** The methods that take {@linkcode maskOptions}. */
const MASKING: readonly LabellerId[] = ["paper", "hairline"];

/** The options that choose a method of labelling, and those of each method that has some. */
export const methodOptions = object({
  method: optional(
    option("--method", choice(METHODS), {
      description:
        message`How to label: with a segmentation network, with the paper's method, with its rival's, Grad-CAM and a random field, with other weak methods, or without a network; deno task methods says what each does. (default: the method that a given option below belongs to, or that made the labels in the folder; otherwise hairline, or paper if a classifier is named and no segmentation network)`,
    }),
  ),
  settings: object(SETTINGS),
  mask: maskOptions,
});

/** What was given of {@linkcode methodOptions}. */
type MethodChoice = InferValue<typeof methodOptions>;

/**
 * The method that the options ask for. Options of one method need no `--method`, nor do labels that were begun by one.
 *
 * @param begun the method of earlier labels in the same folder.
 */
export function chooseMethod(
  { method, settings, classifier, segmenter }: MethodChoice & NetworkSources,
  begun?: string,
): LabellerId {
  return method ?? givenOf(settings)[0]?.id ?? METHODS.find((id) => id === begun) ??
    usualMethod({ classifier, segmenter });
}

/**
 * The labeller that the options ask for; the method is {@linkcode chooseMethod}'s.
 *
 * @throws {UsageError} if an option is of another method, or two do not fit together.
 */
export function chooseLabeller(options: MethodChoice & NetworkSources, begun?: string): OpenLabeller {
  const { settings, mask } = options;
  const method = chooseMethod(options, begun);
  const foreign = givenOf(settings).find(({ id }) => id !== method) ??
    (MASKING.includes(method) ? undefined : givenOf({ [MASKING[0]]: { given: mask } })[0]);
  if (foreign) {
    throw new UsageError(
      `Cannot label by the method ${method} with ${
        optionName(foreign.field)
      }, which is an option of ${foreign.id}; ` +
        `leave it out, or give --method ${foreign.id}.`,
    );
  }
  return settings[method].labeller(mask);
}

/** Of each method that options were given of, the first. */
function givenOf(
  settings: { readonly [id in LabellerId]?: Pick<MethodSettings, "given"> },
): { readonly id: LabellerId; readonly field: string }[] {
  return METHODS.flatMap((id) => {
    const given = Object.entries(settings[id]?.given ?? {}).find(([, value]) => value !== undefined);
    return given ? [{ id, field: given[0] }] : [];
  });
}
