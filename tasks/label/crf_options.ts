import { defaultCrf } from "../../core/label/cam_crf/cam_crf_label.ts";
import type { DenseCrfOptions } from "../../core/label/cam_crf/dense_crf.ts";
import { float, type InferValue, map, object, option, optional, type ValueParser } from "../cli/optique.ts";
import { naturalNumber, optionName, positiveNumber } from "../cli/values.ts";
import { openCamCrf, type OpenLabeller } from "./open_labeller.ts";

function parameter(
  field: string,
  parser: ValueParser<"sync", number>,
  [text, value]: readonly [string, number],
) {
  return optional(
    option(optionName(field), parser, {
      description: [{ type: "text", text: `${text} (default: ${value})` }],
    }),
  );
}

function weight(): ValueParser<"sync", number> {
  return float({ min: 0, metavar: "X" });
}

const { iterations, appearance, smoothness } = defaultCrf;

/** The options that change parameters of the random field. */
export const crfOptions = object("Random field, with --method cam-crf", {
  crfIterations: parameter("crfIterations", naturalNumber(), [
    "Iterations of mean field, 0: the class activation map alone",
    iterations,
  ]),
  appearanceWeight: parameter("appearanceWeight", weight(), [
    "What pixels near each other and of like colour pay for different classes, 0: nothing",
    appearance.weight,
  ]),
  appearanceSigmaSpace: parameter("appearanceSigmaSpace", positiveNumber("PIXELS"), [
    "How near: σ over space",
    appearance.sigmaSpace,
  ]),
  appearanceSigmaColour: parameter("appearanceSigmaColour", positiveNumber("LEVELS"), [
    "How like: σ over red, green and blue",
    appearance.sigmaColour,
  ]),
  smoothnessWeight: parameter("smoothnessWeight", weight(), [
    "What pixels near each other of any colour pay, 0: nothing",
    smoothness.weight,
  ]),
  smoothnessSigmaSpace: parameter("smoothnessSigmaSpace", positiveNumber("PIXELS"), [
    "How near: σ over space",
    smoothness.sigmaSpace,
  ]),
});

/** The random field that the options ask for. */
export function chooseCrf(options: InferValue<typeof crfOptions>): DenseCrfOptions {
  return {
    iterations: options.crfIterations ?? iterations,
    appearance: {
      weight: options.appearanceWeight ?? appearance.weight,
      sigmaSpace: options.appearanceSigmaSpace ?? appearance.sigmaSpace,
      sigmaColour: options.appearanceSigmaColour ?? appearance.sigmaColour,
    },
    smoothness: {
      weight: options.smoothnessWeight ?? smoothness.weight,
      sigmaSpace: options.smoothnessSigmaSpace ?? smoothness.sigmaSpace,
    },
  };
}

/** The same options with the labeller that they ask for. */
export const crfSettings = map(crfOptions, (given) => ({
  given,
  labeller: (): OpenLabeller => openCamCrf(chooseCrf(given)),
}));
