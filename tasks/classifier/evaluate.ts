/**
 * `classifier:evaluate`: how well a classifier tells patches with crack from patches without.
 *
 * @module
 */
import { openCompute } from "../../core/gpu/open_compute.ts";
import { openBackend } from "../../models/backend.ts";
import { runCommand } from "../cli/command.ts";
import { backendOption, jsonOption, quietOption } from "../cli/common_options.ts";
import { ExitCode } from "../cli/errors.ts";
import { argument, group, merge, message, object, option, optional, withDefault } from "../cli/optique.ts";
import { folderOfLists } from "../cli/permissions.ts";
import { startProgress } from "../cli/progress.ts";
import { printable, writeErr, writeOut } from "../cli/terminal.ts";
import { filePath, fraction, positiveInteger } from "../cli/values.ts";
import { VERSION } from "../cli/version.ts";
import { SHIPPED } from "../segmenter/read_segmenter.ts";
import { dataOptions, sizesValue } from "./data_options.ts";
import { openPatchPhotos } from "./photos.ts";
import { labelledFolders } from "../training/list_labels.ts";
import { readClassifier } from "./read_classifier.ts";
import { describeSizes, evaluateSizes } from "./size_figures.ts";

const parser = merge(
  object({
    classifier: argument(filePath("CLASSIFIER"), {
      description:
        message`A checkpoint that classifier:train wrote; shipped is the classifier that comes with Hairline.`,
    }),
  }),
  dataOptions,
  group(
    "Evaluation",
    object({
      patchSizes: withDefault(
        option("--patch-sizes", sizesValue(), { description: message`Sides of the patches.` }),
        [128] as readonly number[],
      ),
      stride: optional(
        option("--stride", positiveInteger(), {
          description: message`Pixels from patch to patch. Default: half the side.`,
        }),
      ),
      threshold: withDefault(
        option("--threshold", fraction(), {
          description: message`Score from which a patch is called crack.`,
        }),
        0.5,
      ),
      backend: backendOption(["webgpu", "wasm"]),
      quiet: quietOption,
      json: jsonOption(message`Print all figures as JSON.`),
    }),
  ),
);

await runCommand({
  name: "classifier:evaluate",
  brief: "Measure a crack classifier on patches whose class is known.",
  description:
    "Cuts photos into a grid of patches, asks the classifier whether each shows a crack, and prints precision, recall and F1 of the " +
    "class crack, accuracy, and balanced accuracy. A patch is crack when its mask has at least one crack pixel. The default " +
    "grid, patches of 128 every 64 pixels, is that of the paper's Table I.",
  examples: [
    {
      command: "deno task classifier:evaluate crack.hairline --images photos/ --masks masks/",
      effect: "Measure as the paper does",
    },
    {
      command:
        "deno task classifier:evaluate crack.hairline --images photos/ --masks masks/ --skip 150 --patch-sizes 32,64",
      effect: "Measure on the photos after the first 150, on smaller patches",
    },
  ],
  parser,
  decodes: true,
  paths: async ({ classifier, folders, datasets, images, masks, labels, photos, reviewed }) => ({
    read: [
      ...[classifier, ...folders, ...datasets.map(folderOfLists), ...images, ...masks, ...labels, ...photos],
      ...await labelledFolders({ labels, photos, reviewed }),
    ],
    write: [],
  }),
}, async (options) => {
  const { patchSizes: sizes, stride, threshold, quiet, skip, limit } = options;
  using compute = await openCompute();
  const backend = await openBackend({ compute, backend: options.backend });
  using classifier = await readClassifier(options.classifier === SHIPPED ? undefined : options.classifier);
  const photos = await openPatchPhotos(options, {
    skip,
    limit,
    onPhoto: (_, failure) => failure === undefined || writeErr(`${printable(failure)}\n`),
    onNote: (line) => quiet || writeErr(`${printable(line)}\n`),
  });
  using progress = startProgress({ total: sizes.length * photos.count, unit: "photo", quiet });
  const figures = await evaluateSizes(classifier, photos, {
    compute,
    sizes,
    stride,
    threshold,
    onPhoto: () => progress.advance(),
  });
  const { count, failures } = photos;
  const result = {
    program: "hairline",
    version: VERSION,
    task: "classifier:evaluate",
    classifier: options.classifier,
    name: classifier.name,
    backend: backend.name,
    photos: count,
    failures,
    threshold,
    sizes: figures,
  };
  const table = `${classifier.name} on ${count} photos, threshold ${threshold}:\n${describeSizes(figures)}\n`;
  writeOut(options.json ? `${JSON.stringify(result, null, 2)}\n` : table);
  return failures > 0 ? ExitCode.Failed : ExitCode.Ok;
});
