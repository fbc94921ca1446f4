import { formatDuration } from "../cli/progress.ts";
import { columns } from "../cli/terminal.ts";
import type { Figure, OutcomeTable } from "./outcome.ts";
import type { ExperimentRecord } from "./record.ts";

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
export function markdownOf(record: ExperimentRecord): string {
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

/** Head and rows: each metric, and where there is a published figure that and the difference. */
function cellsOf({ rows }: OutcomeTable): string[][] {
  const metrics = rows[0]?.figures.map(({ metric }) => metric) ?? [];
  const compared = metrics.map((_, i) => rows.some(({ figures }) => figures[i].published !== undefined));
  const head = metrics.flatMap((metric, i) => compared[i] ? [metric, "published", "difference"] : [metric]);
  return [
    ["", ...head],
    ...rows.map((
      { title, figures },
    ) => [title, ...figures.flatMap((figure, i) => figureCells(figure, compared[i]))]),
  ];
}

function figureCells({ metric, ours, published }: Figure, compared: boolean): string[] {
  const digits = metric === "images/s" ? 2 : 4;
  const text = (value: number) => value.toFixed(digits);
  if (!compared) return [text(ours)];
  if (published === undefined) return [text(ours), "–", "–"];
  const difference = ours - published;
  return [text(ours), text(published), `${difference < 0 ? "−" : "+"}${text(Math.abs(difference))}`];
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
