/**
 * `deno task methods`: the methods by which `deno task label --method` labels photos.
 *
 * @module
 */
import { methods } from "../core/label/methods.ts";
import { runCommand } from "./cli/command.ts";
import { jsonOption } from "./cli/common_options.ts";
import { message, object } from "./cli/optique.ts";
import { columns, writeOut } from "./cli/terminal.ts";

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
    json ? `${JSON.stringify(listed, null, 2)}\n` : columns([
      ["method", "needs", "what it does", "source"],
      ...listed.map((
        { name, needs, title, source },
      ) => [name, needs.join(", ") || "no network", title, source]),
    ]),
  );
  return Promise.resolve();
});
