import type { Sweep } from "../../../core/metrics/sweep_result.ts";
import { countsOf, qualityOf, quotient, sum, type SweptImage } from "../../../core/metrics/swept_image.ts";

/** How good masks are: what was called crack at one threshold. */
export interface MaskFigures {
  /** The mean over photos of F1, 0..1. */
  readonly f1: number;
  /** Pixels that are called crack over those that are, of all photos together; 0 where none is crack. */
  readonly area: number;
  /** Share of all pixels that are called crack. */
  readonly called: number;
  /** Share of the photos in which no pixel is. */
  readonly calm: number;
}

/** The middle of the thresholds, in hundredths: any but 0 tells the 0 of a mask from its 1. */
const MIDDLE = 50;

/** The figures of masks; of confidences, where they are at least 0.5. */
export function maskFigures(images: readonly SweptImage[]): MaskFigures {
  const counts = images.map((image) => countsOf(image)[MIDDLE]);
  const predicted = sum(counts.map(({ predicted }) => predicted));
  const crack = sum(counts.map(({ crack }) => crack));
  const background = sum(counts.map(({ background }) => background));
  const calm = counts.filter(({ predicted }) => predicted === 0).length;
  return {
    f1: quotient(sum(counts.map((one) => qualityOf(one).f1)), counts.length),
    area: quotient(predicted, crack),
    called: quotient(predicted, crack + background),
    calm: quotient(calm, counts.length),
  };
}

/** What a sweep knows of each photo. */
export function sweptImages(sweep: Sweep): readonly SweptImage[] {
  return sweep.toJSON().images;
}

/** Photos by what their names say of the ground: `br` of `br-0815.jpg`; those without such a beginning are left out. */
export function bySurface(images: readonly SweptImage[]): ReadonlyMap<string, readonly SweptImage[]> {
  const surfaces = Map.groupBy(images, ({ name }) => /(?:^|\/)([a-z]+)-[^/]*$/i.exec(name)?.[1]);
  return new Map([...surfaces].flatMap(([surface, of]) => surface === undefined ? [] : [[surface, of]]));
}
