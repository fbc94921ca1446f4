import config from "../../deno.json" with { type: "json" };
import { quote, UsageError } from "../cli/errors.ts";
import { asUrl } from "../files/fetch_file.ts";

/** Where containers find the volume of photos and outputs. */
export const MOUNT = "/data";

/** The tasks that take `--shard`, and can so be run in parts by many machines on one folder. */
export const SCALED_TASKS = ["label", "predict", "measure", "evaluate", "reproduce"] as const;

/** A task that can be run in parts. */
export type ScaledTask = typeof SCALED_TASKS[number];

/** One command, cut into parts for a scheduler. */
export interface Job {
  readonly task: ScaledTask;
  /** Its arguments, without `--shard`. */
  readonly args: readonly string[];
  readonly shards: number;
  /** Of one part. */
  readonly cpus: number;
  /** Of one part, in MiB. */
  readonly memory: number;
  /** Of one part. */
  readonly gpus: number;
  /** What one part may take before the scheduler ends it. */
  readonly minutes: number;
  /** How often a part that failed is begun again. Each time it goes on where it ended. */
  readonly retries: number;
  /** The folder of Hairline's `deno.json`, in which relative paths of the arguments begin. */
  readonly project: string;
  /** `DENO_DIR`: what Deno has downloaded. */
  readonly cache: string | undefined;
  /** What containers run, where the scheduler starts some. */
  readonly image: string | undefined;
  /** What they mount for photos and outputs: a claim of Kubernetes', a file system of EFS. */
  readonly volume: string | undefined;
}

/** What jobs are called by their schedulers: lower case and hyphens are allowed by all of them. */
export function jobName({ task }: Job): string {
  return `hairline-${task}`;
}

/**
 * The command of the whole task, for a shell, in the folder of the project. Run when all parts are done it joins them. Where a network is to be fetched,
 * it has the permission to reach that host.
 */
export function wholeCommand({ task, args }: Job): string {
  const hosts = args.map((arg) => asUrl(arg.replace(/^--[\w-]+=/, ""))).filter((url) =>
    url !== undefined && /^https?:$/.test(url.protocol)
  )
    .map((url) => url!.host);
  const command = hosts.length === 0
    ? `deno task ${task}`
    : config.tasks[task].command.replace("--no-prompt", `$& --allow-net=${[...new Set(hosts)].join(",")}`);
  return [command, ...args.map(quote)].join(" ");
}

/** The command that downloads what the task imports: once, before parts begin side by side. */
export function cacheCommand({ task }: Pick<Job, "task">): string {
  return `deno cache --frozen --quiet tasks/${task}.ts`;
}

/**
 * What a job in containers cannot do without.
 *
 * @param volume what the volume is to the scheduler.
 * @throws {UsageError} without an image or a volume.
 */
export function containerOf(
  { image, volume }: Job,
  wanted: { readonly scheduler: string; readonly volume: string },
): { readonly image: string; readonly volume: string } {
  if (image !== undefined && volume !== undefined) return { image, volume };
  throw new UsageError(
    `Cannot print a job for ${wanted.scheduler} without ${
      image === undefined ? "an image" : "a volume"
    }: give --image, which scale dockerfile describes, and --volume, ${wanted.volume} with photos and outputs.`,
  );
}
