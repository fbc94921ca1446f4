import { FLIPS } from "../../core/label/hairline/flipped_segmenter.ts";
import {
  CONFIDENCES,
  defaultHairline,
  FUSIONS,
  type HairlineSettings,
  LOCALISATIONS,
  PIECES,
  requireHairline,
  SHADE,
} from "../../core/label/hairline/settings.ts";
import { formatScales, scalesValue } from "../batch/scale_option.ts";
import { UsageError } from "../cli/errors.ts";
import {
  choice,
  float,
  type InferValue,
  map,
  message,
  object,
  option,
  optional,
  type ValueParser,
} from "../cli/optique.ts";
import { naturalNumber, optionName, positiveInteger, positiveNumber } from "../cli/values.ts";
import { MASK_FIELDS, type MaskChoice } from "./mask_options.ts";
import { openHairline, type OpenLabeller } from "./open_labeller.ts";

/** An option `--guided-radius` for the field `guidedRadius`. */
function parameter<K extends keyof HairlineSettings>(
  field: K,
  parser: ValueParser<"sync", HairlineSettings[K]>,
  text: string,
) {
  const description = `${text} (default: ${defaultHairline[field]})`;
  return optional(option(optionName(field), parser, { description: [{ type: "text", text: description }] }));
}

const overrides = {
  localisation: parameter(
    "localisation",
    choice(LOCALISATIONS),
    "Whether the classifier looks at the whole photo, too",
  ),
  localisationWindow: parameter(
    "localisationWindow",
    positiveNumber("PIXELS"),
    "Side of the patches whose scores follow from that",
  ),
  localisationTile: parameter(
    "localisationTile",
    positiveInteger("PIXELS"),
    "Larger photos are shown to the classifier in tiles of this side, a multiple of 32",
  ),
  flips: parameter("flips", choice(FLIPS), "Mirror images that are shown to the network, too"),
  guidedRadius: parameter(
    "guidedRadius",
    naturalNumber("PIXELS"),
    "Guided filter after the network, 0: none",
  ),
  guidedEpsilon: parameter(
    "guidedEpsilon",
    positiveNumber(),
    "Variance of grey values that it takes for flat",
  ),
  fusion: parameter("fusion", choice(FUSIONS), "How network and localisation are joined"),
  stretchPercentile: parameter(
    "stretchPercentile",
    float({ min: 0, max: 100, metavar: "X" }),
    "Percentile of a photo's confidences that counts as sure, 0: none",
  ),
  stretchOffset: parameter("stretchOffset", float({ min: 0, metavar: "X" }), "What is added to it"),
  fitShare: parameter(
    "fitShare",
    float({ min: 0, max: 1, metavar: "X" }),
    "What the photo's grey values count beside the network, which put edges where the photo has them, 0: nothing",
  ),
  pieces: parameter(
    "pieces",
    choice(PIECES),
    "Which connected crack pixels stay: all, or those that are long for their area and not straight as along a ruler, in a photo that shows a crack for sure, and none where all run as joints do",
  ),
  shade: parameter(
    "shade",
    choice(SHADE),
    "Whether wide pieces drop out, too, whose soft borders or smooth inside show that they are shade",
  ),
  continuation: parameter(
    "continuation",
    float({ min: 0, max: 1, metavar: "X" }),
    "Thin cracks go on where confidences exceed this share of the threshold, 1: nowhere",
  ),
  unsureShare: parameter(
    "unsureShare",
    float({ min: 0, max: 1, metavar: "X" }),
    "Share of the threshold that it falls to around cracks that the network is hardly sure of, 1: nowhere",
  ),
  confidences: parameter(
    "confidences",
    choice(CONFIDENCES),
    "Whether they are adjusted to the mask, so that it is what exceeds the threshold, or those that it was decided by",
  ),
};

const { scales: usualScales } = defaultHairline;

/** The options that change single settings of the method hairline, but for what {@linkcode maskOptions} has. */
export const hairlineOptions = object("Network and localisation, with --method hairline", {
  scale: optional(option("--scale", scalesValue(usualScales), {
    description:
      message`The scales at which the network looks at a photo: ${"auto"}, by the photo's detail; one, such as ${"0.5"}; or several, such as ${"1,0.5"}. (default: ${
        formatScales(usualScales)
      })`,
  })),
  scaleSelectivity: optional(option("--scale-selectivity", float({ min: 0, max: 1000, metavar: "X" }), {
    description: message`How much more the most decided scale counts; with 0 all count alike. (default: ${
      String(usualScales.selectivity)
    })`,
  })),
  scaleEnlargement: optional(option("--scale-enlargement", float({ min: 1, metavar: "X" }), {
    description:
      message`By how much small photos that are as sharp as their pixels allow are enlarged at most, 1: not at all. (default: ${
        String(usualScales.enlargement)
      })`,
  })),
  ...overrides,
});

/**
 * The settings that the options ask for. Those that were changed stand in their name: `hairline, flips both`.
 *
 * @throws {UsageError} if one is out of range.
 */
export function chooseHairline(options: InferValue<typeof hairlineOptions> & MaskChoice): HairlineSettings {
  const { scale, scaleSelectivity, scaleEnlargement, ...others } = options;
  const fields = [...Object.keys(overrides), ...MASK_FIELDS] as (keyof typeof others)[];
  const changes = fields.filter((field) => others[field] !== undefined);
  const settings: HairlineSettings = {
    ...defaultHairline,
    scales: {
      ...usualScales,
      ...scale,
      ...(scaleSelectivity !== undefined && { selectivity: scaleSelectivity }),
      ...(scaleEnlargement !== undefined && { enlargement: scaleEnlargement }),
    },
    ...Object.fromEntries(changes.map((field) => [field, others[field]])),
    name: [
      defaultHairline.name,
      ...(scale ? [`scale ${formatScales(scale)}`] : []),
      ...(scaleSelectivity === undefined ? [] : [`scaleSelectivity ${scaleSelectivity}`]),
      ...(scaleEnlargement === undefined ? [] : [`scaleEnlargement ${scaleEnlargement}`]),
      ...changes.map((field) => `${field} ${others[field]}`),
    ].join(", "),
  };
  try {
    requireHairline(settings);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
  return settings;
}

/** The same options with the labeller that they ask for. */
export const hairlineSettings = map(hairlineOptions, (given) => ({
  given,
  labeller: (mask: MaskChoice): OpenLabeller => openHairline(chooseHairline({ ...given, ...mask })),
}));
