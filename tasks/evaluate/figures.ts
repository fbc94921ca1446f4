import type { Sweep } from "../../core/metrics/sweep_result.ts";
import { countsOf, sum } from "../../core/metrics/swept_image.ts";

/** An evaluation in figures; `Sweep` says how each is defined. All are 0..1 but the counts. */
export interface Figures {
  readonly images: number;
  readonly ods: { readonly macro: number; readonly meanPr: number; readonly micro: number };
  readonly ois: number;
  /** Of the mean precision and recall of images. */
  readonly ap: number;
  /** Of the counts of all images, without a tolerance. */
  readonly meanIou: number;
  /** Where each is reached. */
  readonly thresholds: {
    readonly macro: number;
    readonly meanPr: number;
    readonly micro: number;
    readonly meanIou: number;
  };
  readonly iou: { readonly crack: number; readonly background: number };
  /** Images without crack in which nothing is called crack at the threshold of the macro ODS: their F1 counts as 1. */
  readonly emptyImages: number;
  /** Pixels. */
  readonly tolerance: number;
}

/** An evaluation on images without crack: no figure says how well cracks are found. */
export interface UndefinedFigures {
  readonly images: number;
  readonly ods: null;
  readonly ois: null;
  readonly ap: null;
  readonly meanIou: null;
  /** Why, and what can be said. */
  readonly undefined: string;
  /** Pixels. */
  readonly tolerance: number;
}

/** What can be said of a sweep without crack; nothing of one with some. */
export function undefinedFigures(sweep: Sweep): UndefinedFigures | undefined {
  if (sweep.crackPixels > 0) return undefined;
  const { tolerance, size: images } = sweep;
  return { images, ods: null, ois: null, ap: null, meanIou: null, undefined: whyUndefined(sweep), tolerance };
}

/**
 * The figures of a sweep of at least one image.
 *
 * @throws {RangeError} if no pixel is crack in truth: an F1 of 1 for finding nothing is no score.
 */
export function figuresOf(sweep: Sweep): Figures {
  if (sweep.crackPixels === 0) throw new RangeError(`Cannot give a score: ${whyUndefined(sweep)}`);
  const macro = sweep.ods();
  const meanPr = sweep.ods({ definition: "mean-pr" });
  const micro = sweep.ods({ definition: "micro" });
  const { value: meanIou, threshold, crack, background } = sweep.meanIou();
  return {
    images: sweep.size,
    ods: { macro: macro.value, meanPr: meanPr.value, micro: micro.value },
    ois: sweep.ois(),
    ap: sweep.ap(),
    meanIou,
    thresholds: {
      macro: macro.threshold,
      meanPr: meanPr.threshold,
      micro: micro.threshold,
      meanIou: threshold,
    },
    iou: { crack, background },
    emptyImages: macro.emptyImages,
    tolerance: sweep.tolerance,
  };
}

/** The middle of the thresholds, in hundredths. */
const MIDDLE = 50;

function whyUndefined(sweep: Sweep): string {
  const counts = sweep.toJSON().images.map((image) => countsOf(image)[MIDDLE]);
  const called = sum(counts.map(({ predicted }) => predicted));
  const pixels = sum(counts.map(({ background }) => background));
  const some = counts.filter(({ predicted }) => predicted > 0).length;
  return `none of ${sweep.size} ${
    sweep.size === 1 ? "image" : "images"
  } shows crack in truth, so that there is none to find. ` +
    `At a threshold of 0.5, ${
      (100 * called / Math.max(1, pixels)).toFixed(2)
    } % of their pixels are called crack, in ${some} of them.`;
}

/** Name, value and threshold of each figure, as texts for a table. */
export function figureRows({ ods, ois, ap, meanIou, thresholds, iou }: Figures): [string, string, string][] {
  const value = (share: number): string => share.toFixed(4);
  const at = (threshold: number): string => threshold.toFixed(2);
  return [
    ["ODS macro", value(ods.macro), at(thresholds.macro)],
    ["ODS mean-pr", value(ods.meanPr), at(thresholds.meanPr)],
    ["ODS micro", value(ods.micro), at(thresholds.micro)],
    ["OIS", value(ois), "each its own"],
    ["AP", value(ap), "all"],
    ["mean IoU", value(meanIou), at(thresholds.meanIou)],
    ["IoU of crack", value(iou.crack), at(thresholds.meanIou)],
    ["IoU of background", value(iou.background), at(thresholds.meanIou)],
  ];
}
