/**
 * `deno task evaluate`: how well confidence maps find the cracks that masks show.
 *
 * @module
 */
import { statOrNull } from "../core/datasets/list_files.ts";
import { confidenceScale } from "../core/datasets/read_mask.ts";
import { openCompute } from "../core/gpu/open_compute.ts";
import { Sweep } from "../core/metrics/sweep_result.ts";
import { runCommand } from "./cli/command.ts";
import { followLinksOption, jsonOption, quietOption } from "./cli/common_options.ts";
import { ExitCode, reasonMissing, UsageError } from "./cli/errors.ts";
import {
  argument,
  choice,
  type InferValue,
  integer,
  message,
  multiple,
  object,
  option,
  optional,
  string,
} from "./cli/optique.ts";
import { folderOf, folderOfLists } from "./cli/permissions.ts";
import { startProgress } from "./cli/progress.ts";
import { printable, writeErr, writeOut } from "./cli/terminal.ts";
import { filePath, folderPath } from "./cli/values.ts";
import { VERSION } from "./cli/version.ts";
import { renderEvaluation } from "./evaluate/evaluation_report.ts";
import { readCountedParts } from "./evaluate/counted_parts.ts";
import { figuresOf, undefinedFigures } from "./evaluate/figures.ts";
import { mergeCounts } from "./evaluate/merge_counts.ts";
import { pairPredictions } from "./evaluate/pair_predictions.ts";
import { sweepFiles } from "./evaluate/sweep_files.ts";
import { csvOf, describeEvaluation } from "./evaluate/tables.ts";
import { reviewedOption } from "./studio/reviewed_option.ts";
import { formatShard, inShard, partFile, shardValue } from "./files/shard.ts";
import { requireWritable, writeWhole } from "./files/write_whole.ts";

const parser = object({
  predictions: optional(option("--predictions", folderPath(), {
    description: message`Confidence maps (grey PNGs), or a folder that label or predict wrote.`,
  })),
  truth: optional(option("--truth", filePath("PATH"), {
    description: message`Masks of the same names; photos that were marked in the studio; or a dataset.`,
  })),
  split: optional(
    option("--split", string({ metavar: "NAME" }), { description: message`Only this split of the dataset.` }),
  ),
  crack: optional(option("--crack", choice(["bright", "dark"]), {
    description:
      message`What is crack in the masks. Default: as the dataset says; in masks alone, whichever covers less.`,
  })),
  tolerance: optional(option("--tolerance", integer({ min: 0, max: 32, metavar: "N" }), {
    description: message`Pixels by which a prediction may miss; 2 and 5 are usual. Default: 0.`,
  })),
  reviewed: reviewedOption,
  followLinks: followLinksOption,
  merge: option("--merge", {
    description: message`Add up FILEs that --counts wrote, instead of reading images.`,
  }),
  files: multiple(
    argument(filePath("FILE"), { description: message`Counts of parts of a dataset, for --merge.` }),
  ),
  counts: optional(option("--counts", filePath(), {
    description: message`Write the counts of every image, to be added up with those of other parts.`,
  })),
  shard: optional(option("--shard", shardValue(), {
    description:
      message`Count only this part of the images, such as 2/8, into a file beside that of --counts. Run without --shard, the same command joins the parts, and writes table and page.`,
  })),
  csv: optional(option("--csv", filePath(), { description: message`Write a table of all images.` })),
  report: optional(option("--report", filePath(), {
    description: message`Write a page with the precision-recall curve and all images.`,
  })),
  quiet: quietOption,
  json: jsonOption(message`Print the figures as JSON.`),
});

type Options = InferValue<typeof parser>;

/** Counts, and what could not be counted. */
interface Counted {
  readonly sweep: Sweep | undefined;
  readonly skipped: readonly string[];
  readonly seconds: { readonly decoding: number; readonly metrics: number };
  /** Files of parts that were taken up. */
  readonly parts?: readonly string[];
}

