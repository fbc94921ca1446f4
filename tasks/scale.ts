/**
 * `deno task scale`: prints a job that runs a task in parts, for a scheduler that is there already.
 *
 * @module
 */
import { runCommand } from "./cli/command.ts";
import { UsageError } from "./cli/errors.ts";
import {
  argument,
  choice,
  message,
  multiple,
  object,
  option,
  optional,
  string,
  withDefault,
} from "./cli/optique.ts";
import { writeOut } from "./cli/terminal.ts";
import { folderPath, naturalNumber, positiveInteger } from "./cli/values.ts";
import { dockerfile } from "./scale/dockerfile.ts";
import { type Job, SCALED_TASKS, type ScaledTask } from "./scale/job.ts";
import { SCHEDULERS, schedulers } from "./scale/schedulers.ts";

/** Where {@linkcode dockerfile} puts the project. */
const IN_CONTAINER = "/hairline";

/** The task and its arguments. */
function commandOf([task, ...args]: readonly string[]): Pick<Job, "task" | "args"> {
  if (task === undefined || !(SCALED_TASKS as readonly string[]).includes(task)) {
    throw new UsageError(
      `Cannot print a job for ${task === undefined ? "no task" : `the task "${task}"`}: give ${
        SCALED_TASKS.join(", ")
      } with its arguments after --, as in -- label photos/ --out labels/.`,
    );
  }
  const given = args.find((arg) => arg === "--shard" || arg.startsWith("--shard="));
  if (given !== undefined) {
    throw new UsageError(`Cannot print a job for one part: leave out ${given}, and give --shards before --.`);
  }
  const result = task === "evaluate" ? "--counts" : "--out";
  const names = (arg: string) =>
    arg === result || arg.startsWith(`${result}=`) || (result === "--out" && /^-o/.test(arg));
  if (!args.some(names)) {
    throw new UsageError(`Cannot print a job without ${result}: all parts of ${task} write there; name it.`);
  }
  return { task: task as ScaledTask, args };
}

await runCommand({
  name: "scale",
  brief:
    "Print a job that runs a task in parts, for SLURM, Kubernetes, GNU parallel, Snakemake or AWS Batch.",
  description:
    "Photos fall into parts by their names. All parts write into one folder, which all machines must see. When they are done, the task is run " +
    "once more over all photos: that joins manifests and reports, and does what a part left undone. The same goes for a part that is run " +
    "twice.\n\n" +
    "The job is printed on standard output, ready to be saved and submitted; its first lines say how. The number of parts is written into it, so that parts can " +
    "be submitted again one by one. scale dockerfile prints what the image of containers is built from; in it Hairline lies in " +
    `${IN_CONTAINER}, and the volume of photos and outputs in /data.`,
  examples: [
    {
      command: "deno task scale slurm --shards 64 -- label photos/ --out labels/ > hairline-label.sh",
      effect: "A job for SLURM in 64 parts",
    },
    {
      command:
        "deno task scale kubernetes --shards 64 --image registry/hairline --volume photos -- predict /data/photos --out /data/predictions",
      effect: "The same for Kubernetes",
    },
    {
      command: "deno task scale dockerfile > Dockerfile",
      effect: "The image for it",
    },
  ],
  parser: object({
    scheduler: argument(choice([...SCHEDULERS, "dockerfile"], { metavar: "SCHEDULER" }), {
      description: message`What the job is for; or dockerfile for the image of containers.`,
    }),
    command: multiple(
      argument(string({ metavar: "TASK ARGUMENTS" }), {
        description: message`After --: the task and its arguments, as after ${"deno task"}.`,
      }),
    ),
    shards: withDefault(
      option("--shards", positiveInteger(), {
        description: message`Parts of the work, each a task of the scheduler's.`,
      }),
      16,
    ),
    cpus: withDefault(option("--cpus", positiveInteger(), { description: message`Cores of a part.` }), 2),
    memory: withDefault(
      option("--memory", positiveInteger("MIB"), {
        description: message`Memory of a part; photos of 12 megapixels want 4096.`,
      }),
      4096,
    ),
    gpus: withDefault(option("--gpus", naturalNumber(), { description: message`GPUs of a part.` }), 0),
    minutes: withDefault(
      option("--minutes", positiveInteger(), {
        description: message`What a part may take before it is ended. Submitted again, it goes on.`,
      }),
      240,
    ),
    retries: withDefault(
      option("--retries", naturalNumber(), {
        description: message`How often a part that failed is begun again.`,
      }),
      1,
    ),
    project: optional(option("--project", folderPath(), {
      description:
        message`The folder of Hairline's deno.json, where relative paths begin. Default: this one, in containers ${IN_CONTAINER}.`,
    })),
    cache: optional(option("--cache", folderPath(), {
      description:
        message`Where Deno keeps what it downloads, ${"DENO_DIR"}: a folder that all machines see, filled once. Default: as on each machine.`,
    })),
    image: optional(option("--image", string({ metavar: "REFERENCE" }), {
      description: message`The image of containers.`,
    })),
    volume: optional(option("--volume", string({ metavar: "NAME" }), {
      description: message`What they mount at ${"/data"}: a claim of Kubernetes', a file system of EFS.`,
    })),
  }),
}, ({ scheduler, command, project, ...options }) => {
  if (scheduler === "dockerfile") {
    writeOut(dockerfile({ deno: Deno.version.deno, gpu: options.gpus > 0 }));
    return Promise.resolve();
  }
  const { containers, print } = schedulers[scheduler];
  const { image, volume } = options;
  if (!containers && (image ?? volume) !== undefined) {
    throw new UsageError(
      `Cannot use --${image === undefined ? "volume" : "image"} with ${scheduler}: it runs no containers.`,
    );
  }
  const folder = project ?? (containers ? IN_CONTAINER : Deno.cwd());
  writeOut(print({ ...commandOf(command), ...options, project: folder }));
  return Promise.resolve();
});
