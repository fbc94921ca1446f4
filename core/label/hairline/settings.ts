import { NUMBER, optionsSchema, type Schema, TEXT } from "../../arguments.ts";
import {
  defaultScales,
  requireScales,
  SCALE_SETTINGS,
  type ScaleSettings,
} from "../../predict/predict_scales.ts";
import { TILE_ALIGNMENT } from "../../predict/tiles.ts";
import { OVERLAP } from "./dense_localisation.ts";
import { FLIPS, type Flips } from "./flipped_segmenter.ts";

/**
 * Every parameter of the method `hairline`, one plain object. An ablation is a spread with one change:
 * `{ ...defaultHairline, name: "no localisation", localisation: "none" }`.
 *
 * The numbers of the stages are those of the method's description in {@linkcode hairlineLabeller}.
 */
export interface HairlineSettings {
  /** Name in reports and tables. */
  readonly name: string;

  /** Stage 1: where a classifier finds crack in small patches, from one look at the whole photo; `none` leaves stages 1 and 4 out. */
  readonly localisation: "dense" | "none";
  /** Stage 1: side of the patches, in pixels at the first scale of stage 2, counted in whole cells of the classifier. */
  readonly localisationWindow: number;
  /** Stage 1: a photo of more pixels than a square of this side is shown to the classifier in such squares: a multiple of 32, at least 384. */
  readonly localisationTile: number;

  /** Stage 2: at which scales a segmentation network looks at the photo, and how what it says there is joined. */
  readonly scales: ScaleSettings;
  /** Stage 2: the mirror images that it is shown besides: `horizontal` takes twice as long, `both` four times. */
  readonly flips: Flips;

  /** Stage 3: radius of the guided filter's window, pixels; 0 leaves the filter out. */
  readonly guidedRadius: number;
  /** Stage 3: variance of the photo's grey values of 0..1 below which a window counts as flat. */
  readonly guidedEpsilon: number;

  /** Stage 4: how both confidences are joined: √(network · localisation), or their mean. */
  readonly fusion: "geometric-mean" | "mean";

  /** Stage 5: percentile of the photo's confidences that counts as sure, 0..100; 0 leaves the stage out. */
  readonly stretchPercentile: number;
  /** Stage 5: what is added to it, so that photos without a crack stay calm. */
  readonly stretchOffset: number;

  /** Stage 6: what the photo's grey values count beside the network, 0..1; 0 leaves them out. */
  readonly fitShare: number;
  /** Stage 6: a pixel is crack when its confidence exceeds this. */
  readonly labelThreshold: number;
  /**
   * Stage 6: which connected pixels of them stay: `all`, or those that are `plausible`, long for their area and not straight as along a ruler, in a photo that shows a crack of
   * some length somewhere for sure, and not straight joints. Where something broad cannot be a crack, the coarsest scale is left out.
   */
  readonly pieces: "plausible" | "all";
  /** Stage 6: whether of plausible pieces those `drop` out that are shade by what the photo shows of them. */
  readonly shade: "drop" | "keep";
  /** Stage 7: what is thin goes on where confidences exceed this share of the threshold, 0..1; 1 leaves the stage out. */
  readonly continuation: number;
  /**
   * Stage 8: what the threshold falls to, as a share of it, for cracks that the network is as unsure of as it gets, 0..1; 1 leaves the stage out.
   */
  readonly unsureShare: number;
  /** Stage 9: whether confidences are `adjusted` so that the mask, whatever decided it, is exactly what exceeds the threshold, or stay `raw`. */
  readonly confidences: "adjusted" | "raw";
  /** Crack pixels that a label needs to be used for training. */
  readonly minCrackPixels: number;
}

/**
 * The settings that `label` uses by default.
 *
 * @example
 * ```ts
 * import { defaultHairline, type HairlineSettings } from "../../../mod.ts";
 *
 * const mirrored: HairlineSettings = { ...defaultHairline, name: "mirrored", flips: "both" };
 * console.log(mirrored.scales.levels, mirrored.flips); // 4 both
 * ```
 */
export const defaultHairline: HairlineSettings = {
  name: "hairline",
  localisation: "none",
  localisationWindow: 64,
  localisationTile: 1024,
  scales: defaultScales,
  flips: "none",
  guidedRadius: 0,
  guidedEpsilon: 0.001,
  fusion: "geometric-mean",
  stretchPercentile: 0,
  stretchOffset: 0.15,
  fitShare: 0.5,
  labelThreshold: 0.5,
  pieces: "plausible",
  shade: "drop",
  continuation: 0.5,
  unsureShare: 0.5,
  confidences: "adjusted",
  minCrackPixels: 100,
};

