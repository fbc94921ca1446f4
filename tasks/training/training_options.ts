import { backendOption, followLinksOption, jsonOption, quietOption } from "../cli/common_options.ts";
import {
  choice,
  type InferValue,
  map,
  type Message,
  message,
  multiple,
  object,
  option,
  optional,
  type Parser,
  string,
  withDefault,
} from "../cli/optique.ts";
import { filePath, folderPath, naturalNumber, positiveInteger, positiveNumber } from "../cli/values.ts";
import { reviewedOption } from "../studio/reviewed_option.ts";

/** Options that name datasets to train on or to measure with, beside folders of photos. */
export const datasetOptions = object("Photos", {
  datasets: multiple(
    option("--dataset", filePath("PATH"), {
      description: message`A dataset in a layout of data:doctor. May be repeated.`,
    }),
  ),
  split: optional(
    option("--split", string({ metavar: "NAME" }), {
      description: message`Use only this split of the datasets.`,
    }),
  ),
  splits: optional(
    option("--splits", choice(["folders", "paper"]), {
      description:
        message`Which splits the datasets have: those of their folders (the default), or those of the paper's experiments.`,
    }),
  ),
  followLinks: followLinksOption,
});

/** Folders of photos whose masks lie in others. */
export const imagesOption = multiple(
  option("--images", folderPath(), {
    description: message`A folder of photos. May be repeated, with --masks in the same order.`,
  }),
);

/** Runs of `label`, whose labels are taken in place of masks. */
export const labelOptions = {
  labels: multiple(
    option("--labels", folderPath(), {
      description:
        message`A folder that label wrote, in place of masks; or one of predict, of whose masks those count that were accepted or mended in the studio; or one of photos that were marked there. Labels with too few crack pixels are left out.`,
    }),
  ),
  photos: multiple(
    option("--photos", folderPath(), {
      description: message`Where the labelled photos are now, if they were moved.`,
    }),
  ),
  reviewed: reviewedOption,
};

/** The paper's momentum, which no option changes. */
export const MOMENTUM = 0.9;

/** Scales the channels of a network. */
export const widthOption = optional(
  option("--width", positiveNumber(), {
    description: message`Scales the number of its channels, up to 1, the default.`,
  }),
);

/** Options of any training that say how steps are made. */
export const stepOptions = {
  learningRate: withDefault(
    option("--learning-rate", positiveNumber(), {
      description: message`The first rate, or the highest of one cycle.`,
    }),
    1e-3,
  ),
  seed: withDefault(
    option("--seed", naturalNumber(), { description: message`Seeds everything that is random.` }),
    0,
  ),
};

/** How the learning rate changes; the text says what, by default. */
export function scheduleOption(description: Message): Parser<"sync", "step" | "one-cycle", unknown> {
  return withDefault(option("--schedule", choice(["step", "one-cycle"]), { description }), "step" as const);
}

/** Whether examples are altered; the text says which. */
export function augmentOption(description: Message): Parser<"sync", boolean, unknown> {
  const onOrOff = option("--augment", choice(["on", "off"]), { description });
  return map(withDefault(onOrOff, "on" as const), (value) => value === "on");
}

/** Options that say how a training runs, whatever it trains. */
export const runOptions = object("Run", {
  precision: withDefault(
    option("--precision", choice(["F32", "F16", "I8"]), {
      description:
        message`Precision of the weights in the file: F32 is exact, F16 takes half the space, I8 a quarter.`,
    }),
    "F32" as const,
  ),
  backend: backendOption(["webgpu", "wasm"]),
  threads: optional(
    option("--threads", positiveInteger(), {
      description:
        message`Parts of a batch that wasm works on at once. Batch norm sees each part alone, so the result depends on their number. Default: one per core, if the batch is large enough.`,
    }),
  ),
  saveEvery: withDefault(
    option("--save-every", positiveNumber("SECONDS"), {
      description: message`How much work may be lost if the run is killed.`,
    }),
    60,
  ),
  restart: option("--restart", {
    description: message`Start from the beginning, whatever an earlier run has left.`,
  }),
  quiet: quietOption,
  json: jsonOption(message`Print the card on standard output.`),
});

/** Where a training goes, and how it runs. */
export interface TrainingRunOptions extends Given<Omit<InferValue<typeof runOptions>, "json">> {
  /** The file of the network. */
  readonly out: string;
  /** The command's arguments, for the card. */
  readonly args: readonly string[];
}

/** What a parser finds, as a program may give it: options that may be left out are left out. */
export type Given<Options> =
  & { readonly [Name in keyof Options as undefined extends Options[Name] ? never : Name]: Options[Name] }
  & { readonly [Name in keyof Options as undefined extends Options[Name] ? Name : never]?: Options[Name] };

/** Options as a card keeps them: null for one that was left out. */
export type Kept<Options, Name extends keyof Options> = {
  readonly [name in Name]-?: undefined extends Options[name] ? Exclude<Options[name], undefined> | null
    : Options[name];
};

/** Some of a training's options as a card keeps them, in the order of their names. */
export function keepOptions<Options extends object, Name extends keyof Options>(
  options: Options,
  names: readonly Name[],
): Kept<Options, Name> {
  return Object.fromEntries(names.map((name) => [name, options[name] ?? null])) as Kept<Options, Name>;
}
