/**
 * `deno task methods`: the methods by which `deno task label --method` labels photos.
 *
 * @module
 */
import { methods } from "../core/label/methods.ts";
import { runCommand } from "./cli/command.ts";
import { jsonOption } from "./cli/common_options.ts";
import { message, object } from "./cli/optique.ts";
import { writeOut } from "./cli/terminal.ts";

/** Characters of the column of names. */
const WIDTH = 2 + Math.max(...Object.keys(methods).map(({ length }) => length));

await runCommand({
  name: "methods",
  brief: "List the methods of labelling.",
  description:
    "Prints each method that deno task label --method takes, the networks that it needs, what it does and where it was described. Those that " +
    "need none were not trained on anything: they know the photo alone.",
  examples: [
    { command: "deno task methods", effect: "List them" },
    { command: "deno task methods --json", effect: "The same as JSON" },
  ],
  parser: object({
    json: jsonOption(message`Print an array of objects with name, title, source and needs.`),
  }),
}, ({ json }) => {
  const listed = Object.entries(methods).map(([name, about]) => ({ name, ...about }));
  writeOut(
    json
      ? `${JSON.stringify(listed, null, 2)}\n`
      : listed.map(({ name, needs, title, source }) =>
        `${name.padEnd(WIDTH)}${title}; needs ${
          needs.length > 0 ? `a ${needs.join(" and a ")}` : "no network"
        }\n` +
        `${" ".repeat(WIDTH)}${source}\n`
      ).join(""),
  );
  return Promise.resolve();
});
