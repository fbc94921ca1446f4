import { ARCHS } from "../../models/classifier/architectures.ts";
import { HEADS } from "../../models/classifier/head.ts";
import {
  choice,
  float,
  group,
  type InferValue,
  merge,
  message,
  object,
  option,
  optional,
  withDefault,
} from "../cli/optique.ts";
import { filePath, fraction, positiveInteger } from "../cli/values.ts";
import {
  augmentOption,
  type Given,
  runOptions,
  scheduleOption,
  stepOptions,
  type TrainingRunOptions,
  widthOption,
} from "../training/training_options.ts";
import { dataOptions, sizesValue } from "./data_options.ts";

/** What to train on what, and how. */
export const trainingOptions = merge(
  dataOptions,
  group(
    "Network",
    object({
      arch: optional(
        option("--arch", choice(ARCHS), { description: message`The network. Default: resnet50.` }),
      ),
      width: widthOption,
      head: optional(
        option("--head", choice(HEADS), {
          description:
            message`One dense layer (paper, the default), or the authors' two, which their weights need.`,
        }),
      ),
      start: optional(
        option("--start", filePath(), {
          description:
            message`Start from the weights of this classifier, and with its network; "shipped" is the one that comes with Hairline. With --arch, weights of other libraries will do: Keras (.h5), tfjs (a folder or its model.json), torchvision or timm (.safetensors) for ResNets and EfficientNets; whatever has no counterpart is named.`,
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
      learningRate: stepOptions.learningRate,
      schedule: scheduleOption(
        message`Divided by ten after each epoch; or up and down again along half cosines, which is better from scratch.`,
      ),
      patchSizes: withDefault(
        option("--patch-sizes", sizesValue(), {
          description:
            message`Sides of the patches. If there are several, each step takes one at random (needs --patches).`,
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
          description: message`With --patches: enlarge patches at random, up to this many times.`,
        }),
        1,
      ),
      crackShare: withDefault(
        option("--crack-share", float({ min: 0.001, max: 0.999, metavar: "SHARE" }), {
          description:
            message`With --patches, half of which show crack: the share of a photo's patches that do. In the end the classifier is adjusted to it.`,
        }),
        0.5,
      ),
      augment: augmentOption(
        message`Alter colours and add noise at random. Patches are turned and flipped in any case.`,
      ),
      seed: stepOptions.seed,
      validation: withDefault(
        option("--validation", fraction("SHARE"), {
          description:
            message`Hold back this share of the photos, the last by name, and test the classifier on them after each epoch.`,
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
          message`The classifier. Beside it go a card with all figures (.json), the learning curve (.svg) and, until the end, what an interrupted run needs to carry on (.training).`,
      }),
    }),
  ),
  runOptions,
);

/** The same with the command's arguments. */
export interface ClassifierTrainingOptions
  extends
    Given<Omit<InferValue<typeof trainingOptions>, keyof TrainingRunOptions | "json">>,
    TrainingRunOptions {}