/** Where the counts come from: files of counts, or images. */
function sourceOf(options: Options): { merge: readonly string[] } | { predictions: string; truth: string } {
  const { merge, files, predictions, truth, split, crack, tolerance, shard, counts } = options;
  if (merge) {
    if ([predictions, truth, split, crack, tolerance, shard].some((option) => option !== undefined)) {
      throw new UsageError(
        "Cannot merge: --merge takes files of counts alone, whose images, truth and tolerance are settled.",
      );
    }
    if (files.length === 0) throw new UsageError("Cannot merge nothing: give files of --counts.");
    return { merge: files };
  }
  if (files.length > 0) throw new UsageError(`Cannot use ${files[0]}: files are taken with --merge only.`);
  if (predictions === undefined || truth === undefined) {
    throw new UsageError(
      "Cannot evaluate without images: give --predictions and --truth, or --merge and files of counts.",
    );
  }
  if (shard !== undefined && counts === undefined) {
    throw new UsageError(
      `Cannot count the part ${
        formatShard(shard)
      } without --counts: name the file beside which it is written.`,
    );
  }
  return { predictions, truth };
}

async function mergeFiles(files: readonly string[], { quiet }: Options): Promise<Counted> {
  for (const path of files) {
    if (await statOrNull(path) === null) throw new UsageError(`Cannot read ${path}: ${reasonMissing(path)}.`);
  }
  const skipped: string[] = [];
  const start = performance.now();
  using progress = startProgress({ total: files.length, unit: "file", quiet });
  const sweep = await mergeCounts(files, (path, failure) => {
    if (failure !== undefined) {
      skipped.push(failure);
      progress.note(failure);
    }
    progress.advance({ detail: path });
  });
  return { sweep, skipped, seconds: { decoding: (performance.now() - start) / 1000, metrics: 0 } };
}

async function sweepImages(
  paths: { predictions: string; truth: string },
  { split, crack, reviewed, followLinks, tolerance = 0, shard, counts, quiet }: Options,
): Promise<Counted> {
  const { pairs, notes, ...unpaired } = await pairPredictions({
    ...paths,
    split,
    crack,
    reviewed,
    followLinks,
  });
  // What has no partner is in no part: the run that joins them tells of it.
  const problems = shard === undefined ? unpaired.problems : [];
  const skipped = [...problems];
  // Decided by all images, so that parts read theirs as the whole would.
  const scale = await confidenceScale(pairs.map(({ prediction }) => prediction));
  for (const sentence of quiet ? problems : [...notes, ...scale.notes, ...problems]) {
    writeErr(`${printable(sentence)}\n`);
  }
  const parts = shard === undefined && counts !== undefined
    ? await readCountedParts(counts, { pairs, tolerance })
    : undefined;
  const wanted = pairs.filter(({ name }) =>
    shard === undefined ? !(parts?.images.has(name) ?? false) : inShard(name, shard)
  );
  using compute = await openCompute();
  using progress = startProgress({ total: wanted.length, unit: "image", quiet });
  const { sweep: swept, seconds } = await sweepFiles(wanted, {
    compute,
    tolerance,
    full: scale.full,
    onPair: (name, failure) => {
      if (failure !== undefined) {
        skipped.push(failure);
        progress.note(failure);
      }
      progress.advance({ detail: name });
    },
    onNote: (sentence) => quiet || progress.note(sentence),
  });
  if (parts === undefined) return { sweep: swept, skipped, seconds };
  const images = new Map([
    ...parts.images,
    ...swept.toJSON().images.map((image) => [image.name, image] as const),
  ]);
  // In the order of one run: sums of quotients are the same to the last bit then.
  const ordered = pairs.flatMap(({ name }) => images.get(name) ?? []);
  return { sweep: new Sweep(ordered, { tolerance }), skipped, seconds, parts: parts.files };
}

/** Writes the counts of one part, and says so. */
async function writePart(path: string, { sweep, skipped }: Counted, { json }: Options): Promise<number> {
  const counted = sweep ?? new Sweep();
  await writeWhole(path, `${JSON.stringify(counted)}\n`);
  const result = { counts: path, images: counted.size, skipped };
  writeOut(json ? `${JSON.stringify(result, null, 2)}\n` : `Counted ${counted.size} images into ${path}.\n`);
  return skipped.length > 0 ? ExitCode.Failed : ExitCode.Ok;
}

