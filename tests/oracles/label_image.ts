import type { PlaneSource } from "../../core/gpu/compute.ts";
import type { Recipe } from "../../core/label/recipe.ts";
import { pixelScoresOracle } from "./average_patch_scores.ts";
import { bilateralFilterOracle } from "./bilateral_filter.ts";
import { extractPatchesOracle } from "./extract_patches.ts";
import { grayscaleOracle } from "./grayscale.ts";
import { morphologyOracle } from "./morphology.ts";
import { patchThresholdOracle } from "./patch_threshold.ts";
import { resizeOracle } from "./resize.ts";

/** The two things that the method asks of a classifier, as plain functions. */
export interface OracleClassifier {
  /** P(crack) of one patch of RGB values. */
  score(patch: readonly number[]): number;
  /** Class evidence of the photo at the resolution of the last feature map, after the ReLU, before the division. */
  evidence(photo: PlaneSource): PlaneSource;
}

/** The confidence map of a photo by the method's stages, each by its own oracle. */
export function labelOracle(photo: PlaneSource, recipe: Recipe, classifier: OracleClassifier): Float64Array {
  const located = localisationOracle(photo, recipe, classifier);
  const dark = thresholdOracle(photo, recipe);

  // Stages 9 to 11, on the 0..255 scale.
  const product = Float32Array.from(located, (value, i) => value * dark[i] * 255);
  if (recipe.bilateralRound) product.forEach((value, i) => product[i] = Math.round(value));
  const denoised = denoiseOracle({ ...photo, channels: 1, data: product }, recipe);
  const shape = { size: recipe.closingSize, iterations: recipe.closingIterations };
  const closed = morphologyOracle("erode", morphologyOracle("dilate", denoised, shape), shape);
  return Float64Array.from(closed.data, (value) => value / 255);
}

/** Stages 2 to 5. */
function localisationOracle(photo: PlaneSource, recipe: Recipe, classifier: OracleClassifier): Float32Array {
  const { width, height } = photo;
  const patches = patchMapOracle(photo, recipe, classifier);
  const evidence = resizeOracle(classifier.evidence(photo), { width, height, filter: "lanczos3" });
  const peak = Math.max(...evidence);
  const data = Float32Array.from(patches, (score, i) => {
    const activation = peak > 0 ? Math.max(0, evidence[i]) / peak : 0;
    const mean = (score + activation) / 2;
    return mean > recipe.localisationThreshold ? mean : 0;
  });
  const shape = { size: recipe.erosionSize, iterations: recipe.erosionIterations };
  return Float32Array.from(morphologyOracle("erode", { width, height, channels: 1, data }, shape).data);
}

/** Stages 2 and 3. */
function patchMapOracle(photo: PlaneSource, recipe: Recipe, classifier: OracleClassifier): Float64Array {
  const { width, height } = photo;
  const { patchSize: size, patchStride: stride, patchFilter: filter } = recipe;
  const corners: [number, number][] = [];
  const cells = recipe.patchGrid === "cells";
  const [first, lastX, lastY] = cells
    ? [stride - size, width - 1, height - 1]
    : [0, Math.ceil(width / size) * size - size, Math.ceil(height / size) * size - size];
  for (let y = first; y <= lastY; y += stride) {
    for (let x = first; x <= lastX; x += stride) corners.push([x, y]);
  }
  let scores = corners.map((corner) => classifier.score(extractPatchesOracle(photo, size, [corner])));
  if (recipe.patchRound) scores = scores.map((score) => Math.round(score * 255) / 255);

  let grid: PlaneSource, box: [number, number, number, number];
  if (cells) {
    const columns = Math.ceil(width / stride), rows = Math.ceil(height / stride);
    const pixels = pixelScoresOracle(scores, { width, height, size, stride });
    const data = Float32Array.from({ length: columns * rows }, (_, i) => {
      return pixels[Math.floor(i / columns) * stride * width + (i % columns) * stride];
    });
    [grid, box] = [{ width: columns, height: rows, channels: 1, data }, [
      0,
      0,
      width / stride,
      height / stride,
    ]];
  } else {
    const columns = lastX / stride + 1, rows = lastY / stride + 1;
    [grid, box] = [{ width: columns, height: rows, channels: 1, data: Float32Array.from(scores) }, [
      0,
      0,
      columns,
      rows,
    ]];
  }
  return resizeOracle(grid, { width, height, filter, box }).map((value) => Math.min(1, Math.max(0, value)));
}

/** Stages 6 to 8. */
function thresholdOracle(photo: PlaneSource, recipe: Recipe): Float64Array {
  const grey = Float32Array.from(grayscaleOracle(denoiseOracle(photo, recipe), recipe.greyWeights));
  return patchThresholdOracle({ ...photo, channels: 1, data: grey }, {
    patchSize: recipe.thresholdPatchSize,
    stride: recipe.thresholdStride,
    classes: recipe.thresholdClasses,
  });
}

/** Stages 6 and 10. */
function denoiseOracle(image: PlaneSource, recipe: Recipe): PlaneSource {
  const data = bilateralFilterOracle(image, {
    radius: recipe.bilateralRadius,
    sigmaSpace: recipe.bilateralSigmaSpace,
    sigmaRange: recipe.bilateralSigmaRange,
    window: recipe.bilateralWindow,
    distance: recipe.bilateralDistance,
    round: recipe.bilateralRound,
  });
  return { ...image, data: Float32Array.from(data) };
}
