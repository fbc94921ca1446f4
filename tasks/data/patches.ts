/**
 * `data:patches`: cuts photos with masks into patches of the two classes.
 *
 * @module
 */
import { join } from "node:path";
import { patchNames } from "../../core/datasets/patch_names.ts";
import { fullName } from "../../core/datasets/sample.ts";
import { decodeSample, patchTruth } from "../../core/sampling/decoded_photo.ts";
import { runCommand } from "../cli/command.ts";
import { jsonOption, quietOption } from "../cli/common_options.ts";
import { describeError, ExitCode, UsageError } from "../cli/errors.ts";
import { integer, merge, message, object, option, withDefault } from "../cli/optique.ts";
import { folderOfLists } from "../cli/permissions.ts";
import { startProgress } from "../cli/progress.ts";
import { writeOut } from "../cli/terminal.ts";
import { folderPath, positiveInteger } from "../cli/values.ts";
import { VERSION } from "../cli/version.ts";
import { lockFolder } from "../files/locks.ts";
import { tellingNotes } from "./mask_notes.ts";
import { datasetOptions, openNamedDataset, readingOf } from "./named_dataset.ts";
import { cutPhoto, keepSettings } from "./patch_files.ts";

/** The largest side of a patch: one of 50 MB. */
const LARGEST = 4096;

const parser = merge(
  datasetOptions,
  object("Patches", {
    out: option("--out", folderPath(), {
      description: message`Where to write the folders crack/ and no_crack/.`,
    }),
    size: withDefault(
      option("--size", integer({ min: 1, max: LARGEST, metavar: "N" }), {
        description: message`Side of a patch, in pixels.`,
      }),
      128,
    ),
    stride: withDefault(
      option("--stride", positiveInteger(), { description: message`Step from patch to patch, in pixels.` }),
      64,
    ),
    eightfold: option("--eightfold", {
      description: message`Each patch turned by 0° and 90° and flipped in each way: eight files, _0 to _7.`,
    }),
    quiet: quietOption,
    json: jsonOption(message`Print the counts as JSON.`),
  }),
);

await runCommand({
  name: "data:patches",
  brief: "Cut a dataset with masks into patches for the training of a classifier.",
  description:
    "Cuts every photo into patches on a grid, the last ones flush with its right and lower border, and writes them as PNG: " +
    "crack/NAME_X_Y.png where the mask has at least one crack pixel in the patch, no_crack/NAME_X_Y.png elsewhere, X and Y being the " +
    "upper left pixel. A photo smaller than a patch is mirrored at its border. If several splits have a photo of the same name, the name of the " +
    "split is put before it.\n\n" +
    "classifier:train reads the folder as it is; it turns and flips patches itself, so that --eightfold is for other programs.\n\n" +
    "If a run is interrupted, the same command carries on where it stopped: files that are there are kept. What cannot be " +
    "read is reported and skipped, and the exit code is then 1.",
  examples: [
    { command: "deno task data:patches CFD/ --out patches/", effect: "Cut patches of 128 × 128" },
    {
      command: "deno task data:patches DeepCrack/ --split train --size 64 --stride 32 --out patches/",
      effect: "Cut smaller ones out of the training part",
    },
  ],
  parser,
  decodes: true,
  paths: ({ path, out }) => ({ read: [folderOfLists(path)], write: [out] }),
  resumes: true,
}, async ({ out, size, stride, eightfold, quiet, json, ...named }) => {
  const { path, split, splits } = named;
  const dataset = await openNamedDataset(path, readingOf(named));
  if (dataset.layout === "classes") {
    throw new UsageError(
      `Cannot cut patches out of ${path}: its photos are labelled as a whole, and masks are wanted.`,
    );
  }
  using _lock = await lockFolder(out);
  await keepSettings(out, {
    dataset: await Deno.realPath(path),
    layout: dataset.layout,
    split: split ?? null,
    splits,
    truth: named.crack ?? null,
    size,
    stride,
    eightfold,
  });
  for (const name of ["crack", "no_crack"]) await Deno.mkdir(join(out, name), { recursive: true });
  const counts = { crack: 0, no_crack: 0 };
  let kept = 0;
  const failures = dataset.problems.map(({ message }) => message);
  const names = patchNames(dataset.samples);
  {
    using progress = startProgress({ total: dataset.samples.length, unit: "photo", quiet });
    failures.forEach(progress.note);
    for (const [i, sample] of dataset.samples.entries()) {
      const photo = await decodeSample(tellingNotes(sample, progress.note), patchTruth).catch((error) => {
        if (error instanceof Deno.errors.NotCapable) throw error;
        failures.push(`${fullName(sample)}: ${describeError(error)}`);
        progress.note(failures.at(-1)!);
      });
      let written = 0;
      if (photo !== undefined) {
        await cutPhoto(photo, {
          folder: out,
          name: names[i],
          size,
          stride,
          eightfold,
          onFile(file) {
            counts[file.class]++;
            if (file.kept) kept++;
            else written++;
          },
        });
      }
      progress.advance({ detail: sample.name, skipped: written === 0 });
    }
  }
  const { crack, no_crack } = counts;
  if (json) {
    const result = {
      program: "hairline",
      version: VERSION,
      task: "data:patches",
      path,
      out,
      layout: dataset.layout,
      split,
      size,
      stride,
      eightfold,
      patches: counts,
      written: crack + no_crack - kept,
      kept,
      failures,
    };
    writeOut(`${JSON.stringify(result, null, 2)}\n`);
  } else {
    const earlier = kept === 0 ? "" : `, ${kept} of them by an earlier run`;
    writeOut(`${out}: ${crack} patches with crack, ${no_crack} without${earlier}.\n`);
  }
  return failures.length > 0 ? ExitCode.Failed : ExitCode.Ok;
});
