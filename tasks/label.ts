/**
 * `deno task label`: labels the crack pixels of photos that need no labels.
 *
 * @module
 */
import { batchOptions, requireOut, runBatchCommand } from "./batch/batch_command.ts";
import { runCommand } from "./cli/command.ts";
import { type InferValue, merge, message, object, option } from "./cli/optique.ts";
import { writeErr } from "./cli/terminal.ts";
import { fetchedFolder } from "./files/fetch_file.ts";
import { namePaths } from "./files/photos.ts";
import { describeSummary, labelPhotos, openSession, planLabels } from "./label/label_photos.ts";
import { type LabelSettings, methodOf } from "./label/manifest.ts";
import { chooseLabeller, chooseMethod, methodOptions } from "./label/method_options.ts";
import { networkOptions } from "./label/networks.ts";

const { paths, out, ...common } = batchOptions({ task: "Label", outputs: "labels" });

const parser = merge(
  object({
    paths,
    out,
    ...networkOptions,
    stages: option("--stages", { description: message`Write every intermediate map, too.` }),
    ...common,
  }),
  methodOptions,
);

function label(options: InferValue<typeof parser>): Promise<number> {
  const { paths, stages, shard, followLinks, quiet } = options;
  const out = requireOut(options, { task: "label", outputs: "labels" });
  // Options that do not fit together are refused before anything is opened.
  chooseLabeller(options);
  const title = `Crack labels of ${namePaths(paths)}`;
  return runBatchCommand(options, {
    open: (before: LabelSettings | undefined) => {
      const begun = before && methodOf(before);
      const method = chooseMethod(options, begun);
      if (!quiet && method !== chooseMethod(options)) {
        writeErr(
          `Using the method ${method}, since the labels that are already in ${out} were made with it.\n`,
        );
      }
      return openSession({ ...options, cache: fetchedFolder(out), labeller: chooseLabeller(options, begun) });
    },
    plan: () => planLabels({ paths, out, shard, followLinks }),
    run: (open) => labelPhotos({ paths, out, stages, shard, followLinks, quiet, title }, open),
    describe: describeSummary,
  });
}

await runCommand({
  name: "label",
  brief: "Label the crack pixels of photos.",
  description:
    "Finds cracks with a segmentation network, which looks at each photo at several scales and was trained without a mask drawn by hand. " +
    "With --method paper it does what the paper does: it combines local thresholds with a classifier, trained on photos that are only known to show " +
    "a crack or none.\n\n" +
    "For each photo it writes masks/NAME.png (255 where there is crack, 0 elsewhere) and " +
    "confidence/NAME.png (confidences from 0 to 1 as 0 to 255, rounded, and at least 1 where they are above 0); for all photos together, report.html to look " +
    "at and manifest.json for programs.\n\n" +
    "If a run is interrupted, the same command carries on where it stopped: photos that already have a label, from the same file, method and " +
    "networks, are skipped. After running in shards, run once more without --shard to join their manifests and reports.",
  examples: [
    { command: "deno task label photos/ --out labels/", effect: "Label a folder of photos" },
    { command: "deno task label photos/ -o labels/ --stages", effect: "See how each label is made" },
    { command: "deno task label photos/ -o paper/ --recipe paper", effect: "Label as the paper does" },
    {
      command: "deno task label photos/ -o wide/ --patch-size 64 --patch-stride 32",
      effect: "Change the paper's recipe",
    },
    {
      command: "deno task label photos/ -o crf/ --method cam-crf",
      effect: "Label as the paper's rival does",
    },
    {
      command: "deno task label photos/ -o ridges/ --method sato",
      effect: "Label without any network",
    },
  ],
  parser,
  decodes: true,
  paths: ({ paths, out, classifier, segmenter }) => ({
    read: [...paths, classifier, segmenter],
    write: [out],
  }),
  resumes: true,
}, label);
