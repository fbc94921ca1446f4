import {
  argument,
  choice,
  message,
  multiple,
  object,
  option,
  optional,
  string,
  withDefault,
} from "../cli/optique.ts";
import { shardValue } from "../files/shard.ts";
import { filePath, folderPath, fraction, naturalNumber, positiveInteger } from "../cli/values.ts";
import { SHIPPED } from "../segmenter/read_segmenter.ts";

/** All options of `predict`. */
export const predictParser = object({
  paths: multiple(
    argument(filePath("PATH"), { description: message`Photos (JPEG, PNG, TIFF) and folders of photos.` }),
    { min: 1 },
  ),
  out: option("-o", "--out", folderPath(), {
    description: message`The folder for the predictions; it is made.`,
  }),
  segmenter: withDefault(
    option("-s", "--segmenter", string({ metavar: "FILE" }), {
      description:
        message`The segmentation network: a checkpoint, the folder of one, or its URL; shipped is the one that comes with Hairline.`,
    }),
    SHIPPED,
  ),
  threshold: withDefault(
    option("--threshold", fraction(), { description: message`A pixel is crack above this confidence` }),
    0.5,
  ),
  tile: optional(option("--tile", positiveInteger("PIXELS"), {
    description:
      message`Larger photos are shown to the network in tiles of this side, a multiple of 32. Default: 1024, or what memory allows.`,
  })),
  overlap: optional(option("--overlap", naturalNumber("PIXELS"), {
    description: message`The least that tiles share, a multiple of 32. Default: 128, or half a smaller tile.`,
  })),
  overlays: option("--overlays", { description: message`Write the photos with their masks on them, too.` }),
  shard: optional(option("--shard", shardValue(), {
    description:
      message`Predict one part only, such as ${"2/8"}: several machines or processes share the work.`,
  })),
  backend: optional(option("--backend", choice(["webgpu", "wasm", "cpu"]), {
    description: message`What runs the network. Default: webgpu on a real GPU, wasm otherwise.`,
  })),
  profile: option("--profile", { description: message`Tell the time that each kernel takes.` }),
  quiet: option("-q", "--quiet", { description: message`No progress.` }),
  json: option("--json", { description: message`Print the result as JSON.` }),
});
