/**
 * `segmenter:train`: photos with masks or labels in, a network that marks cracks out.
 *
 * @module
 */
import { SEGMENTATION_ARCHS } from "../../models/segmenter/architectures.ts";
import { SEGMENTATION_LOSSES } from "../../models/segmenter/losses.ts";
import { runCommand } from "../cli/command.ts";
import { ExitCode } from "../cli/errors.ts";
import {
  choice,
  float,
  group,
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
import { writeOut } from "../cli/terminal.ts";
import { filePath, folderPath, naturalNumber, positiveInteger, positiveNumber } from "../cli/values.ts";
import { datasetOptions } from "../training/dataset_options.ts";
import { runOptions } from "../training/run_options.ts";
import { runSegmenterTraining } from "./run_training.ts";
import { describeCard } from "./segmenter_results.ts";

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

const parser = merge(
  datasetOptions,
  group(
    "Photos",
    object({
      images: multiple(
        option("--images", folderPath(), {
          description: message`A folder of photos. May be repeated, with --masks in the same order.`,
        }),
      ),
      masks: multiple(
        option("--masks", folderPath(), {
          description: message`The folder of their masks, of the same names.`,
        }),
      ),
      labels: multiple(
        option("--labels", folderPath(), {
          description:
            message`A folder that label wrote, in the place of masks. Labels with too few crack pixels are left out.`,
        }),
      ),
      photos: multiple(
        option("--photos", folderPath(), {
          description: message`Where the labelled photos are, if no longer where they were.`,
        }),
      ),
      extraLabels: multiple(
        option("--extra-labels", folderPath(), {
          description:
            message`Labels of further photos, which nobody drew masks for: they are added, and never held back.`,
        }),
      ),
      soft: option("--soft", {
        description:
          message`Train on confidences: those beside the labels, or the grey values of --masks, instead of crack or not.`,
      }),
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
          description: message`Of that dataset only this split.`,
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
      width: optional(
        option("--width", positiveNumber(), {
          description: message`Scales its channels, up to 1, the default.`,
        }),
      ),
      start: optional(
        option("--start", filePath(), {
          description:
            message`Start from the weights of this network, and with its layers. With --arch also from those of Keras (.h5), tfjs (a folder or its model.json), torchvision or timm (.safetensors): VGG-16 for deepcrack_liu and deepcrack_zou, EfficientNet-B0 to B5 for oed_b0 to oed_b5. What has no counterpart is named.`,
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
            message`Side of the crops, a multiple of 32 for any network; or whole photos, which must be of one size in a batch.`,
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
            message`Cut crops up to X times smaller or larger and bring them to their size: cracks of more widths than the photos show.`,
        }),
        1,
      ),
      learningRate: withDefault(
        option("--learning-rate", positiveNumber(), {
          description: message`The first rate, or the highest of one cycle.`,
        }),
        1e-3,
      ),
      schedule: withDefault(
        option("--schedule", choice(["step", "one-cycle"]), {
          description:
            message`A tenth after each third of the epochs, or up and down along half a cosine: better from scratch.`,
        }),
        "step" as const,
      ),
      augment: withDefault(
        option("--augment", choice(["on", "off"]), {
          description:
            message`Alter colours and add noise at random. Crops are turned and flipped in any case.`,
        }),
        "on" as const,
      ),
      seed: withDefault(
        option("--seed", naturalNumber(), { description: message`Of everything that is random.` }),
        0,
      ),
    }),
  ),
  group(
    "Result",
    object({
      out: option("-o", "--out", filePath(), {
        description:
          message`The network: the best on the photos held back (the last is then FILE.last), else the last. Beside it a card with all figures (.json), the learning curve (.svg) and, until the end, what a killed run needs to go on (.training) and the best so far (.best).`,
      }),
    }),
  ),
  runOptions,
);

await runCommand({
  name: "segmenter:train",
  brief: "Trains a network that marks the pixels of cracks.",
  description:
    "Reads photos with masks, or with the labels that label wrote for them, and trains a segmentation network. A run that was killed " +
    "goes on from its last save when the same command is given again, and ends with the same network.\n\nThe defaults are the paper's; " +
    "without a GPU the second example suits better.",
  examples: [
    {
      command: "deno task segmenter:train --labels labels/ -o unet.safetensors",
      effect: "Train U-Net on labels, as the paper does",
    },
    {
      command: "deno task segmenter:train --labels labels/ --width 0.25 --crop 128 --batch 8 --epochs 6 " +
        "--schedule one-cycle --learning-rate 0.05 --validation 0.1 -o small.safetensors",
      effect: "Train a small one without a GPU, and keep the best",
    },
    {
      command: "deno task segmenter:train --images photos/ --masks masks/ --extra-labels more-labels/ " +
        "--arch oed_b5 -o oed.safetensors",
      effect: "Train on masks and on labels of further photos",
    },
    {
      command:
        "deno task segmenter:train --labels labels/ --arch deepcrack_liu --start vgg16_bn.safetensors " +
        "-o liu.safetensors",
      effect: "Start DeepCrack from torchvision's VGG-16",
    },
  ],
  parser,
}, async (options) => {
  const { card, failures } = await runSegmenterTraining({
    ...options,
    augment: options.augment === "on",
    args: Deno.args,
  });
  writeOut(options.json ? `${JSON.stringify(card, null, 2)}\n` : describeCard(card, options.out));
  return failures > 0 ? ExitCode.Failed : ExitCode.Ok;
});
