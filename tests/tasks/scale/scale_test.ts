import assert from "node:assert/strict";
import { loadAll } from "npm:js-yaml@4.1.1";
import { Job as KubernetesJob } from "npm:kubernetes-models@5.1.0/batch/v1/Job";
import { type Job, wholeCommand } from "../../../tasks/scale/job.ts";
import { SCHEDULERS, schedulers } from "../../../tasks/scale/schedulers.ts";
import { runScript } from "../run_script.ts";

const job: Job = {
  task: "label",
  args: ["/data/it's {here}", "--out", "/data/labels"],
  shards: 64,
  cpus: 2,
  memory: 4096,
  gpus: 0,
  minutes: 240,
  retries: 1,
  project: "/opt/hair line",
  cache: "/data/deno",
  image: "registry/hairline",
  volume: "photos",
};

/** What a YAML of a Kubernetes job must have, as far as this test looks at it. */
interface Manifest {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly completions?: number;
    readonly completionMode?: string;
    readonly suspend?: boolean;
    readonly backoffLimitPerIndex?: number;
    readonly template: {
      readonly spec: {
        readonly activeDeadlineSeconds: number;
        readonly containers: readonly {
          readonly command: readonly string[];
          readonly env: readonly unknown[];
          readonly resources: { readonly limits: Readonly<Record<string, string>> };
        }[];
      };
    };
  };
}

function manifests(of: Job): Manifest[] {
  return loadAll(schedulers.kubernetes.print(of)) as Manifest[];
}

Deno.test("a job of every scheduler has the number of parts written into it, and begins with the command", () => {
  for (const name of SCHEDULERS) {
    const text = schedulers[name].print(job);
    assert.match(
      text,
      /^(?:#!\/bin\/bash\n)?# deno task label '\/data\/it'\\''s \{here\}' --out \/data\/labels, in 64 parts\./,
    );
    assert.match(text, /64/);
    assert.doesNotMatch(text.replaceAll(/^ *#.*$/gm, ""), /ARRAY_TASK_COUNT/, name);
    assert.match(text, /\/data\/deno/, `${name} says where Deno's cache lies`);
  }
});

Deno.test("the Kubernetes jobs are valid by Kubernetes' schema, and count from 0", () => {
  const [parts, merge] = manifests(job);
  for (const manifest of [parts, merge]) new KubernetesJob(manifest as object).validate();
  const { completions, completionMode, backoffLimitPerIndex, template: { spec } } = parts.spec;
  assert.deepEqual([completions, completionMode, backoffLimitPerIndex], [64, "Indexed", 1]);
  const [container] = spec.containers;
  assert.deepEqual(container.command.slice(0, 2), ["bash", "-c"]);
  assert.equal(
    container.command[2],
    `deno task label '/data/it'\\''s {here}' --out /data/labels --shard "$((JOB_COMPLETION_INDEX + 1))/64"`,
  );
  assert.equal(spec.activeDeadlineSeconds, 4 * 3600);
  assert.deepEqual(container.env, [{ name: "DENO_DIR", value: "/data/deno" }]);
  assert.deepEqual([merge.metadata.name, merge.spec.suspend], ["hairline-label-merge", true]);
  assert.doesNotMatch(merge.spec.template.spec.containers[0].command[2], /--shard/);
  assert.throws(() =>
    new KubernetesJob({ ...parts, spec: { ...parts.spec, completions: "64" } } as object).validate()
  );
});

Deno.test("GPUs are asked for where the scheduler shares them out", () => {
  const wanted = { ...job, gpus: 1 };
  assert.match(schedulers.slurm.print(wanted), /^#SBATCH --gres=gpu:1$/m);
  assert.match(schedulers.snakemake.print(wanted), /gpu=1,/);
  assert.match(schedulers["aws-batch"].print(wanted), /\{"type":"GPU","value":"1"\}/);
  const [{ spec }] = manifests(wanted);
  assert.equal(spec.template.spec.containers[0].resources.limits["nvidia.com/gpu"], "1");
  assert.throws(() => schedulers.parallel.print(wanted), /Cannot print a job for parallel with --gpus 1: /);
});

Deno.test("GNU parallel keeps a log for each command, and none of one that is done", () => {
  const logOf = (of: Job) => /--joblog (\S+) --resume-failed/.exec(schedulers.parallel.print(of))?.[1];
  const log = logOf(job);
  assert.match(String(log), /^hairline-label-[0-9a-f]+\.joblog$/);
  assert.notEqual(logOf({ ...job, shards: 65 }), log);
  assert.notEqual(logOf({ ...job, args: ["/data/else", "--out", "/data/labels"] }), log);
  assert.match(schedulers.parallel.print(job), new RegExp(`\\|\\| rm --force ${log}$`, "m"));
});

Deno.test("what a scheduler cannot do without is asked for", () => {
  for (const name of ["kubernetes", "aws-batch"] as const) {
    assert.throws(
      () => schedulers[name].print({ ...job, image: undefined }),
      /without an image: give --image/,
    );
    assert.throws(
      () => schedulers[name].print({ ...job, volume: undefined }),
      /without a volume: .*--volume/,
    );
  }
  assert.throws(
    () => schedulers["aws-batch"].print({ ...job, shards: 10_001 }),
    /--shards 10001: an array job has 2 to 10,000 parts\./,
  );
});

Deno.test("scale prints the job alone, and refuses what is no task in parts", async () => {
  const scale = (...args: string[]) =>
    runScript("tasks/scale.ts", args, {
      permissions: ["--allow-read=."],
      cwd: new URL("../../../", import.meta.url).pathname,
    });
  const slurm = await scale("slurm", "--shards", "3", "--", "measure", "labels", "-o", "lengths");
  assert.deepEqual([slurm.code, slurm.err], [0, ""]);
  assert.match(slurm.out, /^#SBATCH --array=1-3$/m);
  assert.match(slurm.out, /^ *deno task measure labels -o lengths "\$@" \|\| code=\$\?$/m);
  const cases: [string[], RegExp][] = [
    [
      ["slurm", "--", "teach", "--out", "x"],
      /Cannot print a job for the task "teach": give label, predict, measure, evaluate, reproduce with/,
    ],
    [["slurm"], /Cannot print a job for no task: /],
    [
      ["slurm", "--", "label", "photos", "--out", "x", "--shard=1/2"],
      /leave out --shard=1\/2, and give --shards before --\./,
    ],
    [["slurm", "--", "label", "photos"], /Cannot print a job without --out: /],
    [["slurm", "--", "evaluate", "--truth", "masks"], /Cannot print a job without --counts: /],
    [
      ["slurm", "--image", "x", "--", "label", "photos", "--out", "x"],
      /Cannot use --image with slurm: it runs no containers\./,
    ],
  ];
  for (const [args, sentence] of cases) {
    const { code, out, err } = await scale(...args);
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, sentence);
  }
  assert.match((await scale("dockerfile")).out, /^RUN npm install --global deno@\d+\.\d+\.\d+$/m);
});

Deno.test("a job whose network is to be fetched may reach its host, and no other", () => {
  const url = `https://weights.example:8443/unet.safetensors#sha256=${"ab".repeat(32)}`;
  for (const args of [["/data", "-s", url], ["/data", `--segmenter=${url}`]]) {
    const command = wholeCommand({ ...job, args });
    assert.match(
      command,
      /^deno run .*--no-prompt --allow-net=weights\.example:8443 .*tasks\/label\.ts \/data /,
    );
    assert.ok(command.includes(url));
  }
  assert.doesNotMatch(wholeCommand({ ...job, args: ["/data", "-s", "https/unet"] }), /allow-net/);
});