/** The types of all settings; {@linkcode requireHairline} knows their ranges and names. */
export const HAIRLINE_SETTINGS: Schema<HairlineSettings> = optionsSchema<HairlineSettings>({
  name: TEXT,
  localisation: TEXT as Schema<HairlineSettings["localisation"]>,
  localisationWindow: NUMBER,
  localisationTile: NUMBER,
  scales: SCALE_SETTINGS,
  flips: TEXT as Schema<Flips>,
  guidedRadius: NUMBER,
  guidedEpsilon: NUMBER,
  fusion: TEXT as Schema<HairlineSettings["fusion"]>,
  stretchPercentile: NUMBER,
  stretchOffset: NUMBER,
  fitShare: NUMBER,
  labelThreshold: NUMBER,
  pieces: TEXT as Schema<HairlineSettings["pieces"]>,
  shade: TEXT as Schema<HairlineSettings["shade"]>,
  continuation: NUMBER,
  unsureShare: NUMBER,
  confidences: TEXT as Schema<HairlineSettings["confidences"]>,
  minCrackPixels: NUMBER,
});

/** What choices there are, by name. */
export const LOCALISATIONS = ["dense", "none"] as const;
export const FUSIONS = ["geometric-mean", "mean"] as const;
export const PIECES = ["plausible", "all"] as const;
export const SHADE = ["drop", "keep"] as const;
export const CONFIDENCES = ["adjusted", "raw"] as const;

/**
 * Refuses settings that are out of range.
 *
 * @throws {RangeError} that names the first.
 */
export function requireHairline(settings: HairlineSettings): void {
  const demand = (field: keyof HairlineSettings, fits: boolean, wanted: string): void => {
    if (fits) return;
    throw new RangeError(
      `Cannot label by the method hairline with ${field} ${settings[field]}: ${wanted} is wanted.`,
    );
  };
  const named = (names: readonly string[], value: string) => names.includes(value);
  const { localisation, localisationWindow, localisationTile, flips } = settings;
  const {
    fitShare,
    guidedRadius,
    guidedEpsilon,
    fusion,
    stretchPercentile,
    stretchOffset,
    labelThreshold,
    pieces,
    shade,
    continuation,
    unsureShare,
    confidences,
    minCrackPixels,
  } = settings;
  demand("localisation", named(LOCALISATIONS, localisation), LOCALISATIONS.join(" or "));
  demand(
    "localisationWindow",
    localisationWindow > 0 && localisationWindow < Infinity,
    "a positive number of pixels",
  );
  demand(
    "localisationTile",
    localisationTile % TILE_ALIGNMENT === 0 && localisationTile >= 2 * OVERLAP,
    `a multiple of ${TILE_ALIGNMENT} from ${2 * OVERLAP} on`,
  );
  requireScales(settings.scales);
  demand("flips", named(FLIPS, flips), FLIPS.join(" or "));
  demand(
    "guidedRadius",
    Number.isSafeInteger(guidedRadius) && guidedRadius >= 0,
    "a whole number of pixels from 0 on",
  );
  demand("guidedEpsilon", guidedEpsilon > 0 && guidedEpsilon < Infinity, "a positive number");
  demand("fusion", named(FUSIONS, fusion), FUSIONS.join(" or "));
  demand("stretchPercentile", stretchPercentile >= 0 && stretchPercentile <= 100, "a number from 0 to 100");
  demand("stretchOffset", stretchOffset >= 0 && stretchOffset < Infinity, "a number from 0 on");
  demand("fitShare", fitShare >= 0 && fitShare <= 1, "a number from 0 to 1");
  demand("labelThreshold", labelThreshold >= 0 && labelThreshold <= 1, "a number from 0 to 1");
  demand("pieces", named(PIECES, pieces), PIECES.join(" or "));
  demand("shade", named(SHADE, shade), SHADE.join(" or "));
  demand("continuation", continuation >= 0 && continuation <= 1, "a number from 0 to 1");
  demand("unsureShare", unsureShare >= 0 && unsureShare <= 1, "a number from 0 to 1");
  demand("confidences", named(CONFIDENCES, confidences), CONFIDENCES.join(" or "));
  demand("minCrackPixels", minCrackPixels >= 0, "a number from 0 on");
}
