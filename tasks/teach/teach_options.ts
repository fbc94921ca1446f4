import { IMAGE_ARCHS } from "../../models/segmenter/architectures.ts";
import {
  argument,
  choice,
  group,
  type InferValue,
  merge,
  message,
  multiple,
  object,
  option,
  optional,
  string,
  type ValueParser,
  withDefault,
} from "../cli/optique.ts";
import { filePath, folderPath, naturalNumber, positiveInteger, positiveNumber } from "../cli/values.ts";
import type { NamedSample } from "../training/named_sample.ts";
import {
  augmentOption,
  datasetOptions,
  type Given,
  imagesOption,
  runOptions,
  stepOptions,
  widthOption,
} from "../training/training_options.ts";
import type { GridOptions } from "../../core/sampling/training_grid.ts";

/** What the paper cuts photos into: asks for the fewest labels. */
const PAPERS_GRID: GridOptions = { size: 128, stride: 64 };

/** A side and a stride in pixels, as they are typed. */
function formatGrid({ size, stride }: GridOptions): string {
  return `${size}/${stride}`;
}

/** Reads a side and a stride in pixels, such as `128/64`. */
function gridValue(): ValueParser<"sync", GridOptions> {
  return {
    mode: "sync",
    metavar: "SIZE/STRIDE",
    placeholder: PAPERS_GRID,
    parse(input) {
      const [size, stride, ...rest] = input.split("/").map(Number);
      const whole = [size, stride].every((value) => Number.isInteger(value) && value >= 1);
      if (whole && rest.length === 0 && stride <= size) return { success: true, value: { size, stride } };
      return {
        success: false,
        error: message`Expected a side and a stride of at most that such as ${"128/64"}, but got ${input}.`,
      };
    },
    format: formatGrid,
  };
}

/** What to teach a network, and how. */
export const teachOptions = merge(
  datasetOptions,
  group(
    "Photos",
    object({
      folders: multiple(
        argument(folderPath("FOLDER"), {
          description:
            message`A folder with the folders ${"crack/"} and ${"no_crack/"}: photos that are labelled as a whole. A classifier then says where in a photo the crack is.`,
        }),
      ),
      images: imagesOption,
      masks: multiple(
        option("--masks", folderPath(), {
          description:
            message`The folder of their masks, of the same names. Masks tell which patches show crack, and nothing else.`,
        }),
      ),
      patches: multiple(
        option("--patches", folderPath(), {
          description:
            message`A folder with the folders ${"crack/"} and ${"no_crack/"} of patches whose names hold their places, as data:patches writes them. May be repeated, with --patch-photos in the same order.`,
        }),
      ),
      patchPhotos: multiple(
        option("--patch-photos", folderPath(), {
          description: message`The folder, or dataset, of the whole photos that the patches were cut from.`,
        }),
      ),
      grid: withDefault(
        option("--grid", gridValue(), {
          description:
            message`Side and stride of the patches that masks are cut into: 128/64 is the paper's and asks for the fewest labels; 32/16 asks for sixteen times as many and comes close to a mask.`,
        }),
        PAPERS_GRID,
        formatGrid,
      ),
    }),
  ),
  group(
    "Networks",
    object({
      classifier: withDefault(
        option("--classifier", string({ metavar: "FILE|shipped" }), {
          description: message`The classifier that says where the crack is in photos labelled as a whole.`,
        }),
        "shipped",
      ),
      arch: optional(
        option("--arch", choice(IMAGE_ARCHS), { description: message`The network. Default: unet.` }),
      ),
      width: widthOption,
      teachers: multiple(
        option("--teacher", filePath("FILE|shipped"), {
          description:
            message`A network that labels beside those that are taught, and is not trained itself: one that has learnt otherwise errs elsewhere. May be repeated.`,
        }),
      ),
      start: optional(
        option("--start", filePath("FILE|shipped"), {
          description:
            message`Start from this network, and with its layers; shipped is the one that comes with Hairline. A classifier becomes the encoder of a network around it; shipped-classifier is the one that comes with Hairline.`,
        }),
      ),
    }),
  ),
  group(
    "Training",
    object({
      rounds: withDefault(
        option("--rounds", naturalNumber(), {
          description:
            message`Rounds of labelling and training after the first network, which sees drawn cracks only.`,
        }),
        2,
      ),
      crops: withDefault(
        option("--crops", positiveInteger(), {
          description: message`Crops of the last round.`,
        }),
        16_000,
      ),
      earlierCrops: optional(
        option("--earlier-crops", positiveInteger(), {
          description: message`Crops of each round before the last. Default: half as many.`,
        }),
      ),
      average: withDefault(
        option("--average", positiveInteger("ROUNDS"), {
          description:
            message`Average the networks of this many last rounds, weight by weight, instead of taking the last one alone: the mean is often better than each of them.`,
        }),
        1,
      ),
      crop: withDefault(
        option("--crop", positiveInteger("SIDE"), {
          description: message`Side of the crops, a multiple of 32 for any network.`,
        }),
        192,
      ),
      batch: withDefault(option("--batch", positiveInteger(), { description: message`Crops a step.` }), 6),
      learningRate: withDefault(
        option("--learning-rate", positiveNumber(), {
          description: message`The highest rate of each round's cycle.`,
        }),
        0.05,
      ),
      augment: augmentOption(
        message`Alter colours and add noise at random. Crops are turned and flipped in any case.`,
      ),
      seed: stepOptions.seed,
    }),
  ),
  group(
    "Result",
    object({
      out: option("-o", "--out", folderPath(), {
        description:
          message`A folder: segmenter.safetensors is the network and card.json describes it; rounds/N has the labels of each round, with a report to look at, and its network.`,
      }),
    }),
  ),
  runOptions,
);

/** The same with the command's arguments. */
export type TeachOptions = Given<Omit<InferValue<typeof teachOptions>, "json">> & {
  readonly args: readonly string[];
  /** Photos that a program has listed itself. */
  readonly samples?: readonly NamedSample[];
};
