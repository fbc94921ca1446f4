/**
 * `deno task reproduce`: the paper's tables and figures, anew.
 *
 * @module
 */
import { runCommand } from "./cli/command.ts";
import { ExitCode } from "./cli/exit_code.ts";
import { lockFolder } from "./cli/lock_folder.ts";
import {
  argument,
  choice,
  group,
  merge,
  message,
  multiple,
  object,
  option,
  optional,
  string,
  withDefault,
} from "./cli/optique.ts";
import { printable, writeOut } from "./cli/terminal.ts";
import { UsageError } from "./cli/usage_error.ts";
import { filePath, folderPath, positiveInteger } from "./cli/values.ts";
import { describeOutcome } from "./reproduce/describe.ts";
import { EXPERIMENTS, experiments } from "./reproduce/experiments.ts";
import { photoSet } from "./reproduce/photo_set.ts";
import { SCALES, scales } from "./reproduce/plans.ts";
import { SETS } from "./reproduce/published.ts";
import { keepOutcome } from "./reproduce/record.ts";

const set = (title: string) =>
  optional(
    option(`--${title.toLowerCase()}`, filePath("PATH"), { description: message`The folder of ${title}.` }),
  );

const parser = merge(
  object({
    experiment: argument(choice(EXPERIMENTS), { description: message`The table or figure.` }),
  }),
  group("Photos", object({ crack500: set("CRACK500"), cfd: set("CFD"), dcd: set("DCD"), ael: set("AEL") })),
  group(
    "Run",
    object({
      out: option("-o", "--out", folderPath(), {
        description: message`The folder for classifiers, counts and results; experiments share it.`,
      }),
      scale: withDefault(
        option("--scale", choice(SCALES), {
          description: message`full is the paper's setting; small does with two cores.`,
        }),
        "small" as const,
      ),
      split: optional(
        option("--split", string({ metavar: "NAME" }), {
          description:
            message`The part that is measured. Default: the paper's, train for tables 2 and 7, test for the others.`,
        }),
      ),
      photos: optional(
        option("--photos", positiveInteger(), {
          description:
            message`Measure so many photos of it, evenly spread. Default: all; at the scale small 60, if it is a training part or segmentation networks are measured.`,
        }),
      ),
      classifiers: multiple(
        option("--classifier", string({ metavar: "NAME" }), {
          description:
            message`Only this one of the scale's classifiers, such as ${"resnet18"}. May be repeated.`,
        }),
      ),
      networks: multiple(
        option("--network", string({ metavar: "NAME" }), {
          description:
            message`Only this segmentation network: ${"unet"}, ${"deepcrack_liu"}, ${"deepcrack_zou"} or ${"oed"}. May be repeated. Default: all, for table 8 the last; at the scale small the first two, for table 8 the first.`,
        }),
      ),
      backend: optional(
        option("--backend", choice(["webgpu", "wasm"]), {
          description: message`What runs the networks. Default: webgpu on a real GPU, wasm otherwise.`,
        }),
      ),
      quiet: option("-q", "--quiet", { description: message`No progress.` }),
      json: option("--json", { description: message`Print all that was found as JSON.` }),
    }),
  ),
);

await runCommand({
  name: "reproduce",
  brief: "Runs an experiment of the paper and prints its figures beside the published ones.",
  description:
    "Trains the classifiers that an experiment needs on the training part of each set, labels photos, trains segmentation networks on masks " +
    "and on labels, compares what they say with the truth, " +
    "and writes NAME.md, NAME.json and pictures into the folder of the run, with the data, the scale and the machine. Trained networks " +
    "(classifiers/, segmenters/), labels (labels/) and counts (counts/) are kept there: a run that was broken off goes on where it stopped, and the next experiment " +
    "takes what is there.\n\n" +
    EXPERIMENTS.map((name) => `${name}: ${experiments[name].title.replace(/^[^:]*: /, "")}`).join("; ") +
    ". " +
    "The paper shows CRACK500; every experiment but Tables III to VI, each of a set of its own, can be run on CFD, DCD and AEL, too, with the authors' splits.\n\n" +
    "The scale small trains a MobileNetV2 that starts from the shipped classifier and half-width ResNet-18 and 50 from scratch; " +
    "full trains ResNet-50, 101 and 152 as the paper does, but from scratch. Segmentation networks are narrow at the scale small, and trained " +
    "for 400 steps on 100 photos; at full they have the paper's size and schedule.",
  examples: [
    {
      command: "deno task reproduce table-2 --crack500 CRACK500/ --out runs/",
      effect: "Table II at the scale of two cores",
    },
    {
      command:
        "deno task reproduce table-2 --dcd DeepCrack/ --split test --classifier mobilenet_v2 --out runs/",
      effect: "The same of DCD's test part, with one classifier",
    },
  ],
  parser,
}, async ({ experiment, out, scale, quiet, json, ...options }) => {
  const sets = SETS.flatMap((name) => options[name] === undefined ? [] : [photoSet(name, options[name])]);
  if (sets.length === 0) {
    const { set } = experiments[experiment];
    throw new UsageError(
      `Cannot run ${experiment} without photos: the paper's are CRACK500's; give --${set} and its folder, or another set.`,
    );
  }
  const { split, photos, classifiers, networks, backend } = options;
  using _lock = await lockFolder(out);
  const run = {
    folder: out,
    scale: scales[scale],
    sets,
    split,
    photos,
    classifiers,
    networks,
    backend,
    quiet,
    args: Deno.args,
  };
  const outcome = await experiments[experiment].run(run);
  const record = await keepOutcome(experiment, outcome, run);
  writeOut(json ? `${JSON.stringify(record, null, 2)}\n` : printable(describeOutcome(record)));
  return outcome.skipped.length > 0 ? ExitCode.Failed : ExitCode.Ok;
});
