import { defaultFan, type FanSettings } from "../../core/label/weak/fan.ts";
import { defaultInoue } from "../../core/label/weak/inoue.ts";
import { integer, map, object, option, optional, type ValueParser } from "../cli/optique.ts";
import { fraction, optionName, positiveNumber } from "../cli/values.ts";
import { openFan, openInoue, type OpenLabeller } from "./open_labeller.ts";

function parameter(name: string, parser: ValueParser<"sync", number>, text: string, value: number) {
  return optional(
    option(optionName(name), parser, {
      description: [{ type: "text", text: `${text} (default: ${value})` }],
    }),
  );
}

const inoueOptions = object("With --method inoue", {
  inoueThreshold: parameter(
    "inoueThreshold",
    fraction(),
    "A pixel is crack where the network's confidence times its darkness exceeds this",
    defaultInoue.threshold,
  ),
});

/** The options of the method inoue, with the labeller that they ask for. */
export const inoueSettings = map(inoueOptions, (given) => ({
  given,
  labeller: (): OpenLabeller => openInoue({ threshold: given.inoueThreshold ?? defaultInoue.threshold }),
}));

function fanParameter(field: keyof FanSettings, parser: ValueParser<"sync", number>, text: string) {
  const name = `fan${field[0].toUpperCase()}${field.slice(1)}`;
  return parameter(name, parser, text, defaultFan[field]);
}

const fanOptions = object("With --method fan", {
  fanPatchSize: fanParameter(
    "patchSize",
    integer({ min: 3, max: 2 ** 16, metavar: "PIXELS" }),
    "Side of the patches that are classified and thresholded each by itself",
  ),
  fanGate: fanParameter("gate", fraction(), "A patch shows crack above this probability"),
  fanRadius: fanParameter(
    "radius",
    integer({ min: 0, max: 64, metavar: "PIXELS" }),
    "Radius of the bilateral filter, 0: none",
  ),
  fanSigmaSpace: fanParameter("sigmaSpace", positiveNumber("PIXELS"), "Its σ over space"),
  fanSigmaRange: fanParameter("sigmaRange", positiveNumber(), "Its σ over grey values, white being 1"),
});

/** The options of the method fan, with the labeller that they ask for. */
export const fanSettings = map(fanOptions, (given) => ({
  given,
  labeller: (): OpenLabeller =>
    openFan({
      patchSize: given.fanPatchSize ?? defaultFan.patchSize,
      gate: given.fanGate ?? defaultFan.gate,
      radius: given.fanRadius ?? defaultFan.radius,
      sigmaSpace: given.fanSigmaSpace ?? defaultFan.sigmaSpace,
      sigmaRange: given.fanSigmaRange ?? defaultFan.sigmaRange,
    }),
}));
