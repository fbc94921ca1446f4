/**
 * `deno task predict`: marks the crack pixels of photos with a segmentation network.
 *
 * @module
 */
import { defaultScales } from "../core/predict/predict_scales.ts";
import { defaultTile } from "../core/predict/tiles.ts";
import {
  batchOptions,
  describeReview,
  describeRun,
  requireOut,
  runBatchCommand,
} from "./batch/batch_command.ts";
import { scalesValue } from "./batch/scale_option.ts";
import { networkRecord } from "./batch/network_record.ts";
import { describeDevices, openDevices } from "./batch/open_devices.ts";
import { runCommand } from "./cli/command.ts";
import { type InferValue, message, object, option, optional, string, withDefault } from "./cli/optique.ts";
import { writeErr } from "./cli/terminal.ts";
import { fraction, naturalNumber, positiveInteger } from "./cli/values.ts";
import { namePaths } from "./files/photos.ts";
import { planPredictions, predictPhotos, requireTiles, type Session } from "./predict/predict_photos.ts";
import { fetchedFolder, shorten } from "./files/fetch_file.ts";
import { readSegmenter, SHIPPED } from "./segmenter/read_segmenter.ts";

const { paths, out, ...common } = batchOptions({ task: "Predict", outputs: "predictions" });

const parser = object({
  paths,
  out,
  segmenter: withDefault(
    option("-s", "--segmenter", string({ metavar: "FILE" }), {
      description:
        message`The segmentation network: a checkpoint, the folder of one, or its URL, which may end with ${"#sha256="} and the file's hash; shipped is the one that comes with Hairline.`,
    }),
    SHIPPED,
  ),
  threshold: withDefault(
    option("--threshold", fraction(), { description: message`A pixel is crack above this confidence.` }),
    0.5,
  ),
  tile: optional(option("--tile", positiveInteger("PIXELS"), {
    description:
      message`Larger photos are shown to the network in tiles of this side, a multiple of 32. Default: 1024, or what memory allows.`,
  })),
  overlap: optional(option("--overlap", naturalNumber("PIXELS"), {
    description: message`The least that tiles share, a multiple of 32. Default: 128, or half a smaller tile.`,
  })),
  scale: optional(option("--scale", scalesValue(defaultScales), {
    description:
      message`The scales at which the network looks at a photo: ${"auto"}, by the photo's detail; one, such as ${"0.5"}; or several, such as ${"1,0.5"}. Default: auto, or what earlier predictions in the folder were made at.`,
  })),
  overlays: option("--overlays", { description: message`Write the photos with their masks on them, too.` }),
  ...common,
});

type Options = InferValue<typeof parser>;

/** Opens the device, the backend and the network, and says on standard error which they are. */
async function openSession({ out, ...options }: Options): Promise<Session> {
  const { compute, runtime } = await openDevices(options);
  const segmenter = await readSegmenter(options.segmenter, { cache: out && fetchedFolder(out) });
  const tile = await defaultTile(compute, segmenter);
  const threads = await segmenter.planThreads(compute, tile ** 2);
  if (!options.quiet) writeErr(describeDevices(runtime, { network: segmenter.name, threads }));
  const segmenterRecord = await networkRecord(segmenter, shorten(options.segmenter));
  return {
    ...{ compute, segmenter, segmenterRecord, runtime, tile },
    ...(segmenter.tellsDirections && {
      directions: (image, mask) => segmenter.predictDirections(image, { mask }),
    }),
  };
}

function predict(options: Options): Promise<number> {
  const { profile: _, json: __, dryRun: ___, segmenter, scale: scales, ...given } = options;
  const run = { ...given, out: requireOut(options, { task: "predict", outputs: "predictions" }) };
  requireTiles(run);
  const network = segmenter === SHIPPED ? "the network that ships" : shorten(segmenter);
  const title = `Cracks in ${namePaths(options.paths)} by ${network}`;
  return runBatchCommand(options, {
    open: () => openSession(options),
    plan: () => planPredictions(run),
    run: (open) => predictPhotos({ ...run, scales, title }, open),
    describe: (summary, seconds) => {
      let withCrack = 0;
      for (const { crackPixels } of summary.photos) withCrack += Number(crackPixels > 0);
      const finding = `${withCrack} of ${summary.photos.length} show crack`;
      return describeRun(summary, { done: "Predicted", finding, seconds }) + describeReview(summary);
    },
  });
}

await runCommand({
  name: "predict",
  brief: "Mark the crack pixels of photos with a trained segmentation network.",
  description:
    "For each photo it writes confidence/NAME.png (confidences from 0 to 1 as 0 to 255, rounded, and at least 1 where they are above 0) and " +
    "masks/NAME.png (255 where the confidence exceeds the threshold, 0 elsewhere); for all photos together, report.html to look at and manifest.json " +
    "for programs. By a network that says which way cracks go (patches_inoue) it writes directions/NAME.png, too: the degrees from 0, level, by 45, rising " +
    "to the right, to 179, and 180 where there is no crack, with a palette of colours. Photos may be of any size: larger ones are shown to the network in tiles that overlap and fade into " +
    "each other.\n\n" +
    "If a run is interrupted, the same command carries on where it stopped: photos that already have a prediction, from the same file, network and " +
    "options, are skipped. After running in shards, run once more without --shard to join their manifests and reports.",
  examples: [
    {
      command: "deno task predict photos/ --out predictions/",
      effect: "Predict the cracks of a folder of photos with the network that comes with Hairline",
    },
    {
      command: "deno task predict photos/ -o predictions/ -s unet.safetensors --overlays",
      effect: "Use your own network, and write the photos with the cracks marked as well",
    },
    {
      command: "deno task predict photos/ -o small/ -s unet.safetensors --tile 512",
      effect: "Use less memory",
    },
  ],
  parser,
  decodes: true,
  paths: ({ paths, out, segmenter }) => ({ read: [...paths, segmenter], write: [out] }),
  resumes: true,
}, predict);
