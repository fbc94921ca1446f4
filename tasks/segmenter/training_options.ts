import { SEGMENTATION_ARCHS } from "../../models/segmenter/architectures.ts";
import { SEGMENTATION_LOSSES } from "../../models/segmenter/losses.ts";
import {
  choice,
  float,
  group,
  type InferValue,
  integer,
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
import { filePath, folderPath, positiveInteger } from "../cli/values.ts";
import { adversarialOptions } from "./adversarial_options.ts";
import type { NamedSample } from "../training/named_sample.ts";
import {
  augmentOption,
  datasetOptions,
  type Given,
  imagesOption,
  labelOptions,
  runOptions,
  scheduleOption,
  stepOptions,
  type TrainingRunOptions,
  widthOption,
} from "../training/training_options.ts";

/** A side in pixels, or `whole`. */
function cropValue(): ValueParser<"sync", number | "whole"> {
  const side = positiveInteger("SIDE|whole");
  return {
    ...side,
    placeholder: 256,
    parse: (input) => input === "whole" ? { success: true, value: "whole" as const } : side.parse(input),
    format: String,
  };
}

/** What to train on what, and how. */
export const trainingOptions = merge(
  datasetOptions,
  group(
    "Photos",
    object({
      images: imagesOption,
      masks: multiple(
        option("--masks", folderPath(), {
          description: message`The folder of their masks, of the same names.`,
        }),
      ),
      labels: labelOptions.labels,
      photos: labelOptions.photos,
      extraLabels: multiple(
        option("--extra-labels", folderPath(), {
          description: message`Labels of further photos without masks: they are added, and never held back.`,
        }),
      ),
      reviewed: labelOptions.reviewed,
      soft: option("--soft", {
        description:
          message`Train on confidences: those beside the labels, or the grey values of --masks, instead of crack or not.`,
      }),
      fatten: optional(
        option("--fatten", integer({ min: 1, max: 64, metavar: "TIMES" }), {
          description:
            message`Make the crack of the masks thicker, so many times by a pixel on each side, as the networks that label --method inoue wants are trained; photos held back keep theirs.`,
        }),
      ),
      limit: optional(
        option("--limit", positiveInteger(), {
          description: message`Use no more than N photos, extra labels aside.`,
        }),
      ),
      validation: optional(
        option("--validation", string({ metavar: "SHARE|PATH" }), {
          description:
            message`Hold back this share of the photos, the last by name, or take another dataset, and report ODS on them after each epoch. The best network is kept.`,
        }),
      ),
      validationSplit: optional(
        option("--validation-split", string({ metavar: "NAME" }), {
          description: message`Use only this split of that dataset.`,
        }),
      ),
    }),
  ),
  group(
    "Network",
    object({
      arch: optional(
        option("--arch", choice(SEGMENTATION_ARCHS), { description: message`The network. Default: unet.` }),
      ),
      width: widthOption,
      start: optional(
        option("--start", filePath(), {
          description:
            message`Start from the weights of this network, and with its layers; "shipped" is the one that comes with Hairline. A classifier becomes the encoder of a network around it: MobileNetV2 that of unet_mobilenet, EfficientNet-B0 to B5 that of OED; "shipped-classifier" is the one that comes with Hairline. With --arch, weights of other libraries will do: Keras (.h5), tfjs (a folder or its model.json), torchvision or timm (.safetensors): VGG-16 for deepcrack_liu and deepcrack_zou, EfficientNet-B0 to B5 for oed_b0 to oed_b5. Whatever has no counterpart is named.`,
        }),
      ),
    }),
  ),
  group(
    "Training",
    object({
      loss: withDefault(
        option("--loss", choice(SEGMENTATION_LOSSES), {
          description:
            message`Binary cross-entropy of all outputs, auxiliary ones alike (the paper's), or that of the network's authors.`,
        }),
        "bce" as const,
      ),
      epochs: withDefault(
        option("--epochs", positiveInteger(), { description: message`Passes over the photos.` }),
        30,
      ),
      batch: withDefault(option("--batch", positiveInteger(), { description: message`Crops a step.` }), 4),
      crop: withDefault(
        option("--crop", cropValue(), {
          description:
            message`Side of the crops, a multiple of 32 for any network but those that see patches, which take 27; or whole photos, which must be of one size in a batch.`,
        }),
        256,
      ),
      crops: optional(
        option("--crops", positiveInteger(), {
          description: message`Crops an epoch. Default: as many as cover the photos.`,
        }),
      ),
      zoom: withDefault(
        option("--zoom", float({ min: 1, max: 16, metavar: "X" }), {
          description:
            message`Cut crops up to X times smaller or larger and resize them, so that cracks appear in more widths than the photos show.`,
        }),
        1,
      ),
      learningRate: stepOptions.learningRate,
      schedule: scheduleOption(
        message`Divided by ten after each third of the epochs; or up and down again along half cosines, which is better from scratch.`,
      ),
      augment: augmentOption(
        message`Alter colours and add noise at random. Crops are turned and flipped in any case.`,
      ),
      seed: stepOptions.seed,
    }),
  ),
  group("Photos without masks", object({ adversarial: adversarialOptions })),
  group(
    "Result",
    object({
      out: option("-o", "--out", filePath(), {
        description:
          message`The network: the best on the photos held back (the last one is then FILE.last), or the last one if none are. Beside it go a card with all figures (.json), the learning curve (.svg) and, until the end, what an interrupted run needs to carry on (.training) and the best network so far (.best).`,
      }),
    }),
  ),
  runOptions,
);

/** The same with the command's arguments, and photos that a program has listed itself. */
export interface SegmenterTrainingOptions
  extends
    Given<Omit<InferValue<typeof trainingOptions>, keyof TrainingRunOptions | "json">>,
    TrainingRunOptions {
  readonly samples?: readonly NamedSample[];
}
