import type { Dataset } from "../../core/datasets/open_dataset.ts";
import { fullName } from "../../core/datasets/sample.ts";
import { columns, printable } from "../cli/terminal.ts";
import type { Examination, PhotoRecord } from "./examine.ts";

/** How often something occurs. */
interface Tally {
  readonly value: string;
  readonly count: number;
}

/** A split in figures. */
interface SplitSummary {
  readonly split: string;
  /** Photos with truth, those that cannot be read included. */
  readonly photos: number;
  readonly unreadable: number;
  readonly sizes: readonly Tally[];
  readonly masks: readonly Tally[];
  readonly withCrack: number;
  readonly withoutCrack: number;
  /** The share of crack pixels: of all pixels, and the least, the median and the greatest of a photo. Undefined without masks. */
  readonly crackShare?: {
    readonly all: number;
    readonly least: number;
    readonly median: number;
    readonly greatest: number;
  };
  /** The median of the photos' contrasts between crack and the rest; undefined without any. */
  readonly contrast?: number;
}

/**
 * Contrasts whose median is lower are reported. Measured: 0.75 to 3.2 on CFD, DCD, CRACK500 and CrackSC, 0.0 with each mask laid over the
 * next photo.
 */
const LOW_CONTRAST = 0.3;

/** Each split in figures, in the order of the photos. */
export function summarise(photos: readonly PhotoRecord[]): SplitSummary[] {
  return [...Map.groupBy(photos, ({ split }) => split)].map(([split, records]) => {
    const usable = records.filter(({ failure }) => failure === undefined);
    const shares = usable.flatMap(({ crackShare }) => crackShare ?? []).sort((a, b) => a - b);
    const contrasts = usable.flatMap(({ contrast }) => contrast ?? []).sort((a, b) => a - b);
    const masked = usable.filter(({ crackPixels }) => crackPixels !== undefined);
    const pixels = sum(masked, ({ size = [0, 0] }) => size[0] * size[1]);
    return {
      split,
      photos: records.length,
      unreadable: records.length - usable.length,
      sizes: tally(records.flatMap(({ size }) => size === undefined ? [] : size.join(" × "))),
      masks: tally(usable.flatMap(({ mask }) => mask ?? [])),
      withCrack: usable.filter(({ crack }) => crack === true).length,
      withoutCrack: usable.filter(({ crack }) => crack === false).length,
      crackShare: shares.length === 0 ? undefined : {
        all: sum(masked, ({ crackPixels = 0 }) => crackPixels) / pixels,
        least: shares[0],
        median: median(shares),
        greatest: shares[shares.length - 1],
      },
      contrast: contrasts.length === 0 ? undefined : median(contrasts),
    };
  });
}

/** What concerns a dataset as a whole, in sentences. */
export function datasetWarnings(
  { photos, duplicates }: Examination,
  splits: readonly SplitSummary[],
): string[] {
  const warnings: string[] = [];
  const across = duplicates.filter(({ acrossSplits }) => acrossSplits).length;
  if (across > 0) {
    warnings.push(
      `${across} ${
        across === 1 ? "photo is" : "photos are"
      } in two splits: figures on the one are no test of the other.`,
    );
  }
  const contradictory = duplicates.filter((duplicate) => duplicate.contradictory).length;
  if (contradictory > 0) {
    warnings.push(
      `${contradictory} ${
        contradictory === 1 ? "photo is" : "photos are"
      } in both classes, crack and crack-free: nothing can be learnt from that.`,
    );
  }
  for (const { split, contrast, withCrack, withoutCrack } of splits) {
    if (contrast !== undefined && contrast < LOW_CONTRAST) {
      warnings.push(
        `In ${split}, crack is not darker than the rest (median contrast ${
          contrast.toFixed(2)
        }): masks may be inverted, shifted or those of other photos.`,
      );
    }
    if (withCrack + withoutCrack > 0 && withCrack === 0) {
      warnings.push(`In ${split}, no photo shows a crack.`);
    }
  }
  const misfits = photos.filter(({ misfit }) => misfit).length;
  if (misfits > 0) {
    warnings.push(
      `${misfits === 1 ? "1 mask does" : `${misfits} masks do`} not fit ${
        misfits === 1 ? "its photo" : "their photos"
      } as ${misfits === 1 ? "it is" : "they are"}.`,
    );
  }
  return warnings;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

function median(ascending: readonly number[]): number {
  const middle = ascending.length >> 1;
  return ascending.length % 2 === 1 ? ascending[middle] : (ascending[middle - 1] + ascending[middle]) / 2;
}

/** The most frequent first. */
function tally(values: readonly string[]): Tally[] {
  return [...Map.groupBy(values, (value) => value)]
    .map(([value, { length }]) => ({ value, count: length }))
    .sort((a, b) => b.count - a.count);
}

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
  // What is wrong with a mask before what may be looked at.
  const warnings = examination.photos.filter((photo) => photo.warnings.length > 0)
    .sort((a, b) => Number(b.misfit ?? false) - Number(a.misfit ?? false))
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
function mostFrequent(tallies: readonly Tally[]): string {
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
    `${split}: ${mostFrequent(sizes)}${masks.length > 0 ? `; masks: ${mostFrequent(masks)}` : ""}`
  );
  return [columns(rows), ...kinds, ""].join("\n");
}
