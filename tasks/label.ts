/**
 * `deno task label`: labels the crack pixels of photos that need no labels.
 *
 * @module
 */
import { runCommand } from "./cli/command.ts";
import { ExitCode } from "./cli/errors.ts";
import type { InferValue } from "./cli/optique.ts";
import { writeErr, writeOut } from "./cli/terminal.ts";
import { labelParser } from "./label/label_command.ts";
import { describeSummary, labelPhotos, type Session } from "./label/label_photos.ts";
import { openSession } from "./label/open_session.ts";
import { chooseRecipe } from "./label/recipe_options.ts";
import { namePaths } from "./files/photos.ts";
import { describeTimings } from "./batch/summary.ts";

async function label(options: InferValue<typeof labelParser>): Promise<number> {
  const { paths, out, stages, shard, quiet, profile } = options;
  const recipe = chooseRecipe(options);
  const start = performance.now();
  let session: Session | undefined;
  const summary = await labelPhotos(
    { paths, out, recipe, stages, shard, quiet, title: `Crack labels of ${namePaths(paths)}` },
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
  ],
  parser: labelParser,
}, label);
