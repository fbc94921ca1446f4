import { crc32 } from "node:zlib";
import { quote, UsageError } from "../cli/errors.ts";
import { cacheCommand, type Job, jobName, wholeCommand } from "./job.ts";

/**
 * A script for GNU parallel, on one machine or, with its `--sshloginfile`, on several that share the folders.
 *
 * @throws {UsageError} where GPUs are asked for, which it does not share out.
 */
export function parallelScript(job: Job): string {
  const { shards, cpus, memory, gpus, minutes, retries, project, cache } = job;
  if (gpus > 0) {
    throw new UsageError(
      `Cannot print a job for parallel with --gpus ${gpus}: it does not share out GPUs; run the task itself, which takes the machine's.`,
    );
  }
  // Its own for each command: parallel takes what any log names for done, whatever was run then.
  const log = `${jobName(job)}-${crc32(`${wholeCommand(job)} ${shards}`).toString(16)}.joblog`;
  return `#!/bin/bash
# ${wholeCommand(job)}, in ${shards} parts. Run again, it takes up those that failed or did not begin.
set -uo pipefail
cd ${quote(project)} || exit
export DENO_DIR=${cache === undefined ? '"${DENO_DIR:-$HOME/.cache/deno}"' : quote(cache)}
${cacheCommand(job)} || exit

# As many at a time as there are cores and memory for.
jobs=$(($(nproc) / ${cpus}))
seq ${shards} | parallel --jobs "$((jobs > 0 ? jobs : 1))" --memfree ${memory}M --timeout ${minutes * 60} \\
  --retries ${retries + 1} --joblog ${log} --resume-failed \\
  ${quote(`${wholeCommand(job)} --shard {}/${shards}`)}
parts=$?
# Where all is done the next run is another one: photos may have come.
[ "$parts" -ne 0 ] || rm --force ${log}

# Joins the parts, and does what one left undone.
${wholeCommand(job)}
whole=$?
exit $((whole > 0 ? whole : parts > 0))
`;
}
