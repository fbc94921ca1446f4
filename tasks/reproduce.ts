/**
 * `deno task reproduce`: runs the experiments behind the paper's tables and figures.
 *
 * @module
 */
import { runCommand } from "./cli/command.ts";
import { backendOption, jsonOption, quietOption } from "./cli/common_options.ts";
import { ExitCode, UsageError } from "./cli/errors.ts";
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
import { folderOfLists } from "./cli/permissions.ts";
import { formatDuration } from "./cli/progress.ts";
import { count, printable, writeErr, writeOut } from "./cli/terminal.ts";
import { filePath, folderPath, naturalNumber, positiveInteger } from "./cli/values.ts";
import { lockFolder } from "./files/locks.ts";
import { type Shard, shardValue } from "./files/shard.ts";
import {
  type CountedExperiment,
  countExperiments,
  type ExperimentName,
  experimentOf,
  EXPERIMENTS,
  experiments,
  runExperiments,
} from "./reproduce/experiments.ts";
import { paperSet } from "./reproduce/paper_set.ts";
import { scaleOf, SCALES } from "./reproduce/plans.ts";
import { SETS, TRUTHS } from "./reproduce/published.ts";
import { describeOutcome, type ExperimentRecord, jsonOf } from "./reproduce/record.ts";
import { PAPERS_TRAINING_SET, type Run } from "./reproduce/run.ts";
import { namedPath, otherPhotos, requireDistinctNames } from "./reproduce/set_options.ts";

const set = (title: string) =>
  optional(
    option(`--${title.toLowerCase()}`, filePath("PATH"), { description: message`The folder of ${title}.` }),
  );

const parser = merge(
  object({
    names: multiple(
      argument(choice(EXPERIMENTS, { metavar: "EXPERIMENT" }), {
        description: message`Tables and figures, run in this order.`,
      }),
      { min: 1 },
    ),
  }),
  group(
    "Photos",
    merge(
      object({ crack500: set("CRACK500"), cfd: set("CFD"), dcd: set("DCD"), ael: set("AEL") }),
      otherPhotos,
    ),
  ),
  group(
    "Run",
    object({
      out: option("-o", "--out", folderPath(), {
        description: message`The folder for classifiers, counts and results; experiments share it.`,
      }),
      scale: withDefault(
        option("--scale", choice(SCALES), {
          description: message`full is the paper's setting; small makes do with two cores.`,
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
            message`Measure this many photos, spread uniformly over it. Default: all; at the scale small 60, if it is a training part or segmentation networks are measured.`,
        }),
      ),
      patches: optional(
        option("--patches", positiveInteger(), {
          description:
            message`Train classifiers on this many random patches, and on fewer where a set has few photos. Default: as the scale says, at small 96000 and 32000.`,
        }),
      ),
      trainingPhotos: optional(
        option("--training-photos", positiveInteger(), {
          description:
            message`Train the networks of tables 3 to 6, 8 and 9 on this many photos, spread uniformly over a training part. Default: all; at the scale small 100.`,
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
            message`Only this segmentation network: ${"unet"}, ${"deepcrack_liu"}, ${"deepcrack_zou"} or ${"oed"}. May be repeated. Default: all, for table 8 ${"oed"}; at the scale small all, for tables 8 and 9 ${"unet"}.`,
        }),
      ),
      trainOn: withDefault(
        option("--train-on", choice(SETS, { metavar: "SET" }), {
          description:
            message`The set whose training part the networks of tables 3 to 6 and 8 and of figures 6 and 7 are trained on. Files of results with another than the paper's end in ${"-on-SET"}.`,
        }),
        PAPERS_TRAINING_SET,
      ),
      teachOn: multiple(
        option("--teach-on", string({ metavar: "SET" }), {
          description:
            message`A given set whose training part the networks of table-teach are taught on, such as ${"dcd"} or the name of a --set. May be repeated. Default: that of --train-on.`,
        }),
      ),
      wholePhotos: multiple(
        option("--whole-photos", folderPath(), {
          description:
            message`A folder with the folders ${"crack/"} and ${"no_crack/"}: photos labelled as a whole, on which the networks of table-teach are taught besides. May be repeated.`,
        }),
      ),
      lessons: multiple(
        option("--lesson", string({ metavar: "NAME" }), {
          description:
            message`Only this row of table-teach and table-teach-further: patches such as ${"32-16"}, ${"whole"} for photos labelled as a whole, ${"fsv"} for masks. May be repeated.`,
        }),
      ),
      seed: withDefault(
        option("--seed", naturalNumber(), { description: message`Of the networks of table-teach.` }),
        1,
      ),
      seeds: withDefault(
        option("--seeds", positiveInteger(), {
          description:
            message`How many networks table-teach teaches for each of its rows, which then have mean and spread.`,
        }),
        1,
      ),
      truths: multiple(
        option("--truth", choice(TRUTHS, { metavar: "TRUTH" }), {
          description:
            message`Train networks on these only: ${"masks"}, ${"crf"} for labels after Dong et al., ${"labels"} for ours. May be repeated. Default: all; table 8 is of ours only.`,
        }),
      ),
      labelClassifier: optional(
        option("--label-classifier", filePath(), {
          description:
            message`The classifier whose labels table-labels and all-methods are of. Default: the one that ships.`,
        }),
      ),
      labelSegmenter: optional(
        option("--label-segmenter", filePath(), {
          description:
            message`The segmentation network whose labels table-labels and all-methods are of. Default: the one that ships.`,
        }),
      ),
      trained: multiple(
        option("--trained", namedPath(), {
          description:
            message`A trained segmentation network that all-methods compares with the methods, by a name for it: a checkpoint, the folder of one, or its URL. May be repeated.`,
        }),
      ),
      shard: optional(option("--shard", shardValue(), {
        description:
          message`Count only this part of the photos, such as ${"2/8"}: several machines share ${"table-labels"} and ${"figure-3"}. Run without --shard, the same command joins the parts.`,
      })),
      backend: backendOption(["webgpu", "wasm"]),
      quiet: quietOption,
      json: jsonOption(
        message`Print all that was found as JSON at the end: an object, or where several experiments were named an array of them.`,
      ),
    }),
  ),
);

