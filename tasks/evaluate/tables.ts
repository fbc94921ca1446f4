import { compareNames } from "../../core/datasets/list_files.ts";
import type { SweepRow } from "../../core/metrics/sweep_result.ts";
import { columns, printable } from "../cli/terminal.ts";
import { figureRows, type Figures } from "./figures.ts";

/** Images that a terminal shows. */
const SHOWN = 8;

/** The worst images first: by F1 at the threshold that suits all, then at their own. */
export function worstFirst(rows: readonly SweepRow[]): SweepRow[] {
  return rows.toSorted((a, b) => a.f1AtOds - b.f1AtOds || a.f1 - b.f1 || compareNames(a.name, b.name));
}

/** An evaluation for a terminal: the figures, and the worst and the best images. */
export function describeEvaluation(figures: Figures, rows: readonly SweepRow[]): string {
  const { images, tolerance, emptyImages } = figures;
  const sections = [
    `${images} ${images === 1 ? "image" : "images"}, tolerance ${tolerance} px\n`,
    columns([["", "value", "threshold"], ...figureRows(figures)]),
  ];
  if (emptyImages > 0) {
    sections.push(
      `${emptyImages} ${
        emptyImages === 1 ? "image has" : "images have"
      } no crack, nothing is called crack at the threshold of ODS macro, and F1 counts as 1.\n`,
    );
  }
  const ordered = worstFirst(rows);
  if (ordered.length <= 2 * SHOWN) sections.push(imageTable("Images, the worst first", ordered));
  else {
    sections.push(imageTable("The worst images", ordered.slice(0, SHOWN)));
    sections.push(imageTable("The best images", ordered.slice(-SHOWN).reverse()));
  }
  return printable(sections.join("\n"));
}

/** All images as comma-separated values (RFC 4180), in the order in which they were counted. */
export function csvOf(rows: readonly SweepRow[]): string {
  const lines = [
    ["image", "pixels", "crack_pixels", "threshold", "precision", "recall", "f1", "f1_at_ods", "empty"],
    ...rows.map((row) => [
      quote(row.name),
      row.pixels,
      row.crackPixels,
      row.threshold,
      row.precision,
      row.recall,
      row.f1,
      row.f1AtOds,
      row.empty,
    ]),
  ];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function imageTable(title: string, rows: readonly SweepRow[]): string {
  const head = ["image", "crack", "F1 at ODS", "best F1", "threshold", "precision", "recall"];
  const lines = rows.map((row) => [
    row.name,
    `${(100 * row.crackPixels / row.pixels).toFixed(2)} %`,
    row.f1AtOds.toFixed(4),
    row.f1.toFixed(4),
    row.threshold.toFixed(2),
    row.precision.toFixed(4),
    row.recall.toFixed(4),
  ]);
  return `${title}:\n${columns([head, ...lines])}`;
}
