import { quote } from "../cli/errors.ts";
import { cacheCommand, type Job, jobName, wholeCommand } from "./job.ts";

/**
 * A script for SLURM: an array of jobs, one a part, and a job that depends on it and joins the parts.
 *
 * The number of parts is written into it. `SLURM_ARRAY_TASK_COUNT` is the number of tasks of the submission, which is another one where a few are
 * submitted again: parts would then be cut otherwise, and photos left out.
 */
export function slurmScript(job: Job): string {
  const { shards, cpus, memory, gpus, minutes, retries, project, cache } = job;
  const name = jobName(job);
  const gres = gpus > 0 ? [`--gres=gpu:${gpus}`] : [];
  const options = [`--cpus-per-task=${cpus}`, `--mem=${memory}M`, `--time=${minutes}`, ...gres];
  return `#!/bin/bash
# ${wholeCommand(job)}, in ${shards} parts. Save as ${name}.sh, then:
#   bash ${name}.sh                  submits all parts, and a job that joins them
#   sbatch --array=2,4 ${name}.sh    submits parts 2 and 4 again
#   bash ${name}.sh merge            joins the parts here and now
#SBATCH --job-name=${name}
#SBATCH --array=1-${shards}
${options.map((option) => `#SBATCH ${option}`).join("\n")}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=${name}-%A_%a.log
set -euo pipefail

# Not SLURM_ARRAY_TASK_COUNT, which is 2 where parts 2 and 4 are submitted again.
shards=${shards}
script=$(realpath "$0")
cd ${quote(project)}
export DENO_DIR=${cache === undefined ? '"${DENO_DIR:-$HOME/.cache/deno}"' : quote(cache)}

# A part that failed goes on where it ended, up to ${retries} times. Wrong usage (2) stays wrong.
run() {
  local code
  for attempt in $(seq 0 ${retries}); do
    code=0
    ${wholeCommand(job)} "$@" || code=$?
    case $code in 0 | 2 | 130) return $code ;; esac
  done
  return $code
}

case "\${1:-\${SLURM_ARRAY_TASK_ID:+shard}}" in
  shard) run --shard "$SLURM_ARRAY_TASK_ID/$shards" ;;
  merge) run ;;
  "")
    ${cacheCommand(job)}
    cd - >/dev/null
    array=$(sbatch --parsable "$script")
    # Whatever became of the parts: what one left undone is done then, and photos that cannot be read fail again and are named.
    sbatch --job-name=${name}-merge --dependency="afterany:\${array%%;*}" ${options.join(" ")} \\
      --output=${name}-merge-%j.log --wrap="bash '$script' merge"
    ;;
  *)
    echo "Cannot do $1: give merge, or nothing." >&2
    exit 2
    ;;
esac
`;
}
