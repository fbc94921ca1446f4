import type { ImportedWeights } from "./import_weights.ts";

/** One sentence for each way in which a file and a network differ; none where every tensor of the file has its place. */
export function describeImport(
  { layout, missing, misfits, own, unused }: Pick<
    ImportedWeights,
    "layout" | "missing" | "misfits" | "own" | "unused"
  >,
): string[] {
  const lines: string[] = [];
  if (missing.length > 0) {
    lines.push(
      `Of ${layout}'s layers the file lacks those of ${count(missing, "parameter")}: ${list(missing)}.`,
    );
  }
  for (const { name, source, found, wanted } of misfits) {
    lines.push(`${source} is ${size(found)} and ${name} ${size(wanted)}: its layer keeps its first values.`);
  }
  if (own.length > 0) {
    lines.push(
      `${count(own, "parameter")} that ${layout} has nothing for keep their first values: ${list(own)}.`,
    );
  }
  if (unused.length > 0) {
    lines.push(`Nothing was taken from ${count(unused, "tensor")} of the file: ${list(unused)}.`);
  }
  return lines;
}

function count(names: readonly string[], what: string): string {
  return `${names.length} ${what}${names.length === 1 ? "" : "s"}`;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

function size(shape: readonly number[]): string {
  return shape.length === 0 ? "one number" : shape.join(" × ");
}
