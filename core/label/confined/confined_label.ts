import { POSSIBLE } from "../../datasets/patch_labels.ts";
import { defaultFit, type LocalFitSettings, partlyFitted } from "../local_fit.ts";
import { dropSpecks } from "./specks.ts";

/** Every parameter of the pseudo label of a photo whose patches are labelled, as a plain object. */
export interface ConfinedSettings {
  /** What is fitted to the photo's grey values. */
  readonly fit: LocalFitSettings;
  /** What the fit counts beside the networks, 0..1. */
  readonly fitShare: number;
  /** The cut is this share of Otsu's threshold of the values where crack is possible, … */
  readonly cutShare: number;
  /** … within these bounds. */
  readonly cutRange: readonly [least: number, most: number];
  /** Values this near the cut are unsure. */
  readonly margin: number;
  /** What unsure pixels count in a training, 0..1. */
  readonly unsureWeight: number;
  /** Where a photo is labelled as a whole: such a share, … */
  readonly wholeCutShare: number;
  /** … and bounds. */
  readonly wholeCutRange: readonly [least: number, most: number];
  /** There, values from the margin below the cut down to this are unsure, too. */
  readonly wholeClear: number;
  /** There, connected pixels (of eight neighbours) that are fewer are no crack, but unsure. */
  readonly speckPixels: number;
}

/** The settings of `teach`. */
export const confinedSettings: ConfinedSettings = {
  fit: defaultFit,
  fitShare: 0.5,
  cutShare: 1.2,
  cutRange: [0.3, 0.7],
  margin: 0.1,
  unsureWeight: 0.4,
  wholeCutShare: 1.7,
  wholeCutRange: [0.5, 0.75],
  wholeClear: 0.25,
  speckPixels: 25,
};

/** What a {@linkcode confinedLabel} is made of. */
export interface ConfinedLabelOptions {
  readonly width: number;
  readonly height: number;
  /** How sure networks are of crack, 0..1, row-major. */
  readonly confidence: Float32Array;
  /** Where crack is possible by the labels of patches: {@linkcode POSSIBLE}, row-major. */
  readonly possible: Uint8Array;
  /** The photo's grey values, 0..255, row-major. Without, networks speak alone. */
  readonly grey?: Float32Array;
  /**
   * Where a classifier finds crack, 0..1, row-major, of a photo that is labelled as a whole. It takes the place of the patches, which then
   * say nothing.
   */
  readonly localisation?: Float32Array;
  readonly settings?: ConfinedSettings;
}

/** A pseudo label, and how much is known of each of its pixels. */
export interface ConfinedLabel {
  /** 0..1, row-major. */
  readonly confidence: Float32Array;
  /** 1 for crack, row-major. */
  readonly mask: Uint8Array;
  /** Ones in the mask. */
  readonly crackPixels: number;
  /** What each pixel counts in a training, as value / 255. */
  readonly weight: Uint8Array;
  /** The confidence above which a pixel was called crack. */
  readonly cut: number;
}

/**
 * The pseudo label of a photo whose patches are labelled crack or crack-free. On photos to train on localisation need not be predicted: a pixel
 * can be crack only where every patch over it is labelled crack, and what lies under a crack-free patch is no crack, for sure.
 *
 *     v = (1 − s) p + s w where crack is possible, else 0      p by networks; w = localFit(grey values), s = fitShare
 *     √(v · l) in the place of v                               where only the whole photo is labelled; l by a classifier
 *
 * It is cut at a share of Otsu's threshold of the values where crack is possible. Pixels near the cut are unsure and count less.
 */
export function confinedLabel(
  { width, height, confidence, possible, grey, localisation, settings = confinedSettings }:
    ConfinedLabelOptions,
): ConfinedLabel {
  const whole = localisation !== undefined;
  const { fitShare: share, fit } = settings;
  const fitted = grey === undefined || share === 0
    ? confidence
    : partlyFitted(grey, { width, height, confidence, possible, settings: fit, share });
  const values = fitted.map((v, i) => {
    if (possible[i] !== POSSIBLE.crack) return 0;
    return whole ? Math.sqrt(v * localisation[i]) : v;
  });
  const [cutShare, range] = whole
    ? [settings.wholeCutShare, settings.wholeCutRange]
    : [settings.cutShare, settings.cutRange];
  const cut = cutOf(values, possible, { share: cutShare, range });
  const mask = new Uint8Array(values.length);
  for (const [i, value] of values.entries()) mask[i] = Number(value > cut);
  const specks = whole ? dropSpecks(mask, { width, height, least: settings.speckPixels }) : undefined;
  const weight = new Uint8Array(values.length);
  const unsure = Math.round(255 * settings.unsureWeight), clear = whole ? settings.wholeClear : -Infinity;
  let crackPixels = 0;
  for (const [i, value] of values.entries()) {
    crackPixels += mask[i];
    if (possible[i] === POSSIBLE.unknown) continue;
    const near = Math.abs(value - cut) < settings.margin || (value < cut && value > clear && whole);
    weight[i] = possible[i] !== POSSIBLE.never && (near || specks?.[i] === 1) ? unsure : 255;
  }
  return { confidence: values, mask, crackPixels, weight, cut };
}

/** Bins of the histogram that the cut is found in. */
const BINS = 256;

/** A share of the two-class Otsu threshold of the values where crack is possible, within bounds. */
function cutOf(
  values: Float32Array,
  possible: Uint8Array,
  { share, range: [least, most] }: { readonly share: number; readonly range: readonly [number, number] },
): number {
  const histogram = new Float64Array(BINS);
  for (const [i, value] of values.entries()) {
    if (possible[i] === POSSIBLE.crack) histogram[Math.min(BINS - 1, Math.floor(value * BINS))]++;
  }
  const all = histogram.reduce((sum, count) => sum + count, 0);
  const total = histogram.reduce((sum, count, bin) => sum + count * bin, 0);
  let below = 0, belowSum = 0, best = 0, threshold = 0;
  for (let bin = 0; bin < BINS - 1; bin++) {
    below += histogram[bin];
    belowSum += histogram[bin] * bin;
    const above = all - below;
    if (below === 0 || above === 0) continue;
    const variance = below * above * (belowSum / below - (total - belowSum) / above) ** 2;
    if (variance > best) [best, threshold] = [variance, bin + 1];
  }
  return Math.min(most, Math.max(least, share * threshold / BINS));
}
