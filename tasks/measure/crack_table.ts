import type { CrackMeasurement, Measured, WidthFigures } from "../../core/measure/crack_measurement.ts";

/** A cell of a table; NaN is empty. Of a place five digits would be a hundred metres: it is in degrees, to a centimetre. */
export type Cell = string | number | undefined | { readonly degrees: number };

const FIGURES = ["mean", "median", "p95", "max"] as const;

/** What stands for every crack and every branch. */
export const MEASURED: readonly string[] = [
  "length_px",
  ...FIGURES.map((figure) => `width_${figure}_px`),
  "width_max_x",
  "width_max_y",
  "width_from",
  "width_is_upper_bound",
  ...FIGURES.map((figure) => `mask_width_${figure}_px`),
  "length_mm",
  ...FIGURES.map((figure) => `width_${figure}_mm`),
  "orientation_deg",
  "tortuosity",
];

/** The heading of `cracks.csv`. */
export const CRACKS: readonly string[] = [
  ...["photo", "crack", ...MEASURED],
  ...["area_px", "area_mm2", "branches", "band"],
];

/** What stands for a crack or a branch, as {@linkcode MEASURED} names it. */
export function measuredCells(measured: Measured): Cell[] {
  const { length, width, widthFrom, widthIsUpperBound, maskWidth, mm, orientation, tortuosity } = measured;
  const figures = (its: Omit<WidthFigures, "maxAt"> | undefined) => FIGURES.map((figure) => its?.[figure]);
  return [
    length,
    ...figures(width),
    width.maxAt?.x,
    width.maxAt?.y,
    widthFrom,
    widthIsUpperBound ? "yes" : "no",
    ...figures(maskWidth),
    mm?.length,
    ...figures(mm?.width),
    orientation,
    tortuosity,
  ];
}

/** The rows of a photo in `cracks.csv`. */
export function crackRows(
  photo: string,
  { cracks }: CrackMeasurement,
  bands: readonly (string | undefined)[] = [],
): Cell[][] {
  return cracks.map((crack, i) => [
    photo,
    i + 1,
    ...measuredCells(crack),
    crack.area,
    crack.areaMm2,
    crack.branches.length,
    bands[i],
  ]);
}

/** A line of a table: RFC 4180, five digits that count. What a spreadsheet would take for a formula gets a quote before it. */
export function csvRow(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(cell: Cell): string {
  if (typeof cell === "object") return String(Number(cell.degrees.toFixed(7)));
  if (typeof cell === "number") {
    if (!Number.isFinite(cell)) return "";
    return Number.isInteger(cell) ? String(cell) : String(Number(cell.toPrecision(5)));
  }
  const text = cell === undefined ? "" : /^[=+@\t\r-]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
