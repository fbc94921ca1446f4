/**
 * `deno task teach`: photos whose patches are labelled in, a network that marks cracks pixel by pixel out.
 *
 * @module
 */
import { runCommand } from "./cli/command.ts";
import { ExitCode } from "./cli/errors.ts";
import { folderOfLists } from "./cli/permissions.ts";
import { writeOut } from "./cli/terminal.ts";
import { teachOptions } from "./teach/teach_options.ts";
import { describeTeaching, teach } from "./teach/teach_rounds.ts";

await runCommand({
  name: "teach",
  brief: "Teach a network to mark cracks from photos whose patches are labelled crack or not.",
  description:
    "Starts with cracks that are drawn on crack-free ground, so that their truth is exact. The network trained on them labels your photos, " +
    "wherever their patches are labelled crack; the next network is trained on these labels, and so on, round by round. No pixel is labelled by hand. " +
    "If photos have masks, only this is taken from them: which patches show a crack.\n\n" +
    "If a run is interrupted, the same command carries on where it stopped.",
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
  decodes: true,
  paths: ({ folders, datasets, images, masks, patches, patchPhotos, classifier, teachers, start, out }) => ({
    read: [
      ...[...folders, ...datasets, ...patchPhotos].map(folderOfLists),
      ...[...images, ...masks, ...patches, classifier, ...teachers, start],
    ],
    write: [out],
  }),
  resumes: true,
}, async ({ json, ...given }) => {
  const options = { ...given, args: Deno.args };
  const summary = await teach(options);
  writeOut(json ? `${JSON.stringify(summary, null, 2)}\n` : describeTeaching(summary));
  return summary.failures > 0 ? ExitCode.Failed : ExitCode.Ok;
});
