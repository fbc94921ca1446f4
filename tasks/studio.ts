/**
 * `deno task studio`: opens the masks of a run on a page, to accept, reject and mend them.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { statOrNull } from "../core/datasets/list_files.ts";
import { runCommand } from "./cli/command.ts";
import { UsageError } from "./cli/errors.ts";
import {
  argument,
  type InferValue,
  message,
  multiple,
  object,
  option,
  optional,
  withDefault,
} from "./cli/optique.ts";
import { writeErr, writeOut } from "./cli/terminal.ts";
import { folderPath, naturalNumber } from "./cli/values.ts";
import { serveStudio } from "./studio/serve_studio.ts";
import { StudioRun } from "./studio/studio_run.ts";
import { summarise } from "./studio/summary.ts";

const PAGE = fileURLToPath(new URL("../hairline.html", import.meta.url));

const parser = object({
  folder: argument(folderPath("RUN_OR_PHOTOS"), {
    description: message`The folder that label or predict wrote, or one of photos.`,
  }),
  photos: multiple(option("--photos", folderPath(), {
    description: message`A folder of the photos, where they are no longer where they were.`,
  })),
  beside: optional(option("--beside", folderPath("RUN"), {
    description:
      message`Another run of the same photos: its masks are shown beside, the differences between both, and where they agree least.`,
  })),
  port: withDefault(
    option("--port", naturalNumber("PORT"), {
      description: message`The port of this machine on which the page is served. 0: a free one.`,
    }),
    0,
  ),
  summary: option("--summary", {
    description: message`Say what was decided so far, and serve nothing.`,
  }),
});

async function studio({ folder, photos, beside, port, summary }: InferValue<typeof parser>): Promise<void> {
  const run = await StudioRun.open(folder, { photos, beside });
  if (summary) return writeOut(`${summarise(run)}\n`);
  if (await statOrNull(PAGE) === null) {
    throw new UsageError("Cannot open the studio: there is no hairline.html; run deno task build:studio.");
  }
  const missing = await run.countMissing();
  if (missing > 0) {
    writeErr(
      `${missing} of ${run.photos.size} photos are not where they were: say with --photos where they are.\n`,
    );
  }
  const page = await Deno.readTextFile(PAGE);
  await using server = serveStudio(run, { page, port });
  writeErr(
    "Open this link in a browser; whoever has it can see and change the review. Ctrl-C ends the studio.\n",
  );
  writeOut(`${server.link}\n`);
  await server.finished;
}

await runCommand({
  name: "studio",
  brief: "Look at masks in a browser, and mend them.",
  description:
    "Serves a page on this machine alone, whose link is printed on a line of its own. It shows the photos of a run with their masks, to accept, " +
    "reject and mend them; photos in which nobody looked for cracks yet are marked on the page.\n\n" +
    "Decisions are written at once to review/review.json in the folder, mended masks to review/masks/NAME.png. The run's own files stay as they are.",
  examples: [
    { command: "deno task studio labels/", effect: "Review what label found" },
    {
      command: "deno task studio photos/ --port 8080",
      effect: "Mark photos on the page, always at the same address",
    },
    {
      command: "deno task studio predictions/ --beside labels/",
      effect: "Compare what predict found with what label did",
    },
    { command: "deno task studio labels/ --summary", effect: "See how far the review is" },
  ],
  parser,
  decodes: true,
  resumes: true,
}, studio);
