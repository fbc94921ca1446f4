/**
 * `segmenter:train`: photos with masks or labels in, a network that marks cracks out.
 *
 * @module
 */
import { runCommand } from "../cli/command.ts";
import { ExitCode } from "../cli/errors.ts";
import { folderOf, folderOfLists } from "../cli/permissions.ts";
import { writeOut } from "../cli/terminal.ts";
import { labelledFolders } from "../training/list_labels.ts";
import { runTraining } from "../training/run_training.ts";
import { describeAdversarialCard } from "./adversarial_card.ts";
import { chooseAdversarial } from "./adversarial_options.ts";
import { adversarialTask } from "./adversarial_task.ts";
import { describeCard } from "./segmenter_card.ts";
import { segmenterTask } from "./segmenter_task.ts";
import { type SegmenterTrainingOptions, trainingOptions } from "./training_options.ts";

await runCommand({
  name: "segmenter:train",
  brief: "Train a network that marks the pixels of cracks.",
  description:
    "Reads photos with masks, or with the labels that label wrote for them, and trains a segmentation network. If a run is " +
    "killed, the same command carries on from its last save and ends with the same network.\n\nThe defaults are the paper's; " +
    "without a GPU, take the second example.",
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
      command: "deno task segmenter:train --images photos/ --masks masks/ --unlabelled more/ --adversarial " +
        "--semi-start 1000 -o semi.safetensors",
      effect: "Train on further photos without masks, too",
    },
    {
      command:
        "deno task segmenter:train --labels labels/ --arch deepcrack_liu --start vgg16_bn.safetensors " +
        "-o liu.safetensors",
      effect: "Start DeepCrack from torchvision's VGG-16",
    },
  ],
  parser: trainingOptions,
  decodes: true,
  paths: async (
    { datasets, images, masks, labels, extraLabels, photos, reviewed, adversarial, validation, start, out },
  ) => ({
    read: [
      ...[...datasets.map(folderOfLists), ...images, ...masks, ...labels, ...extraLabels, ...photos],
      ...adversarial?.unlabelled ?? [],
      // Of labels, the photos are where they were when they were labelled.
      ...await labelledFolders({ labels, extraLabels, photos, reviewed }),
      ...[
        typeof validation === "number" || Number.isFinite(Number(validation)) ? undefined : validation,
        start,
      ],
    ],
    write: [folderOf(out)],
  }),
  resumes: true,
}, async ({ json, ...given }) => {
  const options = { ...given, args: Deno.args };
  const { card, failures, lines } = await train(options);
  writeOut(json ? `${JSON.stringify(card, null, 2)}\n` : lines);
  return failures > 0 ? ExitCode.Failed : ExitCode.Ok;
});

/** Trains in the way that was asked for. The lines are those of the card for people. */
async function train(options: SegmenterTrainingOptions) {
  const { adversarial, out } = options;
  if (adversarial === undefined) {
    const { card, failures } = await runTraining(segmenterTask(options), options);
    return { card, failures, lines: describeCard(card, out) };
  }
  const task = adversarialTask(options, chooseAdversarial(adversarial));
  const { card, failures } = await runTraining(task, options);
  return { card, failures, lines: describeAdversarialCard(card, out) };
}
