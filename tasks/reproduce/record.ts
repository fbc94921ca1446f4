import type { Compute } from "../../core/gpu/compute.ts";
import { openCompute } from "../../core/gpu/open_compute.ts";
import { openBackend } from "../../models/backend.ts";
import { tf } from "../../models/tfjs.ts";
import { formatDuration } from "../cli/progress.ts";
import { columns } from "../cli/terminal.ts";
import { VERSION } from "../cli/version.ts";
import { writeWhole } from "../files/write_whole.ts";
import type { Figure, Outcome, OutcomeTable } from "./outcome.ts";
import type { Run } from "./run.ts";

/** An outcome with all that it rests on: what is written into the run's folder. */
export interface ExperimentRecord {
  readonly program: "hairline";
  readonly version: string;
  readonly task: "reproduce";
  /** Its name, such as `table-2`. */
  readonly experiment: string;
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

/** An experiment, as far as its record goes. */
interface RecordedExperiment extends Pick<ExperimentRecord, "experiment" | "title"> {
  /** Names its files. */
  readonly stem: string;
}

/** Writes `STEM.json`, `STEM.md` and the pictures into the run's folder, each whole or not at all. */
export async function keepOutcome(
  outcome: Outcome,
  { experiment, title, stem }: RecordedExperiment,
  run: Run,
): Promise<ExperimentRecord> {
  using compute = await openCompute();
  const { pictures, ...rest } = outcome;
  const record: ExperimentRecord = {
    program: "hairline",
    version: VERSION,
    task: "reproduce",
    experiment,
    title,
    scale: run.scale.name,
    arguments: run.args,
    finishedAt: new Date().toISOString(),
    runtime: await runtimeOf(compute, run),
    outcome: { ...rest, pictures: pictures.map(({ file }) => file) },
  };
  for (const { file, content } of pictures) await writeWhole(`${run.folder}/${file}`, content);
  await writeWhole(`${run.folder}/${stem}.md`, markdownOf(record));
  await writeWhole(`${run.folder}/${stem}.json`, `${JSON.stringify(record, null, 2)}\n`);
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

/** An outcome for a terminal. */
export function describeOutcome(record: ExperimentRecord): string {
  const { outcome } = record;
  const sections = [
    `${record.title}, scale ${record.scale}`,
    ...outcome.tables.map((table) =>
      `${table.title}\n${columns(cellsOf(table))}${table.notes.map((note) => `${note}\n`).join("")}`
    ),
    `${factsOf(record).join("\n")}\n`,
  ];
  return sections.join("\n");
}

/** Outcomes as JSON: one as an object, several as an array. */
export function jsonOf(records: readonly ExperimentRecord[]): string {
  return `${JSON.stringify(records.length === 1 ? records[0] : records, null, 2)}\n`;
}

/** An outcome as a page of Markdown. */
function markdownOf(record: ExperimentRecord): string {
  const { outcome } = record;
  const sections = [
    `# ${record.title}`,
    `Scale \`${record.scale}\`, ${record.finishedAt.slice(0, 10)}.`,
    ...outcome.tables.flatMap((
      table,
    ) => [`## ${table.title}`, markdownTable(cellsOf(table)), ...table.notes]),
    ...outcome.pictures.map((file) => `![${record.title}](${file})`),
    factsOf(record).map((fact) => `- ${fact}`).join("\n"),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** Head and rows: what was labelled, where that is told, then each metric, and where there is a published figure that and the difference. */
function cellsOf({ rows }: OutcomeTable): string[][] {
  const metrics = rows[0]?.figures.map(({ metric }) => metric) ?? [];
  const compared = metrics.map((_, i) => rows.some(({ figures }) => figures[i].published !== undefined));
  const head = metrics.flatMap((metric, i) => compared[i] ? [metric, "published", "difference"] : [metric]);
  const labelled = rows.some(({ labels }) => labels !== undefined);
  return [
    ["", ...(labelled ? ["labels"] : []), ...head],
    ...rows.map(({ title, labels = "", figures }) => [
      title,
      ...(labelled ? [labels] : []),
      ...figures.flatMap((figure, i) => figureCells(figure, compared[i])),
    ]),
  ];
}

/** Digits behind the point, of metrics that are no shares. */
const DIGITS: Readonly<Record<string, number>> = {
  "images/s": 2,
  "area": 2,
  "labelled patches": 0,
  "strokes": 0,
  "ms/stroke": 1,
  "longest, ms": 0,
};

function figureCells({ metric, ours, spread, published }: Figure, compared: boolean): string[] {
  const digits = DIGITS[metric] ?? 4;
  const text = (value: number) => value.toFixed(digits);
  const own = spread === undefined ? text(ours) : `${text(ours)} ± ${text(spread)}`;
  if (!compared) return [own];
  if (published === undefined) return [own, "–", "–"];
  const difference = ours - published;
  return [own, text(published), `${difference < 0 ? "−" : "+"}${text(Math.abs(difference))}`];
}

/** Data, classifiers and machine, a sentence each. */
function factsOf({ outcome, runtime }: ExperimentRecord): string[] {
  const { adapter, software, cores, system, deno, backend } = runtime;
  return [
    ...outcome.data.map(({ set, split, photos, all, path }) =>
      `Photos: ${photos} of the ${all} of ${set} ${split}, ${path}.`
    ),
    ...outcome.classifiers.map(({ path, name, trainedOn }) =>
      `Classifier: ${name}, trained on ${trainedOn.patches} patches of ${trainedOn.photos} photos in ` +
      `${formatDuration(trainedOn.seconds)}, ${path}.`
    ),
    ...(outcome.segmenters ?? []).map(({ path, name, trainedOn }) =>
      `Network: ${name}, trained on ${trainedOn.crops} crops of ${trainedOn.photos} photos with ${trainedOn.truth} in ` +
      `${formatDuration(trainedOn.seconds)}, ${path}.`
    ),
    ...(outcome.networks ?? []).map(({ name, source, sha256 }) =>
      `Network: ${name}, ${source}, ${sha256.slice(0, 8)}.`
    ),
    `Machine: ${cores} cores, ${system}; kernels on ${adapter}${
      software ? " (software)" : ""
    }, networks on ${backend}; Deno ${deno}.`,
    ...(outcome.skipped.length === 0
      ? []
      : [`${outcome.skipped.length} photos could not be used: ${outcome.skipped.join(" ")}`]),
  ];
}

function markdownTable([head, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => i === 0 ? "---" : "---:")), ...rows.map(line)].join("\n");
}
