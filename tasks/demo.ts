/**
 * `deno task demo`: labels the photos that come with Hairline.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { defaultHairline } from "../core/label/hairline/settings.ts";
import { recipes } from "../core/label/recipe.ts";
import { runCommand } from "./cli/command.ts";
import { quietOption } from "./cli/common_options.ts";
import { ExitCode, UsageError } from "./cli/errors.ts";
import { message, object, option, withDefault } from "./cli/optique.ts";
import { writeOut } from "./cli/terminal.ts";
import { folderPath } from "./cli/values.ts";
import { describeSummary, labelPhotos, openSession } from "./label/label_photos.ts";
import { networkOptions } from "./label/networks.ts";
import { usualMethod } from "./label/method_options.ts";
import { openHairline, openPaper } from "./label/open_labeller.ts";

const parser = object({
  out: withDefault(
    option("-o", "--out", folderPath(), { description: message`The folder for the labels; it is made.` }),
    "hairline-demo",
  ),
  ...networkOptions,
  quiet: quietOption,
});

/** What the demo labels by. */
const METHODS = { hairline: openHairline(defaultHairline), paper: openPaper(recipes.paper) };

await runCommand({
  name: "demo",
  brief: "Label a few photos of cracked pavement that come with Hairline.",
  description:
    "Labels the four photos of tasks/demo/ with every intermediate map and says where the report is; labels that are " +
    "there from an earlier version are made again. The photos are " +
    "from CrackSC (Guo et al.), under the MIT licence beside them.",
  examples: [{ command: "deno task demo", effect: "Look at what Hairline does" }],
  parser,
  // Its photos come with Hairline.
  paths: ({ out, classifier, segmenter }) => ({ read: [classifier, segmenter], write: [out] }),
  resumes: true,
}, async ({ out, quiet, ...networks }) => {
  const photos = new URL("./demo/", import.meta.url);
  if (photos.protocol !== "file:") {
    throw new UsageError(
      "Cannot run the demo from a URL: its photos are files; get a copy of Hairline and run it there.",
    );
  }
  const start = performance.now();
  const summary = await labelPhotos({
    paths: [fileURLToPath(photos)],
    out,
    stages: true,
    quiet,
    renew: true,
    title: "Four photos of cracked pavement",
  }, () => openSession({ labeller: METHODS[usualMethod(networks)], quiet, ...networks }));
  writeOut(describeSummary(summary, (performance.now() - start) / 1000));
  writeOut(`\nOpen the report in a browser: file://${await Deno.realPath(summary.report)}\n`);
  return summary.failures.length > 0 ? ExitCode.Failed : ExitCode.Ok;
});
