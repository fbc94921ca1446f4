import type { SweptImage } from "../../../core/metrics/swept_image.ts";
import type { Figure, OutcomeTable } from "../outcome.ts";
import { bySurface, maskFigures } from "./mask_figures.ts";

/** What was called crack in photos without one, by one method. */
export interface CrackFreeRow {
  readonly title: string;
  readonly images: readonly SweptImage[];
}

const NOTES = [
  "pixels: share of all pixels that are called crack; calm: share of the photos in which none is.",
  "By surface: as the names of the photos begin, up to the hyphen.",
];

/** How calm methods leave crack-free ground: of all photos, and of each surface where their names tell several. */
export function crackFreeTable(title: string, rows: readonly CrackFreeRow[]): OutcomeTable {
  const surfaces = [...bySurface(rows.flatMap(({ images }) => images)).keys()].toSorted();
  const shown = surfaces.length > 1 ? surfaces : [];
  return {
    title,
    rows: rows.map(({ title, images }) => {
      const of = bySurface(images);
      const each = shown.flatMap((surface) => figuresOf(of.get(surface) ?? [], `${surface}: `));
      return { title, figures: [...figuresOf(images), ...each] };
    }),
    notes: shown.length > 0 ? NOTES : NOTES.slice(0, 1),
  };
}

function figuresOf(images: readonly SweptImage[], prefix = ""): Figure[] {
  const { called, calm } = maskFigures(images);
  return [{ metric: `${prefix}pixels`, ours: called }, { metric: `${prefix}calm`, ours: calm }];
}