/** Counts one part of the photos, and says so. */
async function countPart(
  names: readonly ExperimentName[],
  { run, shard, json }: { readonly run: Run; readonly shard: Shard; readonly json: boolean },
): Promise<number> {
  const counted: CountedExperiment[] = [];
  for await (const part of countExperiments(names, { run, shard })) {
    const { experiment, shard, photos } = part;
    if (!json) writeOut(`Counted ${count(photos, "photo")} of the part ${shard} of ${experiment}.\n`);
    counted.push(part);
  }
  if (json) writeOut(`${JSON.stringify(counted.length === 1 ? counted[0] : counted, null, 2)}\n`);
  return counted.some(({ skipped }) => skipped.length > 0) ? ExitCode.Failed : ExitCode.Ok;
}

await runCommand({
  name: "reproduce",
  brief: "Run experiments of the paper and print their figures beside the published ones.",
  description:
    "Trains the classifiers that an experiment needs on the training part of each set, labels photos, trains segmentation networks on masks " +
    "and on labels, compares what they say with the truth, " +
    "and writes NAME.md, NAME.json and pictures into the folder of the run, with the data, the scale and the machine. Trained networks " +
    "(classifiers/, segmenters/), labels (labels/) and counts (counts/) are kept there: an interrupted run carries on where it stopped, and the next experiment " +
    "uses what is there. If you name several experiments, each is written and printed as soon as it is done.\n\n" +
    EXPERIMENTS.map((name) => `${name}: ${experiments[name].title.replace(/^[^:]*: /, "")}`).join("; ") +
    ". " +
    "The paper trains segmentation networks on CRACK500's training part and measures them on CRACK500 (table 3), CFD (4), AEL (5) and DCD (6): both folders " +
    "have to be given. Table 8 and the figures cover every set that is given; table 9 is trained on DCD, CFD and AEL together. " +
    "The table of labels measures the networks that come with Hairline, or others; the tables of teaching compare what is known of photos, with the same training: of networks from scratch, and of the network that ships. " +
    "The paper shows the other experiments with CRACK500; they can be run on CFD, DCD and AEL, too, with the authors' splits.\n\n" +
    "The scale small trains a MobileNetV2 that starts from the shipped classifier and half-width ResNet-18 and 50 from scratch; " +
    "full trains ResNet-50, 101 and 152 as the paper does, but from scratch. Segmentation networks are narrow at the scale small, and trained " +
    "for 600 steps on 100 photos; at full they have the paper's size and schedule. --patches and --training-photos change how much classifiers and segmentation networks see.",
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
    {
      command:
        "deno task reproduce table-3 table-4 table-6 figure-7 --crack500 CRACK500/ --cfd CFD/ --dcd DeepCrack/ --out runs/",
      effect: "Segmentation networks trained on CRACK500, measured on three sets",
    },
    {
      command:
        "deno task reproduce table-6 --train-on dcd --truth masks --truth labels --dcd DeepCrack/ --out runs/",
      effect: "The same trained on DCD's own training part, without the rival's labels",
    },
  ],
  parser,
  decodes: true,
  paths: ({ out, others, crackFree, wholePhotos, labelClassifier, labelSegmenter, trained, ...sets }) => ({
    read: [
      ...SETS.map((name) => sets[name]),
      ...[...others, ...crackFree].map(({ path }) => path),
      ...wholePhotos,
      labelClassifier,
      labelSegmenter,
      ...trained.map(({ path }) => path),
    ].map((path) => path && folderOfLists(path)),
    write: [out],
  }),
  resumes: true,
}, async ({ names, out, scale, quiet, json, ...options }) => {
  const start = performance.now();
  const sets = SETS.flatMap((name) => options[name] === undefined ? [] : [paperSet(name, options[name])]);
  const { others, crackFree } = options;
  requireDistinctNames({ others, crackFree });
  const name = names.find((name) =>
    sets.length + (experimentOf(name).anySet ? others.length + crackFree.length : 0) === 0
  );
  if (name !== undefined) {
    const { set } = experiments[name];
    throw new UsageError(
      `Cannot run ${name} without photos: the paper's are CRACK500's; give --${set} and its folder, or another set.`,
    );
  }
  const { split, photos, patches, trainingPhotos, classifiers, networks, trainOn, truths, backend } = options;
  const { labelClassifier, labelSegmenter, trained, teachOn, wholePhotos, lessons, seed, seeds } = options;
  const run: Run = {
    folder: out,
    scale: scaleOf(scale, { patches, trainingPhotos }),
    sets,
    others,
    crackFree,
    labelNetworks: { classifier: labelClassifier, segmenter: labelSegmenter },
    trained,
    split,
    photos,
    classifiers,
    networks,
    trainOn,
    teachOn,
    wholePhotos,
    lessons,
    seed,
    seeds,
    truths,
    backend,
    quiet,
    args: Deno.args,
  };
  const { shard } = options;
  using _lock = await lockFolder(out, shard);
  if (shard !== undefined) return await countPart(names, { run, shard, json });
  const records: ExperimentRecord[] = [];
  for await (const record of runExperiments(names, run)) {
    if (!json) writeOut(`${records.length > 0 ? "\n" : ""}${printable(describeOutcome(record))}`);
    records.push(record);
  }
  if (json) writeOut(jsonOf(records));
  if (!quiet) writeErr(`Done in ${formatDuration((performance.now() - start) / 1000)}.\n`);
  return records.some(({ outcome }) => outcome.skipped.length > 0) ? ExitCode.Failed : ExitCode.Ok;
});
