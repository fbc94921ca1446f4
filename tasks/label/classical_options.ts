import type { Compute } from "../../core/gpu/compute.ts";
import {
  aTrousLabeller,
  cannyLabeller,
  defaultATrous,
  defaultCanny,
} from "../../core/label/classical/edges.ts";
import {
  defaultNiblack,
  defaultSauvola,
  niblackLabeller,
  sauvolaLabeller,
} from "../../core/label/classical/local_thresholds.ts";
import type { PhotoLabellerOptions } from "../../core/label/photo_labeller.ts";
import { defaultOliveira, oliveiraLabeller } from "../../core/label/classical/oliveira.ts";
import { multiOtsuLabeller, otsuLabeller } from "../../core/label/classical/otsu.ts";
import {
  defaultFrangi,
  defaultSato,
  frangiLabeller,
  satoLabeller,
} from "../../core/label/classical/ridges.ts";
import { defaultTanaka, tanakaLabeller } from "../../core/label/classical/tanaka.ts";
import type { Labeller } from "../../core/label/labeller.ts";
import type { ClassicalId } from "../../core/label/labellers.ts";
import {
  fraction,
  naturalNumber,
  oddNumber,
  optionName,
  positiveInteger,
  positiveNumber,
  positiveNumbers,
} from "../cli/values.ts";
import { integer, map, object, option, optional, type Parser, type ValueParser } from "../cli/optique.ts";
import { openClassical, type OpenLabeller } from "./open_labeller.ts";

/** A setting's option: what reads it, and what it means. */
type SettingOption<Value> = readonly [parser: ValueParser<"sync", Value>, text: string];

/** The option of each setting of a method. */
type SettingOptions<Settings extends object> = {
  readonly [Field in keyof Settings]-?: SettingOption<Settings[Field]>;
};

/** The settings that were given of a method, and the labeller that they ask for. */
interface ClassicalChoice {
  /** By the names of their options. */
  readonly given: Readonly<Record<string, unknown>>;
  labeller(): OpenLabeller;
}

type ClassicalParser = Parser<"sync", ClassicalChoice, unknown>;

/** The option of a method's field: `satoSigmas`, `--sato-sigmas`, for the field `sigmas` of the method `sato`. */
function prefixed(id: ClassicalId, field: string): string {
  const prefix = id.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return `${prefix}${field[0].toUpperCase()}${field.slice(1)}`;
}

/** The settings of a method as options, under the method's name, so that no two methods share one. */
function settingsOf<Settings extends object>(
  id: ClassicalId,
  factory: (compute: Compute, options: PhotoLabellerOptions<Settings>) => Labeller,
  defaults: Settings,
  options: SettingOptions<Settings>,
): ClassicalParser {
  const fields = Object.keys(options) as (keyof Settings & string)[];
  const parsers = Object.fromEntries(fields.map((field) => {
    const [parser, text] = options[field] as SettingOption<unknown>;
    const name = prefixed(id, field);
    const description = `${text} (default: ${parser.format(defaults[field])})`;
    return [
      name,
      optional(option(optionName(name), parser, { description: [{ type: "text", text: description }] })),
    ];
  }));
  return map(object(`With --method ${id}`, parsers), (given) => ({
    given,
    labeller: () => {
      const changes = fields.flatMap((field) => {
        const value = given[prefixed(id, field)];
        return value === undefined ? [] : [[field, value] as const];
      });
      const settings = Object.fromEntries(changes) as Partial<Settings>;
      return openClassical((compute) => factory(compute, { settings }));
    },
  }));
}

/** A method that has no settings. */
function withoutSettings(factory: (compute: Compute) => Labeller): ClassicalParser {
  return map(object({}), (given) => ({ given, labeller: () => openClassical(factory) }));
}

const BETWEEN_EDGES = "How far apart the two edges of a crack may lie";
const WINDOW = "Side of the window around a pixel, odd";
const SCALES = "The scales of the filter: a line of width w answers most at w / 2";

/** The options of the methods that ask no network. */
export const classicalSettings: { readonly [Id in ClassicalId]: ClassicalParser } = {
  "sato": settingsOf("sato", satoLabeller, defaultSato, { sigmas: [positiveNumbers("PIXELS,…"), SCALES] }),
  "frangi": settingsOf("frangi", frangiLabeller, defaultFrangi, {
    sigmas: [positiveNumbers("PIXELS,…"), SCALES],
    beta: [
      positiveNumber(),
      "How much the two curvatures of a line may be alike: the smaller, the less is left of spots",
    ],
  }),
  "otsu": withoutSettings(otsuLabeller),
  "multi-otsu": withoutSettings(multiOtsuLabeller),
  "niblack": settingsOf("niblack", niblackLabeller, defaultNiblack, {
    windowSize: [oddNumber(), WINDOW],
    k: [positiveNumber(), "How many deviations the threshold lies below the mean of the window"],
  }),
  "sauvola": settingsOf("sauvola", sauvolaLabeller, defaultSauvola, {
    windowSize: [oddNumber(), WINDOW],
    k: [positiveNumber(), "By which share of the mean the threshold lies below it where nothing deviates"],
    r: [positiveNumber("LEVELS"), "The deviation at which the threshold is the mean"],
  }),
  "tanaka": settingsOf("tanaka", tanakaLabeller, defaultTanaka, {
    smoothing: [integer({ min: 0, max: 64, metavar: "PIXELS" }), "Radius of the bilateral filter, 0: none"],
    width: [oddNumber(), "Length of the lines that fill cracks: what is wider than that is none"],
    length: [oddNumber(), "How long a crack has to be straight for"],
    least: [naturalNumber("PIXELS"), "Connected pixels that a crack has at least"],
  }),
  "oliveira": settingsOf("oliveira", oliveiraLabeller, defaultOliveira, {
    blockSize: [positiveInteger("PIXELS"), "Side of the blocks whose entropy is taken"],
    openingSize: [oddNumber(), "Window of the filter that takes bright grain away, 1: none"],
  }),
  "a-trous": settingsOf("a-trous", aTrousLabeller, defaultATrous, {
    width: [positiveInteger("PIXELS"), BETWEEN_EDGES],
  }),
  "canny": settingsOf("canny", cannyLabeller, defaultCanny, {
    width: [positiveInteger("PIXELS"), BETWEEN_EDGES],
    low: [fraction(), "The lower threshold of edges, as a share of the higher"],
  }),
};
