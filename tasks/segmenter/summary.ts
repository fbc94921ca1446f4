/**
 * `segmenter:summary`: what a segmentation network is made of, and what a photo costs it.
 *
 * @module
 */
import type { LayerSummary } from "../../models/layers/layer.ts";
import { describeSegmentationNetwork, SEGMENTATION_ARCHS } from "../../models/segmenter/architectures.ts";
import { imageMultiple } from "../../models/segmenter/patch_network.ts";
import { runCommand } from "../cli/command.ts";
import { jsonOption } from "../cli/common_options.ts";
import { argument, choice, message, object, option, withDefault } from "../cli/optique.ts";
import { columns, writeOut } from "../cli/terminal.ts";
import { positiveInteger, positiveNumber } from "../cli/values.ts";

/** A number of parameters or products as people read it. */
function inGroups(count: number): string {
  return count.toLocaleString("en");
}

function rowOf({ name, kind, output, parameters, multiplyAdds }: LayerSummary): string[] {
  return [name, kind, output.join(" × "), inGroups(parameters), inGroups(multiplyAdds)];
}

await runCommand({
  name: "segmenter:summary",
  brief: "List the layers of a segmentation network.",
  description:
    "Prints each layer with its output (height × width × channels), its parameters, running statistics included, and the " +
    "multiply-adds that one photo takes. Photos whose sides are not multiples of what the network wants are mirrored up to them, as in " +
    "training and prediction.",
  examples: [
    { command: "deno task segmenter:summary unet --width 0.25", effect: "The network that ships" },
    {
      command: "deno task segmenter:summary oed_b5 --side 512 --json",
      effect: "OED on larger photos, as JSON",
    },
  ],
  parser: object({
    arch: argument(choice(SEGMENTATION_ARCHS), { description: message`The network.` }),
    width: withDefault(
      option("--width", positiveNumber(), { description: message`Scales its channels, up to 1.` }),
      1,
    ),
    side: withDefault(
      option("--side", positiveInteger(), {
        description: message`Height and width of the photo, in pixels.`,
      }),
      256,
    ),
    json: jsonOption(message`Print the layers as JSON.`),
  }),
  paths: () => ({ read: [], write: [] }),
}, ({ arch, width, side, json }) => {
  const network = describeSegmentationNetwork({ arch, width });
  const multiple = imageMultiple(network);
  const shown = Math.ceil(side / multiple) * multiple;
  const layers = network.summary({ height: shown, width: shown });
  const total = (of: (layer: LayerSummary) => number) => layers.reduce((sum, layer) => sum + of(layer), 0);
  const parameters = total((layer) => layer.parameters);
  const multiplyAdds = total((layer) => layer.multiplyAdds);
  if (json) {
    writeOut(`${JSON.stringify({ arch, width, side: shown, parameters, multiplyAdds, layers }, null, 2)}\n`);
  } else {
    const sum = ["all", "", "", inGroups(parameters), inGroups(multiplyAdds)];
    const head = ["layer", "kind", "output", "parameters", "multiply-adds"];
    writeOut(columns([head, ...layers.map(rowOf), sum]));
  }
  return Promise.resolve();
});
