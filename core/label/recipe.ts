import { BOOLEAN, NUMBER, numbers, oneOf, optionsSchema, type Schema, TEXT, textOr } from "../arguments.ts";

/**
 * Every parameter of the labelling method, one plain object. An ablation is a spread with one change:
 * `{ ...recipes.paper, name: "no erosion", erosionIterations: 0 }`.
 *
 * The numbers of the stages are those of the method's description in {@linkcode labelImage}.
 */
export interface Recipe {
  /** Name in manifests and tables. */
  name: string;

  /** Stage 2: side of the patches that the classifier scores, pixels. */
  patchSize: number;
  /** Stage 2: distance of neighbouring patches, pixels; divides `patchSize`. */
  patchStride: number;
  /**
   * Stages 2 and 3: `cells` pads all four borders so that every pixel lies under (size / stride)² patches, averages these on
   * the stride grid, and lays each cell at its true place. `stretched` pads right and bottom to a multiple of the patch size
   * and stretches the grid of scores over the image.
   */
  patchGrid: "cells" | "stretched";
  /** Stage 3: filter that brings the map to the image's size. */
  patchFilter: "lanczos3" | "hamming" | "bilinear" | "nearest";
  /** Stage 3: round the scores to 8 bits before they are resized. */
  patchRound: boolean;

  /** Stage 4: how channels of the last feature map are weighted; `none` leaves the stage out. */
  cam: "grad-cam++" | "grad-cam" | "none";
  /** Stage 4: the class whose evidence is mapped: crack, or the one that wins on the whole image. */
  camClass: "crack" | "winner";
  /** Stage 4: differentiate the class's logit or its probability after the softmax. */
  camGradient: "logit" | "probability";
  /** Stage 4: images with a side longer than this, in pixels, are shown to the classifier in tiles of its training size. */
  camTile: number;

  /** Stage 5: mean confidences at or below become 0. */
  localisationThreshold: number;
  /** Stage 5: window of one grey-level erosion, pixels, odd. */
  erosionSize: number;
  /** Stage 5: erosions; 0 leaves them out. */
  erosionIterations: number;

  /** Stages 6 and 10: radius of the bilateral filter's window, pixels; 0 leaves both stages out. */
  bilateralRadius: number;
  /** Stages 6 and 10: σ of the spatial kernel, pixels. */
  bilateralSigmaSpace: number;
  /** Stages 6 and 10: σ of the range kernel, grey levels. */
  bilateralSigmaRange: number;
  /** Stages 6 and 10: taps of the window: all, or those within the radius. */
  bilateralWindow: "square" | "disc";
  /** Stages 6 and 10: colour distance: Euclidean, or the sum of absolute differences. */
  bilateralDistance: "l2" | "l1";
  /** Stages 6 and 10: round the filtered values to integers. */
  bilateralRound: boolean;

  /** Stage 7: weights of red, green and blue. */
  greyWeights: readonly [red: number, green: number, blue: number];

  /** Stage 8: side of the patches that are thresholded, pixels. */
  thresholdPatchSize: number;
  /** Stage 8: distance of neighbouring patches, pixels; divides `thresholdPatchSize`. */
  thresholdStride: number;
  /** Stage 8: classes of Otsu's method. */
  thresholdClasses: 2 | 3;

  /** Stage 11: window of the grey-level closing, pixels, odd. */
  closingSize: number;
  /** Stage 11: closings; 0 leaves them out. */
  closingIterations: number;

  /** Stage 12: a pixel is crack when its confidence exceeds this. */
  labelThreshold: number;
  /** Stage 12: crack pixels that a label needs to be used for training. */
  minCrackPixels: number;
}

/** What the text and equations of König et al. say. */
const paper: Recipe = {
  name: "paper",
  patchSize: 32,
  patchStride: 16,
  patchGrid: "cells",
  patchFilter: "lanczos3",
  patchRound: false,
  cam: "grad-cam++",
  camClass: "crack",
  camGradient: "logit",
  camTile: 1024,
  localisationThreshold: 0.5,
  erosionSize: 3,
  erosionIterations: 4,
  bilateralRadius: 2,
  bilateralSigmaSpace: 120,
  bilateralSigmaRange: 120,
  bilateralWindow: "square",
  bilateralDistance: "l2",
  bilateralRound: false,
  greyWeights: [0.299, 0.587, 0.114],
  thresholdPatchSize: 32,
  thresholdStride: 8,
  thresholdClasses: 3,
  closingSize: 3,
  closingIterations: 1,
  labelThreshold: 0,
  minCrackPixels: 100,
};

/** What the authors' published code does where it departs from the paper. */
const reference: Recipe = {
  ...paper,
  name: "reference",
  patchGrid: "stretched",
  patchFilter: "hamming",
  patchRound: true,
  camClass: "winner",
  camGradient: "probability",
  bilateralWindow: "disc",
  bilateralDistance: "l1",
  bilateralRound: true,
  greyWeights: [0.114, 0.587, 0.299],
};

/**
 * The two named recipes: `paper` follows the text of König et al., `reference` the code that the authors published.
 *
 * @example
 * ```ts
 * import { recipes } from "../../mod.ts";
 *
 * const twoClasses = { ...recipes.paper, name: "two-class Otsu", thresholdClasses: 2 as const };
 * console.log(twoClasses.thresholdClasses); // 2
 * ```
 */
export const recipes: { readonly paper: Readonly<Recipe>; readonly reference: Readonly<Recipe> } = {
  paper,
  reference,
};

/** The name of a recipe. */
export type RecipeName = keyof typeof recipes;

/** A recipe, or the name of one. */
export const RECIPE: Schema<RecipeName | Recipe> = textOr(
  oneOf("paper", "reference"),
  optionsSchema<Recipe>({
    name: TEXT,
    patchSize: NUMBER,
    patchStride: NUMBER,
    patchGrid: oneOf("cells", "stretched"),
    patchFilter: oneOf("lanczos3", "hamming", "bilinear", "nearest"),
    patchRound: BOOLEAN,
    cam: oneOf("grad-cam++", "grad-cam", "none"),
    camClass: oneOf("crack", "winner"),
    camGradient: oneOf("logit", "probability"),
    camTile: NUMBER,
    localisationThreshold: NUMBER,
    erosionSize: NUMBER,
    erosionIterations: NUMBER,
    bilateralRadius: NUMBER,
    bilateralSigmaSpace: NUMBER,
    bilateralSigmaRange: NUMBER,
    bilateralWindow: oneOf("square", "disc"),
    bilateralDistance: oneOf("l2", "l1"),
    bilateralRound: BOOLEAN,
    greyWeights: numbers("red", "green", "blue"),
    thresholdPatchSize: NUMBER,
    thresholdStride: NUMBER,
    thresholdClasses: oneOf(2, 3),
    closingSize: NUMBER,
    closingIterations: NUMBER,
    labelThreshold: NUMBER,
    minCrackPixels: NUMBER,
  }),
);

/** The recipe of a name; a recipe itself stays what it is. */
export function recipeOf(recipe: RecipeName | Recipe): Recipe {
  return typeof recipe === "string" ? recipes[recipe] : recipe;
}
