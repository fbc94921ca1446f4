/**
 * `deno task export`: writes a trained network for other programs.
 *
 * @module
 */
import { countParameters } from "../models/layers/parameters.ts";
import { runCommand } from "./cli/command.ts";
import { jsonOption } from "./cli/common_options.ts";
import { argument, choice, message, object, option, withDefault } from "./cli/optique.ts";
import { folderOf } from "./cli/permissions.ts";
import { writeOut } from "./cli/terminal.ts";
import { filePath } from "./cli/values.ts";
import { readNetwork } from "./export/read_network.ts";
import { EXPORT_FORMATS, requireNewFiles, writeNetwork } from "./export/write_network.ts";

await runCommand({
  name: "export",
  brief: "Write a trained network for other programs.",
  description:
    "Takes a classifier or a segmentation network that Hairline trained and writes it as a tfjs layers model, which tf.loadLayersModel() " +
    "reads in a browser or Node without Hairline, or as safetensors, which PyTorch, JAX and others read.\n\n" +
    "A tfjs model takes N × H × W × 3, RGB 0 to 255. A classifier gives the probabilities of crack and of none, a segmentation network the " +
    "confidence of crack of each pixel; its H and W must be multiples of the number that userDefinedMetadata in model.json calls multiple. " +
    "Both DeepCracks have layers that tfjs lacks: take safetensors for them.\n\n" +
    "Safetensors hold the parameters by name, kernels as height × width × inputs × outputs, and the network in the metadata. Files that " +
    "already exist are never replaced.",
  examples: [
    {
      command: "deno task export crack.safetensors --format tfjs --out web/",
      effect: "Write web/model.json and web/weights.bin for a browser",
    },
    {
      command: "deno task export shipped-segmenter --format tfjs --precision F16 --out web/",
      effect: "The same for the segmentation network that ships, in half the bytes",
    },
    {
      command:
        "deno task export unet.safetensors --format safetensors --precision F16 --out small.safetensors",
      effect: "Halve a network's file",
    },
  ],
  parser: object({
    source: argument(filePath("FILE|shipped-…"), {
      description:
        message`The network: whatever a training wrote, or "shipped-classifier" or "shipped-segmenter" for those that come with Hairline.`,
    }),
    format: option("-f", "--format", choice(EXPORT_FORMATS), {
      description: message`A tfjs layers model, or safetensors.`,
    }),
    out: option("-o", "--out", filePath("PATH"), {
      description: message`The file; for tfjs the folder of model.json and weights.bin.`,
    }),
    precision: withDefault(
      option("--precision", choice(["F32", "F16", "I8"]), {
        description:
          message`Of the weights: F32 is exact, F16 takes half the space, I8 (safetensors only) a quarter.`,
      }),
      "F32" as const,
    ),
    json: jsonOption(message`Print what was written as JSON.`),
  }),
  paths: ({ source, format, out }) => ({ read: [source], write: [format === "tfjs" ? out : folderOf(out)] }),
}, async ({ source, json, ...options }) => {
  await requireNewFiles(options);
  using network = await readNetwork(source);
  const { name, specs } = network;
  const files = await writeNetwork(network, options);
  const { format, precision } = options;
  const parameters = countParameters(specs);
  if (json) {
    writeOut(`${JSON.stringify({ network: name, parameters, format, precision, files }, null, 2)}\n`);
    return;
  }
  const kind = format === "tfjs" ? "a tfjs layers model" : "safetensors";
  writeOut(`Wrote ${name} (${parameters.toLocaleString("en")} parameters) as ${kind} in ${precision}:\n`);
  for (const { path, bytes } of files) writeOut(`  ${path}, ${bytes.toLocaleString("en")} bytes\n`);
});
