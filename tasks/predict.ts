/**
 * `deno task predict`: marks the crack pixels of photos with a segmentation network.
 *
 * @module
 */
import { runCommand } from "./cli/command.ts";
import { ExitCode } from "./cli/errors.ts";
import type { InferValue } from "./cli/optique.ts";
import { writeErr, writeOut } from "./cli/terminal.ts";
import { namePaths } from "./files/photos.ts";
import { describeRun, describeTimings } from "./batch/summary.ts";
import { openSession } from "./predict/open_session.ts";
import { predictParser } from "./predict/predict_command.ts";
import { predictPhotos, requireTiles, type Session } from "./predict/predict_photos.ts";
import { SHIPPED, shorten } from "./segmenter/read_segmenter.ts";

async function predict(options: InferValue<typeof predictParser>): Promise<number> {
  const { profile, json, segmenter, ...run } = options;
  requireTiles(run);
  const start = performance.now();
  let session: Session | undefined;
  const network = segmenter === SHIPPED ? "the network that ships" : shorten(segmenter);
  const title = `Cracks in ${namePaths(options.paths)} by ${network}`;
  const summary = await predictPhotos(
    { ...run, title },
    async () => session = await openSession(options),
  );
  const seconds = (performance.now() - start) / 1000;
  if (profile && session !== undefined) writeErr(describeTimings(session.compute, seconds));
  const withCrack = summary.photos.filter(({ crackPixels }) => crackPixels > 0).length;
  const finding = `${withCrack} of ${summary.photos.length} show crack`;
  writeOut(
    json
      ? `${JSON.stringify({ ...summary, seconds }, null, 2)}\n`
      : describeRun(summary, { done: "Predicted", finding, seconds }),
  );
  return summary.failures.length > 0 ? ExitCode.Failed : ExitCode.Ok;
}

await runCommand({
  name: "predict",
  brief: "Mark the crack pixels of photos with a trained segmentation network.",
  description:
    "Writes, for each photo, confidence/NAME.png (0 to 1 as 0 to 255, rounded, above 0 at least 1) and masks/NAME.png (255 " +
    "where the confidence exceeds the threshold, 0 elsewhere), and for all of them report.html to look at and manifest.json " +
    "to compute with. Photos may be of any size: larger ones are shown to the network in tiles that overlap and fade into " +
    "each other.\n\n" +
    "A run that was broken off goes on where it ended: photos whose predictions are there, from the same file, network and " +
    "options, are passed over. After a run in shards, one more without --shard joins their manifests and reports.",
  examples: [
    {
      command: "deno task predict photos/ --out predictions/",
      effect: "Predict the cracks of a folder of photos with the network that comes with Hairline",
    },
    {
      command: "deno task predict photos/ -o predictions/ -s unet.safetensors --overlays",
      effect: "Write the photos with the cracks marked, too",
    },
    {
      command: "deno task predict photos/ -o small/ -s unet.safetensors --tile 512",
      effect: "Take less memory",
    },
  ],
  parser: predictParser,
}, predict);
