/**
 * The compute core: images, kernels and the label recipe on WebGPU, without any tensor library.
 *
 * @example Sixteen grey levels of a crack, thresholded on the device:
 * ```ts
 * import { openCompute, patchThreshold } from "./mod.ts";
 *
 * using compute = await openCompute();
 * const data = Float32Array.from({ length: 64 * 64 }, (_, i) => i % 64 === 30 ? 20 : 150 + i % 7);
 * using grey = compute.upload({ width: 64, height: 64, channels: 1, data });
 * using dark = patchThreshold(grey);
 * console.log((await dark.read())[30]); // 1
 * ```
 *
 * @module
 */
export { activationMap } from "./activation_map.ts";
export { applyThreshold, type CellThresholds } from "./apply_threshold.ts";
export { augment, type AugmentOptions } from "./augment.ts";
export { type Augmentation, defaultAugmentation } from "./augmentation_table.ts";
export { averagePatchScores, type AveragePatchScoresOptions } from "./average_patch_scores.ts";
export type { RowRange, RowsNeeded } from "./bands.ts";
export { bilateralFilter, type BilateralFilterOptions } from "./bilateral_filter.ts";
export { type CamCrfLabel, camCrfLabel, type CamCrfOptions } from "./cam_crf_label.ts";
export { type Activations, CLASSES, type Classifier } from "./classifier.ts";
export { Compute, type ComputeOptions, type Dispatch, type PlaneSource } from "./compute.ts";
export { openCompute } from "./open_compute.ts";
export type { MaskForm } from "./datasets/mask_form.ts";
export { openDataset, type OpenDatasetOptions } from "./datasets/open_dataset.ts";
export {
  type Dataset,
  type DatasetProblem,
  type DatasetSample,
  type Layout,
  LAYOUTS,
  type TruthMask,
} from "./datasets/types.ts";
export { decodeImage, type DecodeImageOptions } from "./decode_image.ts";
export { denseCrf, type DenseCrfOptions } from "./dense_crf.ts";
export { encodeJpeg, type EncodeJpegOptions } from "./encode_jpeg.ts";
export { encodePng, type PngSource } from "./encode_png.ts";
export { extractPatches, type ExtractPatchesOptions } from "./extract_patches.ts";
export { extractPatchesAt, type ExtractPatchesAtOptions } from "./extract_patches_at.ts";
export { grayscale, type GrayscaleOptions } from "./grayscale.ts";
export { guidedFilter, type GuidedFilterOptions } from "./guided_filter.ts";
export { defineKernel, type Kernel } from "./kernel.ts";
export { type Label, labelImage, type LabelOptions } from "./label_image.ts";
export { maximum } from "./maximum.ts";
export { close, dilate, erode, type MorphologyOptions, open } from "./morphology.ts";
export { niblackThreshold, type NiblackThresholdOptions } from "./niblack_threshold.ts";
export { type OtsuOptions, otsuThresholds } from "./otsu_thresholds.ts";
export { type PatchGrid, patchGrid } from "./patch_grid.ts";
export { patchThreshold, type PatchThresholdOptions } from "./patch_threshold.ts";
export { Plane, type PlaneShape } from "./plane.ts";
export {
  binarise,
  type BinariseOptions,
  localise,
  type LocaliseOptions,
  multiply,
  normalise,
  scale,
  type ScaleOptions,
} from "./pointwise.ts";
export { predictImage, type PredictImageOptions, type Prediction } from "./predict_image.ts";
export { type Recipe, recipes } from "./recipe.ts";
export { resize, type ResizeFilter, type ResizeOptions } from "./resize.ts";
export { sauvolaThreshold, type SauvolaThresholdOptions } from "./sauvola_threshold.ts";
export type { Segmenting } from "./segmenting.ts";
export type { Stage, StageKey, StageRows } from "./stages.ts";
export { sweep, sweepAll, type SweepAllOptions, type SweepOptions, type SweepPair } from "./sweep.ts";
export type { SweepJson } from "./sweep_json.ts";
export type {
  Averaging,
  CurvePoint,
  MeanIou,
  MeanIouOptions,
  Ods,
  OdsDefinition,
  SweepRow,
} from "./sweep_metrics.ts";
export { Sweep } from "./sweep_result.ts";
export type { CrackQuality, SweptImage } from "./swept_image.ts";
export type { KernelTiming } from "./timings.ts";
export { uploadImage, type UploadImageOptions } from "./upload_image.ts";
