/**
 * `classifier:train`: photos in, a crack classifier out.
 *
 * @module
 */
import { runCommand } from "../cli/command.ts";
import { ExitCode } from "../cli/errors.ts";
import { folderOf, folderOfLists } from "../cli/permissions.ts";
import { writeOut } from "../cli/terminal.ts";
import { labelledFolders } from "../training/list_labels.ts";
import { runTraining } from "../training/run_training.ts";
import { describeCard } from "./classifier_card.ts";
import { classifierTask } from "./classifier_task.ts";
import { trainingOptions } from "./training_options.ts";

await runCommand({
  name: "classifier:train",
  brief: "Train a crack classifier.",
  description:
    "Reads photos with pixel masks, folders of photos with and without cracks, or the labels that label wrote, and trains a network to tell patches " +
    "with crack from patches without. If a run is killed, the same command carries on from its last save " +
    "and ends with the same classifier.\n\nThe defaults are the paper's, which starts from pretrained weights. To train from scratch on a machine " +
    "without a GPU, take the second example.",
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
    {
      command: "deno task classifier:train --labels labels/ --reviewed only -o crack.hairline",
      effect: "Train on patches of the photos whose masks were accepted or mended in the studio",
    },
  ],
  parser: trainingOptions,
  decodes: true,
  paths: async ({ folders, datasets, images, masks, labels, photos, reviewed, start, out }) => ({
    read: [
      ...[...folders, ...datasets.map(folderOfLists), ...images, ...masks, ...labels, ...photos],
      ...await labelledFolders({ labels, photos, reviewed }),
      start,
    ],
    write: [folderOf(out)],
  }),
  resumes: true,
}, async ({ json, ...given }) => {
  const options = { ...given, args: Deno.args };
  const { card, failures } = await runTraining(classifierTask(options), options);
  writeOut(json ? `${JSON.stringify(card, null, 2)}\n` : describeCard(card, options.out));
  return failures > 0 ? ExitCode.Failed : ExitCode.Ok;
});
