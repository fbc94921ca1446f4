import { quote, UsageError } from "../cli/errors.ts";
import { containerOf, type Job, jobName, MOUNT, wholeCommand } from "./job.ts";

/** An array job of AWS Batch has between 2 and 10,000 children. */
const LEAST = 2, MOST = 10_000;

/**
 * A script for the command line of AWS: an array job of AWS Batch, one child a part, and a job that depends on it and joins the parts.
 *
 * @throws {UsageError} without an image or a file system, or where there are too many parts.
 */
export function awsBatchScript(job: Job): string {
  const { shards, cpus, memory, gpus, minutes, retries, cache } = job;
  const { image, volume } = containerOf(job, { scheduler: "aws-batch", volume: "the EFS file system" });
  if (shards < LEAST || shards > MOST) {
    throw new UsageError(
      `Cannot print a job for aws-batch with --shards ${shards}: an array job has ${LEAST} to ${
        MOST.toLocaleString("en")
      } parts.`,
    );
  }
  const name = jobName(job);
  const part = `${wholeCommand(job)} --shard "$((AWS_BATCH_JOB_ARRAY_INDEX + 1))/${shards}"`;
  const container = {
    image,
    resourceRequirements: [
      { type: "VCPU", value: String(cpus) },
      { type: "MEMORY", value: String(memory) },
      ...(gpus > 0 ? [{ type: "GPU", value: String(gpus) }] : []),
    ],
    ...(cache === undefined ? {} : { environment: [{ name: "DENO_DIR", value: cache }] }),
    volumes: [{ name: "data", efsVolumeConfiguration: { fileSystemId: volume } }],
    mountPoints: [{ sourceVolume: "data", containerPath: MOUNT }],
  };
  // Attempts count the first. Wrong usage (2) stays wrong.
  const retry = {
    attempts: retries + 1,
    evaluateOnExit: [{ onExitCode: "2", action: "EXIT" }, { onExitCode: "*", action: "RETRY" }],
  };
  const json = (value: unknown) => quote(JSON.stringify(value));
  const overrides = (command: string) => json({ command: ["bash", "-c", command] });
  return `#!/bin/bash
# ${wholeCommand(job)}, in ${shards} parts. Run as: bash ${name}.sh QUEUE
set -euo pipefail
queue=\${1:?Give the name of a job queue.}
definition=$(aws batch register-job-definition --job-definition-name ${name} --type container \\
  --container-properties ${json(container)} \\
  --retry-strategy ${json(retry)} \\
  --timeout attemptDurationSeconds=${minutes * 60} \\
  --query jobDefinitionArn --output text)
array=$(aws batch submit-job --job-name ${name} --job-queue "$queue" --job-definition "$definition" \\
  --array-properties size=${shards} \\
  --container-overrides ${overrides(part)} \\
  --query jobId --output text)
aws batch submit-job --job-name ${name}-merge --job-queue "$queue" --job-definition "$definition" \\
  --depends-on jobId="$array" \\
  --container-overrides ${overrides(wholeCommand(job))}
`;
}
