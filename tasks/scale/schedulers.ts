import { awsBatchScript } from "./aws_batch.ts";
import type { Job } from "./job.ts";
import { kubernetesManifest } from "./kubernetes.ts";
import { parallelScript } from "./parallel.ts";
import { slurmScript } from "./slurm.ts";
import { snakefile } from "./snakemake.ts";

/** What a scheduler is given, and what it runs in. */
interface Scheduler {
  readonly title: string;
  /** Whether it runs containers, in which Hairline lies elsewhere. */
  readonly containers: boolean;
  /** The job as the scheduler takes it. */
  readonly print: (job: Job) => string;
}

/** The schedulers by name. */
export const schedulers = {
  slurm: { title: "SLURM", containers: false, print: slurmScript },
  kubernetes: { title: "Kubernetes", containers: true, print: kubernetesManifest },
  parallel: { title: "GNU parallel", containers: false, print: parallelScript },
  snakemake: { title: "Snakemake", containers: false, print: snakefile },
  "aws-batch": { title: "AWS Batch", containers: true, print: awsBatchScript },
} as const satisfies Readonly<Record<string, Scheduler>>;

/** The name of a scheduler. */
export type SchedulerName = keyof typeof schedulers;

/** All names. */
export const SCHEDULERS = Object.keys(schedulers) as SchedulerName[];
