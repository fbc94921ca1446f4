/**
 * `classifier:train`: photos in, a crack classifier out.
 *
 * @module
 */
import { ARCHS } from "../../models/classifier/architectures.ts";
import { HEADS } from "../../models/classifier/head.ts";
import { runCommand } from "../cli/command.ts";
import {
  choice,
  float,
  group,
  merge,
  message,
  object,
  option,
  optional,
  withDefault,
} from "../cli/optique.ts";
import { writeOut } from "../cli/terminal.ts";
import { filePath, fraction, naturalNumber, positiveInteger, positiveNumber } from "../cli/values.ts";
import { ExitCode } from "../cli/errors.ts";
import { runOptions } from "../training/run_options.ts";
import { dataOptions } from "./data_options.ts";
import { describeCard } from "./describe.ts";
import { runTraining } from "./run_training.ts";
import { sizesValue } from "./sizes_value.ts";

const parser = merge(
  dataOptions,
  group(
    "Network",
    object({
      arch: optional(
        option("--arch", choice(ARCHS), { description: message`The network. Default: resnet50.` }),
      ),
      width: optional(
        option("--width", positiveNumber(), {
          description: message`Scales its channels, up to 1, the default.`,
        }),
      ),
      head: optional(
        option("--head", choice(HEADS), {
          description:
            message`One dense layer (paper, the default), or the authors' two, which their weights need.`,
        }),
      ),
      start: optional(
        option("--start", filePath(), {
          description:
            message`Start from the weights of this classifier, and with its network; "shipped" is the one that ships. With --arch also from those of Keras (.h5), tfjs (a folder or its model.json), torchvision or timm (.safetensors) for ResNets; what has no counterpart is named.`,
        }),
      ),
    }),
  ),
  group(
    "Training",
    object({
      epochs: withDefault(
        option("--epochs", positiveInteger(), { description: message`Passes over the patches.` }),
        3,
      ),
      batch: withDefault(option("--batch", positiveInteger(), { description: message`Patches a step.` }), 16),
      learningRate: withDefault(
        option("--learning-rate", positiveNumber(), {
          description: message`The first rate, or the highest of one cycle.`,
        }),
        1e-3,
      ),
      schedule: withDefault(
        option("--schedule", choice(["step", "one-cycle"]), {
          description:
            message`A tenth after each epoch, or up and down along half a cosine: better from scratch.`,
        }),
        "step" as const,
      ),
      patchSizes: withDefault(
        option("--patch-sizes", sizesValue(), {
          description:
            message`Sides of the patches; of several, each step has one at random (needs --patches).`,
        }),
        [128] as readonly number[],
      ),
      stride: optional(
        option("--stride", positiveInteger(), {
          description: message`Pixels from patch to patch of the grid. Default: half the side.`,
        }),
      ),
      patches: optional(
        option("--patches", positiveInteger(), {
          description:
            message`Instead of every patch of a grid, an epoch is N patches at random places, every other one with crack.`,
        }),
      ),
      rim: withDefault(
        option("--rim", float({ min: 0, max: 0.49, metavar: "SHARE" }), {
          description:
            message`With --patches: leave out patches with crack only in this share of their side along the edges.`,
        }),
        0,
      ),
      zoom: withDefault(
        option("--zoom", float({ min: 1, max: 16, metavar: "X" }), {
          description: message`With --patches: enlarge patches up to so many times, at random.`,
        }),
        1,
      ),
      crackShare: withDefault(
        option("--crack-share", float({ min: 0.001, max: 0.999, metavar: "SHARE" }), {
          description:
            message`With --patches, of which half show crack: how many patches of a photo do. The classifier is set for it in the end.`,
        }),
        0.5,
      ),
      augment: withDefault(
        option("--augment", choice(["on", "off"]), {
          description:
            message`Alter colours and add noise at random. Patches are turned and flipped in any case.`,
        }),
        "on" as const,
      ),
      seed: withDefault(
        option("--seed", naturalNumber(), { description: message`Of everything that is random.` }),
        0,
      ),
      validation: withDefault(
        option("--validation", fraction("SHARE"), {
          description:
            message`Hold back this share of the photos, the last by name, and try the classifier on them after each epoch.`,
        }),
        0,
      ),
    }),
  ),
  group(
    "Result",
    object({
      out: option("-o", "--out", filePath(), {
        description:
          message`The classifier. Beside it a card with all figures (.json), the learning curve (.svg) and, until the end, what a killed run needs to go on (.training).`,
      }),
    }),
  ),
  runOptions,
);

await runCommand({
  name: "classifier:train",
  brief: "Trains a crack classifier.",
  description:
    "Reads photos with pixel masks, or folders of photos with and without cracks, and trains a network to tell patches " +
    "with crack from patches without. A run that was killed goes on from its last save when the same command is given again, " +
    "and ends with the same classifier.\n\nThe defaults are the paper's, which starts from pretrained weights. From scratch on a machine " +
    "without a GPU, the second example suits better.",
  examples: [
    {
      command: "deno task classifier:train --images photos/ --masks masks/ -o crack.hairline",
      effect: "Train as the paper does",
    },
    {
      command: "deno task classifier:train --images photos/ --masks masks/ --arch resnet18 --width 0.5 " +
        "--patches 128000 --patch-sizes 32,48,64,96 --epochs 1 --batch 32 --schedule one-cycle --learning-rate 0.03 --rim 0.125 " +
        "-o crack.hairline",
      effect: "Train a small network from scratch in less than an hour",
    },
    {
      command: "deno task classifier:train patches/ --patch-sizes 64 -o crack.hairline",
      effect: "Train on photos in patches/crack/ and patches/no_crack/",
    },
  ],
  parser,
}, async (options) => {
  const { card, failures } = await runTraining({
    ...options,
    augment: options.augment === "on",
    args: Deno.args,
  });
  writeOut(options.json ? `${JSON.stringify(card, null, 2)}\n` : describeCard(card, options.out));
  return failures > 0 ? ExitCode.Failed : ExitCode.Ok;
});
