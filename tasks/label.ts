/**
 * `deno task label`: labels the crack pixels of photos that need no labels.
 *
 * @module
 */
import { runCommand } from "./cli/command.ts";
import { ExitCode } from "./cli/errors.ts";
import {
  argument,
  choice,
  type InferValue,
  merge,
  message,
  multiple,
  object,
  option,
  optional,
} from "./cli/optique.ts";
import { writeErr, writeOut } from "./cli/terminal.ts";
import { filePath, folderPath } from "./cli/values.ts";
import { shardValue } from "./files/shard.ts";
import { describeSummary, labelPhotos, type Session } from "./label/label_photos.ts";
import { openSession } from "./label/open_session.ts";
import { chooseLabeller, methodOptions } from "./label/method_options.ts";
import { namePaths } from "./files/photos.ts";
import { describeTimings } from "./batch/summary.ts";

const parser = merge(
  object({
    paths: multiple(
      argument(filePath("PATH"), { description: message`Photos (JPEG, PNG, TIFF) and folders of photos.` }),
      {
        min: 1,
      },
    ),
    out: option("-o", "--out", folderPath(), {
      description: message`The folder for the labels; it is made.`,
    }),
    classifier: optional(option("-c", "--classifier", filePath(), {
      description: message`A classifier of your own. Default: the one that ships with Hairline.`,
    })),
    stages: option("--stages", { description: message`Write every intermediate map, too.` }),
    shard: optional(option("--shard", shardValue(), {
      description:
        message`Label one part only, such as ${"2/8"}: several machines or processes share the work.`,
    })),
    backend: optional(option("--backend", choice(["webgpu", "wasm", "cpu"]), {
      description: message`What runs the network. Default: webgpu on a real GPU, wasm otherwise.`,
    })),
    profile: option("--profile", { description: message`Tell the time that each kernel takes.` }),
    quiet: option("-q", "--quiet", { description: message`No progress.` }),
    json: option("--json", { description: message`Print the result as JSON.` }),
  }),
  methodOptions,
);

async function label(options: InferValue<typeof parser>): Promise<number> {
  const { paths, out, stages, shard, quiet, profile } = options;
  const labeller = chooseLabeller(options);
  const start = performance.now();
  let session: Session | undefined;
  const summary = await labelPhotos(
    { paths, out, labeller, stages, shard, quiet, title: `Crack labels of ${namePaths(paths)}` },
    async () => session = await openSession(options),
  );
  const seconds = (performance.now() - start) / 1000;
  if (profile && session !== undefined) writeErr(describeTimings(session.compute, seconds));
  writeOut(
    options.json
      ? `${JSON.stringify({ ...summary, seconds }, null, 2)}\n`
      : describeSummary(summary, seconds),
  );
  return summary.failures.length > 0 ? ExitCode.Failed : ExitCode.Ok;
}

await runCommand({
  name: "label",
  brief: "Label the crack pixels of photos.",
  description:
    "Finds cracks with a classifier that was trained on photos which are only known to show a crack or none, and " +
    "with local thresholds. Writes, for each photo, masks/NAME.png (255 where there is crack, 0 elsewhere) and " +
    "confidence/NAME.png (0 to 1 as 0 to 255, rounded, above 0 at least 1), and for all of them report.html to look at and " +
    "manifest.json to compute with.\n\n" +
    "A run that was broken off goes on where it ended: photos whose labels are there, from the same file, recipe and " +
    "classifier, are passed over. After a run in shards, one more without --shard joins their manifests and reports.",
  examples: [
    { command: "deno task label photos/ --out labels/", effect: "Label a folder of photos" },
    { command: "deno task label photos/ -o labels/ --stages", effect: "See how each label came about" },
    {
      command: "deno task label photos/ -o wide/ --patch-size 64 --patch-stride 32",
      effect: "Change the recipe",
    },
    {
      command: "deno task label photos/ -o crf/ --method cam-crf",
      effect: "Label as the paper's rival does",
    },
  ],
  parser,
}, label);
