/**
 * `deno task methods`: the methods by which `deno task label --method` labels photos, and the networks that are trained on masks.
 *
 * @module
 */
import { methods } from "../core/label/methods.ts";
import { segmentationNetworks } from "../models/segmenter/descriptions.ts";
import { runCommand } from "./cli/command.ts";
import { jsonOption } from "./cli/common_options.ts";
import { message, object } from "./cli/optique.ts";
import { writeOut } from "./cli/terminal.ts";

/** What one looks for under a name. */
interface Listed {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  readonly needs: readonly string[];
}

const METHODS: readonly Listed[] = Object.entries(methods).map(([name, about]) => ({ name, ...about }));

const NETWORKS: readonly Listed[] = Object.entries(segmentationNetworks)
  .map(([name, about]) => ({ name, ...about, needs: ["masks"] }));

/** Characters of the column of names. */
const WIDTH = 2 + Math.max(...[...METHODS, ...NETWORKS].map(({ name }) => name.length));

function describe({ name, title, source }: Listed, needs: string): string {
  return `${name.padEnd(WIDTH)}${title}; needs ${needs}\n${" ".repeat(WIDTH)}${source}\n`;
}

await runCommand({
  name: "methods",
  brief: "List the methods of labelling, and the networks that learn from masks.",
  description:
    "Prints each method that deno task label --method takes, the networks that it needs, what it does and where it was described. Those that " +
    "need none were not trained on anything: they know the photo alone. Then come the networks that deno task segmenter:train --arch trains on " +
    "masks, for deno task predict.",
  examples: [
    { command: "deno task methods", effect: "List them" },
    { command: "deno task methods --json", effect: "The same as JSON" },
  ],
  parser: object({
    json: jsonOption(message`Print an array of objects with name, title, source and needs.`),
  }),
}, ({ json }) => {
  const texts = [
    ...METHODS.map((method) =>
      describe(method, method.needs.length > 0 ? `a ${method.needs.join(" and a ")}` : "no network")
    ),
    ...NETWORKS.map((network) => describe(network, "photos with masks, by segmenter:train")),
  ];
  writeOut(json ? `${JSON.stringify([...METHODS, ...NETWORKS], null, 2)}\n` : texts.join(""));
  return Promise.resolve();
});
