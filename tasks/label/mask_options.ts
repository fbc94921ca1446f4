import { defaultHairline } from "../../core/label/hairline/settings.ts";
import { recipes } from "../../core/label/recipe.ts";
import { type InferValue, object, option, optional, type ValueParser } from "../cli/optique.ts";
import { fraction, naturalNumber, optionName } from "../cli/values.ts";

/** What several methods have alike. */
type Field = "labelThreshold" | "minCrackPixels";

function parameter(field: Field, parser: ValueParser<"sync", number>, text: string) {
  const [paper, hairline] = [recipes.paper[field], defaultHairline[field]];
  const values = paper === hairline ? `default: ${paper}` : `hairline: ${hairline}, paper: ${paper}`;
  return optional(
    option(optionName(field), parser, { description: [{ type: "text", text: `${text} (${values})` }] }),
  );
}

/** The options of what becomes of confidences, which the methods hairline and paper have both. */
export const maskOptions = object("Mask, with --method hairline or paper", {
  labelThreshold: parameter("labelThreshold", fraction(), "A pixel is crack above this confidence"),
  minCrackPixels: parameter("minCrackPixels", naturalNumber(), "Crack pixels that training needs"),
});

/** What was given of {@linkcode maskOptions}. */
export type MaskChoice = InferValue<typeof maskOptions>;

/** The fields that these options change. */
export const MASK_FIELDS: readonly Field[] = ["labelThreshold", "minCrackPixels"];