async function evaluate(options: Options): Promise<number> {
  const { counts, csv, report, json, shard } = options;
  const source = sourceOf(options);
  const part = shard !== undefined && counts !== undefined ? partFile(counts, shard) : undefined;
  const written = part === undefined ? [counts, csv, report] : [part];
  for (const path of written) if (path !== undefined) await requireWritable(path);
  const counted = "merge" in source
    ? await mergeFiles(source.merge, options)
    : await sweepImages(source, options);
  if (part !== undefined) return await writePart(part, counted, options);
  const { sweep, skipped } = counted;
  if (sweep === undefined || sweep.size === 0) {
    throw new Error("Cannot evaluate: there is no image that could be counted.");
  }
  const start = performance.now();
  if (counts !== undefined) await writeWhole(counts, `${JSON.stringify(sweep)}\n`);
  for (const path of counted.parts ?? []) await Deno.remove(path);
  const none = undefinedFigures(sweep);
  if (none !== undefined) {
    writeOut(
      json
        ? `${JSON.stringify({ ...none, skipped }, null, 2)}\n`
        : `ODS, OIS, AP and IoU are undefined: ${none.undefined}\n`,
    );
    return ExitCode.Failed;
  }
  const figures = figuresOf(sweep), rows = sweep.images();
  const { decoding, metrics } = counted.seconds;
  const seconds = { decoding, metrics: metrics + (performance.now() - start) / 1000 };
  if (csv !== undefined) await writeWhole(csv, csvOf(rows));
  if (report !== undefined) {
    const title = "merge" in source
      ? `Evaluation of ${source.merge.length} files of counts`
      : `Evaluation of ${source.predictions}`;
    const page = { title, version: VERSION, date: new Date(), sweep, figures, rows, skipped };
    await writeWhole(report, await renderEvaluation(page));
  }
  writeOut(
    json
      ? `${JSON.stringify({ ...figures, skipped, seconds }, null, 2)}\n`
      : describeEvaluation(figures, rows),
  );
  const mostlyCrack = rows.filter(({ pixels, crackPixels }) => 2 * crackPixels > pixels).length;
  if (2 * mostlyCrack > rows.length) {
    writeErr(
      `In ${mostlyCrack} of ${rows.length} images most pixels are crack in truth, which is never so in photos of cracks: --crack turns the masks round.\n`,
    );
  }
  return skipped.length > 0 ? ExitCode.Failed : ExitCode.Ok;
}

await runCommand({
  name: "evaluate",
  brief: "Measure how well confidence maps find the cracks that masks show.",
  description:
    "Compares confidence maps (grey PNGs, 0 to 255 as 0 to 1) with masks of the same names at the thresholds 0.01, 0.02 … 0.99 and prints " +
    "ODS (the greatest F1 of one threshold for all images, in the three definitions that are in use), OIS (each image at its own), AP, mean IoU, " +
    "and the worst and the best images.\n\n" +
    "With a tolerance, a pixel called crack is right, and a crack pixel is found, if the other lies within that many pixels; mean IoU knows no tolerance. " +
    "An image without crack in which nothing is called crack counts as an F1 of 1. Where no image shows crack in truth, the figures are undefined, " +
    "and neither a table nor a page is written.\n\n" +
    "The truth is a folder of masks, or a dataset in one of the layouts of data:doctor, whose photos are not read. Whatever has no partner or cannot be " +
    "read, and masks of another size, are reported and skipped; the exit code is then 1.\n\n" +
    "Several machines can share an evaluation by --shard: the figures of all parts are exactly those of one run.",
  examples: [
    {
      command: "deno task evaluate --predictions labels/ --truth masks/ --report evaluation.html",
      effect: "Evaluate a label run",
    },
    {
      command:
        "deno task evaluate --predictions labels/ --truth DeepCrack/ --split test --tolerance 2 --json",
      effect: "Evaluate on a split, and allow for outlines that are two pixels off",
    },
    {
      command: "deno task evaluate --merge part-1.json part-2.json --csv images.csv",
      effect: "Add up what two machines wrote with --counts",
    },
  ],
  parser,
  decodes: true,
  paths: ({ predictions, truth, files, counts, csv, report }) => ({
    read: [predictions, truth && folderOfLists(truth), ...files, folderOf(counts)],
    // Files of parts are looked for beside that of all counts, and removed when they are joined.
    write: [counts, csv, report].map(folderOf),
  }),
}, evaluate);
