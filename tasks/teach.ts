/**
 * `deno task teach`: photos whose patches are labelled in, a network that marks cracks pixel by pixel out.
 *
 * @module
 */
import { runCommand } from "./cli/command.ts";
import { ExitCode } from "./cli/errors.ts";
import { writeOut } from "./cli/terminal.ts";
import { teachOptions } from "./teach/teach_options.ts";
import { describeTeaching, teach } from "./teach/teach_rounds.ts";

await runCommand({
  name: "teach",
  brief: "Teach a network to mark cracks from photos whose patches are labelled crack or not.",
  description:
    "Begins with cracks that are drawn on crack-free ground, whose truth is exact. The network that comes of it labels the photos, " +
    "wherever their patches are labelled crack, and the next one is trained on that: round by round. No pixel is labelled by hand; of " +
    "masks, where photos have some, nothing is used but which patches they mark.\n\n" +
    "A run that was killed goes on where it was when the same command is given again.",
  examples: [
    {
      command: "deno task teach photos/ --out taught/",
      effect: "Learn from photos in crack/ and no_crack/",
    },
    {
      command: "deno task teach --dataset DeepCrack/ --split train --grid 128/64 --width 0.25 -o taught/",
      effect: "Learn from a dataset as if only patches of 128 pixels were labelled, as in the paper",
    },
    {
      command:
        "deno task teach --images photos/ --masks masks/ more-photos/ --grid 32/16 --start shipped -o taught/",
      effect: "Go on from the network that ships",
    },
  ],
  parser: teachOptions,
}, async ({ json, ...given }) => {
  const options = { ...given, args: Deno.args };
  const summary = await teach(options);
  writeOut(json ? `${JSON.stringify(summary, null, 2)}\n` : describeTeaching(summary));
  return summary.failures > 0 ? ExitCode.Failed : ExitCode.Ok;
});
