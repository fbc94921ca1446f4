import { recipeOptions } from "./recipe_options.ts";
import { argument, choice, merge, message, multiple, object, option, optional } from "../cli/optique.ts";
import { shardValue } from "../files/shard.ts";
import { filePath, folderPath } from "../cli/values.ts";

/** Options of `label`, apart from the recipe's. */
const labelOptions = object({
  paths: multiple(
    argument(filePath("PATH"), { description: message`Photos (JPEG, PNG, TIFF) and folders of photos.` }),
    {
      min: 1,
    },
  ),
  out: option("-o", "--out", folderPath(), { description: message`The folder for the labels; it is made.` }),
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
});

/** All options of `label`. */
export const labelParser = merge(labelOptions, recipeOptions);
