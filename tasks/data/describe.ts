import type { Dataset } from "../../core/datasets/types.ts";
import { columns } from "../cli/columns.ts";
import { printable } from "../cli/terminal.ts";
import { type Examination, fullName } from "./examine.ts";
import { datasetWarnings, type SplitSummary, type Tally } from "./summary.ts";

/** Lines of one kind that are shown; --json has all of them. */
const SHOWN = 8;

/** What was found, for a terminal. */
export function describeExamination(
  { path, layout, notes }: Dataset,
  examination: Examination,
  splits: readonly SplitSummary[],
): string {
  const failures = [
    ...examination.problems.map(({ message }) => message),
    ...examination.photos.flatMap(({ failure }) => failure ?? []),
  ];
  const warnings = examination.photos.filter((photo) => photo.warnings.length > 0)
    .map((photo) => `${fullName(photo)}: ${photo.warnings.join("; ")}`);
  const general = datasetWarnings(examination, splits);
  const sections = [
    `${path}: layout ${layout}.\n${notes.map((note) => `  ${note}\n`).join("")}`,
    table(splits),
    section("Cannot be used", failures),
    section("To look at", warnings),
    section("In general", general),
  ].filter((text) => text !== "");
  if (failures.length + warnings.length + general.length === 0) sections.push("Nothing is wrong with it.\n");
  return printable(sections.join("\n"));
}

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  const shown = lines.length > SHOWN + 1 ? lines.slice(0, SHOWN) : lines;
  const more = lines.length - shown.length;
  return `${title} (${lines.length}):\n${shown.map((line) => `  ${line}\n`).join("")}${
    more > 0 ? `  … and ${more} more; --json lists all.\n` : ""
  }`;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** The most frequent, and how many others there are. */
function most(tallies: readonly Tally[]): string {
  const shown = tallies.slice(0, 2).map(({ value, count }) => `${value} (${count})`).join(", ");
  return tallies.length > 2 ? `${shown}, ${tallies.length - 2} more` : shown || "–";
}

function table(splits: readonly SplitSummary[]): string {
  const rows = [
    ["split", "photos", "with crack", "without", "crack pixels", "least", "median", "most", "contrast"],
    ...splits.map(({ split, photos, withCrack, withoutCrack, crackShare, contrast }) => {
      const shares = crackShare === undefined
        ? ["–", "–", "–", "–"]
        : [crackShare.all, crackShare.least, crackShare.median, crackShare.greatest].map(percent);
      return [
        split,
        ...[photos, withCrack, withoutCrack].map(String),
        ...shares,
        contrast?.toFixed(2) ?? "–",
      ];
    }),
  ];
  const kinds = splits.map(({ split, sizes, masks }) =>
    `${split}: ${most(sizes)}${masks.length > 0 ? `; masks: ${most(masks)}` : ""}`
  );
  return [columns(rows), ...kinds, ""].join("\n");
}
