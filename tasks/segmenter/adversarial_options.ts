import { type AdversarialSettings, defaultAdversarial } from "../../models/segmenter/adversarial/settings.ts";
import { UsageError } from "../cli/errors.ts";
import {
  float,
  type InferValue,
  map,
  message,
  multiple,
  object,
  option,
  optional,
  type ValueParser,
} from "../cli/optique.ts";
import {
  folderPath,
  fraction,
  naturalNumber,
  optionName,
  positiveInteger,
  positiveNumber,
} from "../cli/values.ts";

function setting(field: keyof AdversarialSettings, parser: ValueParser<"sync", number>, text: string) {
  return optional(
    option(optionName(field), parser, {
      description: [{ type: "text", text: `${text} (default: ${defaultAdversarial[field]})` }],
    }),
  );
}

/** What something counts beside the loss of the masks. */
function weight(): ValueParser<"sync", number> {
  return float({ min: 0, metavar: "X" });
}

const options = object({
  adversarial: option("--adversarial", {
    description:
      message`Train on photos without masks, too: a discriminator learns to tell the network's masks from true ones, the network to deceive it, and, where it does, from what it says itself. Needs --unlabelled.`,
  }),
  unlabelled: multiple(
    option("--unlabelled", folderPath(), {
      description: message`A folder of photos without masks, for --adversarial. May be repeated.`,
    }),
  ),
  adversarialWeight: setting(
    "adversarialWeight",
    weight(),
    "What deceiving the discriminator on photos with masks counts, beside 1 for the masks",
  ),
  unlabelledWeight: setting("unlabelledWeight", weight(), "The same on photos without"),
  semiWeight: setting("semiWeight", weight(), "What its own predictions count that the network learns from"),
  confidence: setting(
    "confidence",
    fraction(),
    "How true a pixel of a prediction must seem to the discriminator to be learnt from",
  ),
  semiStart: setting("semiStart", naturalNumber("STEPS"), "Steps before the network learns from predictions"),
  discriminatorRate: setting(
    "discriminatorRate",
    positiveNumber(),
    "The first learning rate of the discriminator, which falls to 0",
  ),
  discriminatorWidth: setting(
    "discriminatorWidth",
    positiveNumber(),
    "Scales the number of the discriminator's channels, up to 1",
  ),
  levels: setting(
    "levels",
    positiveInteger(),
    "Scales that the network sees each crop at, each half of the one before; what it says is averaged",
  ),
});

type Given = InferValue<typeof options>;

/** The options of an adversarial training; undefined where none of them was given. */
export const adversarialOptions = map(options, (given): Given | undefined => {
  const { adversarial, unlabelled, ...settings } = given;
  const asked = adversarial || unlabelled.length > 0 ||
    Object.values(settings).some((value) => value !== undefined);
  return asked ? given : undefined;
});

/** Photos without masks, and how a network is trained on them. */
export interface AdversarialChoice {
  /** Their folders. */
  readonly unlabelled: readonly string[];
  readonly settings: AdversarialSettings;
}

/**
 * What the options of an adversarial training ask for.
 *
 * @throws {UsageError} where some were given without `--adversarial`, or no photos.
 */
export function chooseAdversarial({ adversarial, unlabelled, ...given }: Given): AdversarialChoice {
  const changed = Object.entries(given).filter(([, value]) => value !== undefined);
  if (!adversarial) {
    const [field] = unlabelled.length > 0 ? ["unlabelled"] : changed[0];
    throw new UsageError(
      `Cannot use ${optionName(field)} without --adversarial: give both, or leave it out.`,
    );
  }
  if (unlabelled.length === 0) {
    throw new UsageError(
      "Cannot train with --adversarial on photos with masks alone: give a folder of others with --unlabelled.",
    );
  }
  return { unlabelled, settings: { ...defaultAdversarial, ...Object.fromEntries(changed) } };
}
