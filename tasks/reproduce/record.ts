import type { Compute } from "../../core/gpu/compute.ts";
import { openCompute } from "../../core/gpu/open_compute.ts";
import { openBackend } from "../../models/backend.ts";
import { tf } from "../../models/tfjs.ts";
import { VERSION } from "../cli/version.ts";
import { writeWhole } from "../files/write_whole.ts";
import { type ExperimentName, outcomeName, outcomeTitle } from "./experiments.ts";
import { markdownOf } from "./describe.ts";
import type { Outcome } from "./outcome.ts";
import type { Run } from "./run.ts";

/** An outcome with all that it rests on: what is written into the run's folder. */
export interface ExperimentRecord {
  readonly program: "hairline";
  readonly version: string;
  readonly task: "reproduce";
  readonly experiment: ExperimentName;
  readonly title: string;
  readonly scale: string;
  /** The command's arguments. */
  readonly arguments: readonly string[];
  readonly finishedAt: string;
  readonly runtime: {
    readonly deno: string;
    readonly tfjs: string;
    readonly system: string;
    readonly cores: number;
    readonly adapter: string;
    readonly software: boolean;
    readonly backend: string;
  };
  /** Pictures by the names of their files. */
  readonly outcome: Omit<Outcome, "pictures"> & { readonly pictures: readonly string[] };
}

/** Writes `NAME.json`, `NAME.md` (see {@linkcode outcomeName}) and the pictures into the run's folder, each whole or not at all. */
export async function keepOutcome(
  experiment: ExperimentName,
  outcome: Outcome,
  run: Run,
): Promise<ExperimentRecord> {
  using compute = await openCompute();
  const { pictures, ...rest } = outcome;
  const record: ExperimentRecord = {
    program: "hairline",
    version: VERSION,
    task: "reproduce",
    experiment,
    title: outcomeTitle(experiment, run),
    scale: run.scale.name,
    arguments: run.args,
    finishedAt: new Date().toISOString(),
    runtime: await runtimeOf(compute, run),
    outcome: { ...rest, pictures: pictures.map(({ file }) => file) },
  };
  for (const { file, content } of pictures) await writeWhole(`${run.folder}/${file}`, content);
  const stem = `${run.folder}/${outcomeName(experiment, run)}`;
  await writeWhole(`${stem}.md`, markdownOf(record));
  await writeWhole(`${stem}.json`, `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

async function runtimeOf(compute: Compute, { backend }: Run): Promise<ExperimentRecord["runtime"]> {
  const { name } = await openBackend({ compute, backend });
  return {
    deno: Deno.version.deno,
    tfjs: tf.version.tfjs,
    system: `${Deno.build.os} ${Deno.build.arch}`,
    cores: navigator.hardwareConcurrency,
    adapter: compute.description,
    software: compute.software,
    backend: name,
  };
}
