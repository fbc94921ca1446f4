/**
 * A task for the tests of the command line: it fails in the way that `--fail` names.
 *
 * @module
 */
import { runCommand } from "../../../tasks/cli/command.ts";
import { jsonOption } from "../../../tasks/cli/common_options.ts";
import {
  argument,
  choice,
  message,
  multiple,
  object,
  option,
  optional,
  withDefault,
} from "../../../tasks/cli/optique.ts";
import { shardValue } from "../../../tasks/files/shard.ts";
import { UsageError } from "../../../tasks/cli/errors.ts";
import {
  filePath,
  folderPath,
  fraction,
  positiveInteger,
  positiveNumber,
} from "../../../tasks/cli/values.ts";
import { writeWhole } from "../../../tasks/files/write_whole.ts";

const parser = object({
  paths: multiple(argument(filePath("PATH"), { description: message`Photos and folders of photos.` }), {
    min: 1,
  }),
  out: option("-o", "--out", folderPath(), { description: message`The folder for the outputs.` }),
  recipe: withDefault(
    option("--recipe", choice(["paper", "reference"]), { description: message`What to follow.` }),
    "paper" as const,
  ),
  patchStride: withDefault(option("--patch-stride", positiveInteger()), 16),
  sigma: withDefault(option("--sigma", positiveNumber()), 120),
  threshold: optional(option("--threshold", fraction())),
  shard: optional(option("--shard", shardValue())),
  json: jsonOption(message`Print the options as JSON, as without.`),
  fail: optional(
    option("--fail", choice(["sentence", "usage", "bug", "parse", "full", "read", "write", "some", "wait"])),
  ),
});

await runCommand({
  name: "fixture:command",
  brief: "Tests the command line.",
  description: "Reads options and fails as asked.",
  examples: [{ command: "deno task fixture:command a.jpg --out labels/", effect: "Do nothing to one photo" }],
  parser,
  paths: ({ paths, out }) => ({ read: paths, write: [out] }),
  resumes: true,
}, async (options) => {
  switch (options.fail) {
    case "sentence":
      throw new RangeError("Cannot cut 0 patches: the size 0 is not positive; give at least 1.");
    case "usage":
      throw new UsageError("Cannot find a photo in nothing.");
    case "bug":
      return (undefined as unknown as { length: number }).length;
    case "parse":
      JSON.parse("{");
      break;
    case "full":
      await Deno.writeFile("/dev/full", new Uint8Array(1));
      break;
    case "read":
      await Deno.readFile(options.paths[0]);
      break;
    case "write":
      await writeWhole(`${options.out}/a.txt`, "a");
      break;
    case "some":
      return 1;
    case "wait":
      await writeWhole(
        `${options.out}/a.txt`,
        (async function* () {
          yield "a";
          console.log("waiting");
          await new Promise((resolve) => setTimeout(resolve, 60_000));
        })(),
      );
  }
  const { json: _, ...others } = options;
  console.log(JSON.stringify(others));
  return 0;
});
