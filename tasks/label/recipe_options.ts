import { type Recipe, recipes } from "../../core/label/recipe.ts";
import { UsageError } from "../cli/errors.ts";
import {
  choice,
  type InferValue,
  integer,
  map,
  message,
  object,
  option,
  optional,
  type ValueParser,
} from "../cli/optique.ts";
import { MASK_FIELDS, type MaskChoice } from "./mask_options.ts";
import { type OpenLabeller, openPaper } from "./open_labeller.ts";
import {
  fraction,
  naturalNumber,
  oddNumber,
  optionName,
  positiveInteger,
  positiveNumber,
} from "../cli/values.ts";

/**
 * An option `--patch-size` for the field `patchSize`. Its description gives the values of both recipes, since the default is that of the
 * recipe chosen.
 */
function parameter<K extends keyof Recipe>(field: K, parser: ValueParser<"sync", Recipe[K]>, text: string) {
  const [paper, reference] = [recipes.paper[field], recipes.reference[field]].map(show);
  const values = paper === reference ? `default: ${paper}` : `paper: ${paper}, reference: ${reference}`;
  return optional(
    option(optionName(field), parser, { description: [{ type: "text", text: `${text} (${values})` }] }),
  );
}

function show(value: unknown): string {
  return typeof value === "boolean" ? value ? "yes" : "no" : String(value);
}

/** A yes or no that can also be said against a recipe that says yes. */
function yesOrNo(): ValueParser<"sync", boolean> {
  return {
    mode: "sync",
    metavar: "yes|no",
    placeholder: false,
    parse(input) {
      if (input === "yes" || input === "no") return { success: true, value: input === "yes" };
      return { success: false, error: message`Expected yes or no, but got ${input}.` };
    },
    format: (value) => value ? "yes" : "no",
    *suggest(prefix) {
      for (const text of ["yes", "no"]) if (text.startsWith(prefix)) yield { kind: "literal", text };
    },
  };
}

/** `0.299,0.587,0.114` */
function weights(): ValueParser<"sync", readonly [number, number, number]> {
  return {
    mode: "sync",
    metavar: "R,G,B",
    placeholder: [1, 1, 1],
    parse(input) {
      const [red, green, blue, ...more] = input.split(",").map((part) =>
        part.trim() === "" ? NaN : Number(part)
      );
      if (more.length > 0 || ![red, green, blue].every((weight) => Number.isFinite(weight) && weight >= 0)) {
        return {
          success: false,
          error: message`Expected three numbers such as ${"0.299,0.587,0.114"}, but got ${input}.`,
        };
      }
      return { success: true, value: [red, green, blue] };
    },
    format: (value) => value.join(","),
  };
}

const overrides = {
  patchSize: parameter(
    "patchSize",
    positiveInteger("PIXELS"),
    "Side of the patches that the classifier scores",
  ),
  patchStride: parameter("patchStride", positiveInteger("PIXELS"), "Their distance; divides the side"),
  patchGrid: parameter(
    "patchGrid",
    choice(["cells", "stretched"]),
    "How their scores are laid over the photo",
  ),
  patchFilter: parameter(
    "patchFilter",
    choice(["lanczos3", "hamming", "bilinear", "nearest"]),
    "What enlarges them",
  ),
  patchRound: parameter("patchRound", yesOrNo(), "Round them to 8 bits"),
  cam: parameter("cam", choice(["grad-cam++", "grad-cam", "none"]), "Class activation map"),
  camClass: parameter("camClass", choice(["crack", "winner"]), "The class whose evidence it maps"),
  camGradient: parameter("camGradient", choice(["logit", "probability"]), "What it differentiates"),
  camTile: parameter(
    "camTile",
    positiveInteger("PIXELS"),
    "Larger photos are shown to the classifier in tiles",
  ),
  localisationThreshold: parameter("localisationThreshold", fraction(), "Localisation at or below becomes 0"),
  erosionSize: parameter("erosionSize", oddNumber(), "Window of an erosion"),
  erosionIterations: parameter("erosionIterations", naturalNumber(), "Erosions of the localisation"),
  bilateralRadius: parameter(
    "bilateralRadius",
    integer({ min: 0, max: 64, metavar: "PIXELS" }),
    "Bilateral filter, 0: none",
  ),
  bilateralSigmaSpace: parameter("bilateralSigmaSpace", positiveNumber("PIXELS"), "Its σ over space"),
  bilateralSigmaRange: parameter("bilateralSigmaRange", positiveNumber("LEVELS"), "Its σ over grey levels"),
  bilateralWindow: parameter("bilateralWindow", choice(["square", "disc"]), "Its window"),
  bilateralDistance: parameter("bilateralDistance", choice(["l2", "l1"]), "Its colour distance"),
  bilateralRound: parameter("bilateralRound", yesOrNo(), "Round what it gives to 8 bits"),
  greyWeights: parameter("greyWeights", weights(), "Weights of red, green and blue"),
  thresholdPatchSize: parameter(
    "thresholdPatchSize",
    integer({ min: 1, max: 256, metavar: "PIXELS" }),
    "Side of the patches that are thresholded",
  ),
  thresholdStride: parameter(
    "thresholdStride",
    positiveInteger("PIXELS"),
    "Their distance; divides the side",
  ),
  thresholdClasses: parameter("thresholdClasses", choice([2, 3]), "Classes of Otsu's method"),
  closingSize: parameter("closingSize", oddNumber(), "Window of the closing"),
  closingIterations: parameter("closingIterations", naturalNumber(), "Closings of the confidence map"),
};

/** The options that choose a recipe and change single parameters of it, but for what {@linkcode maskOptions} has. */
export const recipeOptions = object("Recipe, with --method paper", {
  recipe: optional(
    option("--recipe", choice(["paper", "reference"]), {
      description:
        message`What to follow: the paper, or the code that its authors published. (default: paper)`,
    }),
  ),
  ...overrides,
});

/**
 * The recipe that the options ask for. One that was changed says so in its name: `paper, patchSize 64`.
 *
 * @throws {UsageError} if two parameters do not fit together.
 */
export function chooseRecipe(options: InferValue<typeof recipeOptions> & MaskChoice): Recipe {
  const base = recipes[options.recipe ?? "paper"];
  const fields = [...Object.keys(overrides), ...MASK_FIELDS] as (keyof typeof overrides | keyof MaskChoice)[];
  const changes = fields.filter((field) => options[field] !== undefined);
  const recipe: Recipe = {
    ...base,
    ...Object.fromEntries(changes.map((field) => [field, options[field]])),
    name: [base.name, ...changes.map((field) => `${field} ${show(options[field])}`)].join(", "),
  };
  divides(recipe.patchStride, recipe.patchSize, ["--patch-stride", "--patch-size"]);
  divides(recipe.thresholdStride, recipe.thresholdPatchSize, [
    "--threshold-stride",
    "--threshold-patch-size",
  ]);
  return recipe;
}

/** The same options with the labeller that they ask for. */
export const recipeSettings = map(recipeOptions, (given) => ({
  given,
  labeller: (mask: MaskChoice): OpenLabeller => openPaper(chooseRecipe({ ...given, ...mask })),
}));

function divides(stride: number, size: number, [strideOption, sizeOption]: readonly [string, string]): void {
  if (size % stride === 0) return;
  throw new UsageError(
    `Cannot lay patches of side ${size} at a distance of ${stride}, which does not divide it; change ${sizeOption} or ${strideOption}.`,
  );
}
