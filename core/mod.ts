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
export {
  type AnnotatedPhoto,
  type CrackInstance,
  crackInstances,
  type CrackInstancesOptions,
  type Instances,
} from "./annotations/annotated_photo.ts";
export type {
  AnnotationFile,
  AnnotationSet,
  MarkedArea,
  MarkedPhoto,
  Shapes,
  UnusableShapes,
} from "./annotations/annotation_format.ts";
export type { Bitmap, Region, Size } from "./annotations/bitmap.ts";
export { type CocoRle, decodeCocoRle, encodeCocoRle } from "./annotations/coco_rle.ts";
export { ANNOTATION_FORMATS, type AnnotationFormatName } from "./annotations/formats.ts";
export { openAnnotations, type OpenAnnotationsOptions } from "./annotations/open_annotations.ts";
export { writeAnnotations, type WriteAnnotationsOptions } from "./annotations/write_annotations.ts";
export type { DatasetProblem } from "./datasets/layout.ts";
export { type Layout, LAYOUTS } from "./datasets/layouts.ts";
export type { MaskForm } from "./datasets/mask_form.ts";
export { type Dataset, openDataset, type OpenDatasetOptions } from "./datasets/open_dataset.ts";
export { openPatchFolder, type PatchFolder, type WholePhoto } from "./datasets/patch_folder.ts";
export {
  countLabels,
  isLabelledAsWhole,
  type LabelCount,
  type LabelledPatch,
  patchLabelled,
  type PatchLabels,
  patchLabelsOfMask,
  POSSIBLE,
  possibleCrack,
  requireBothClasses,
  wholePhotoLabels,
} from "./datasets/patch_labels.ts";
// DatasetSample is what earlier programs know a sample by.
export type {
  ReadSampleOptions,
  Sample,
  Sample as DatasetSample,
  Truth,
  TruthMask,
} from "./datasets/sample.ts";
export type { RowRange, RowsNeeded } from "./gpu/bands.ts";
export { Compute, type ComputeOptions, type Dispatch, Plane, type PlaneSource } from "./gpu/compute.ts";
export { defineKernel, type Kernel } from "./gpu/kernel.ts";
export { openCompute } from "./gpu/open_compute.ts";
export type { PlaneShape } from "./gpu/plane_shape.ts";
export type { KernelTiming } from "./gpu/timings.ts";
export type { UniformField, UniformStruct, UniformValues } from "./gpu/uniforms.ts";
export { decodeImage, type DecodeImageOptions } from "./images/decode_image.ts";
export { encodeJpeg, type EncodeJpegOptions } from "./images/encode_jpeg.ts";
export { encodePng, type PngSource } from "./images/encode_png.ts";
export { uploadImage, type UploadImageOptions } from "./images/upload_image.ts";
export { activationMap } from "./kernels/activation_map.ts";
export { applyThreshold, type CellThresholds } from "./kernels/apply_threshold.ts";
export { augment, type Augmentation, type AugmentOptions, defaultAugmentation } from "./kernels/augment.ts";
export { averagePatchScores, type AveragePatchScoresOptions } from "./kernels/average_patch_scores.ts";
export { bilateralFilter, type BilateralFilterOptions } from "./kernels/bilateral_filter.ts";
export { connectedComponents } from "./kernels/connected_components.ts";
export { distanceTransform } from "./kernels/distance_transform.ts";
export {
  type CoveringGrid,
  coveringGrid,
  extractPatches,
  type ExtractPatchesOptions,
} from "./kernels/extract_patches.ts";
export { extractPatchesAt, type ExtractPatchesAtOptions } from "./kernels/extract_patches_at.ts";
export { grayscale, type GrayscaleOptions } from "./kernels/grayscale.ts";
export { guidedFilter, type GuidedFilterOptions } from "./kernels/guided_filter.ts";
export { maximum } from "./kernels/maximum.ts";
export { close, dilate, erode, type MorphologyOptions, open } from "./kernels/morphology.ts";
export { niblackThreshold, type NiblackThresholdOptions } from "./kernels/niblack_threshold.ts";
export { type OtsuOptions, otsuThresholds } from "./kernels/otsu_thresholds.ts";
export { patchThreshold, type PatchThresholdOptions } from "./kernels/patch_threshold.ts";
export {
  binarise,
  type BinariseOptions,
  localise,
  type LocaliseOptions,
  multiply,
  normalise,
  scale,
  type ScaleOptions,
} from "./kernels/pointwise.ts";
export {
  frangiFilter,
  type FrangiFilterOptions,
  satoFilter,
  type SatoFilterOptions,
} from "./kernels/ridge_filter.ts";
export { resize, type ResizeFilter, type ResizeOptions } from "./kernels/resize.ts";
export { sauvolaThreshold, type SauvolaThresholdOptions } from "./kernels/sauvola_threshold.ts";
export { thin } from "./kernels/thin.ts";
export {
  type CamCrfLabel,
  camCrfLabel,
  camCrfLabeller,
  type CamCrfOptions,
  type CrfSolver,
  defaultCrf,
} from "./label/cam_crf/cam_crf_label.ts";
export { denseCrf, type DenseCrfOptions } from "./label/cam_crf/dense_crf.ts";
export { denseCrfOnDevice } from "./label/cam_crf/random_field.ts";
export type { PhotoLabellerOptions } from "./label/photo_labeller.ts";
export {
  aTrousLabeller,
  type ATrousSettings,
  cannyLabeller,
  type CannySettings,
} from "./label/classical/edges.ts";
export {
  niblackLabeller,
  type NiblackSettings,
  sauvolaLabeller,
  type SauvolaSettings,
} from "./label/classical/local_thresholds.ts";
export { oliveiraLabeller, type OliveiraSettings } from "./label/classical/oliveira.ts";
export { multiOtsuLabeller, otsuLabeller } from "./label/classical/otsu.ts";
export {
  frangiLabeller,
  type FrangiSettings,
  satoLabeller,
  type SatoSettings,
} from "./label/classical/ridges.ts";
export { tanakaLabeller, type TanakaSettings } from "./label/classical/tanaka.ts";
export { type Activations, CLASSES, type Classifier } from "./label/classifier.ts";
export type { Flips } from "./label/hairline/flipped_segmenter.ts";
export { hairlineLabeller, type HairlineOptions } from "./label/hairline/hairline_label.ts";
export { defaultHairline, type HairlineSettings } from "./label/hairline/settings.ts";
export { labelImage, type LabelOptions, paperLabeller } from "./label/label_image.ts";
export type {
  Label,
  Labeller,
  LabellerFactory,
  LabellerNetworks,
  LabellerOptions,
  NetworklessFactory,
} from "./label/labeller.ts";
export { type ClassicalId, classicalLabellers, type LabellerId, labellers } from "./label/labellers.ts";
export type { MethodDescription } from "./label/method_description.ts";
export { methods } from "./label/methods.ts";
export { type Recipe, type RecipeName, recipes } from "./label/recipe.ts";
export type { Stage, StageKey, StageKind, StageRows } from "./label/stages.ts";
export { fanLabeller, type FanOptions, type FanSettings } from "./label/weak/fan.ts";
export { inoueLabeller, type InoueOptions, type InoueSettings } from "./label/weak/inoue.ts";
export {
  bandOf,
  parseWidthBands,
  type WidthBand,
  type WidthBands,
  widthBands,
  type WidthBandsId,
} from "./measure/bands.ts";
export { cameraScale, type CameraSetup } from "./measure/camera_scale.ts";
export { componentLabels } from "./measure/component_labels.ts";
export type {
  CrackBranch,
  CrackMeasurement,
  Measured,
  MeasuredCrack,
  MeasuredPoint,
  OrientationCell,
  OrientationMap,
  WidthFigures,
} from "./measure/crack_measurement.ts";
export { type CrackMask, measureCracks, type MeasureCracksOptions } from "./measure/measure_cracks.ts";
export type { Point } from "./measure/skeleton_graph.ts";
export { sweep, sweepAll, type SweepAllOptions, type SweepOptions, type SweepPair } from "./metrics/sweep.ts";
export type { SweepJson } from "./metrics/sweep_json.ts";
export {
  type Averaging,
  type CurvePoint,
  type MeanIou,
  type MeanIouOptions,
  type Ods,
  type OdsDefinition,
  Sweep,
  type SweepRow,
} from "./metrics/sweep_result.ts";
export type { CrackQuality, SweptImage } from "./metrics/swept_image.ts";
export type { OnProgress, PhotoProgress } from "./photo_progress.ts";
export { predictImage, type PredictImageOptions, type Prediction } from "./predict/predict_image.ts";
export {
  defaultScales,
  predictAtScales,
  type PredictAtScalesOptions,
  type ScaledPrediction,
  type ScaleSettings,
} from "./predict/predict_scales.ts";
export type { Segmenting } from "./predict/segmenting.ts";
export { centredCropSampler, type CentredCropSamplerOptions } from "./sampling/centred_crops.ts";
export {
  type DecodedPhoto,
  decodeSample,
  type PartlyKnownCracks,
  type PatchTruth,
  patchTruth,
  type PhotoSource,
  type PixelTruth,
  pixelTruth,
  type TruthOf,
  type WeighedTruth,
} from "./sampling/decoded_photo.ts";
export type { PatchBatch, PatchSampler } from "./sampling/patches.ts";
export {
  type CropBatch,
  type CropSampler,
  cropSampler,
  type CropSamplerOptions,
} from "./sampling/random_crops.ts";
export { randomSampler, type RandomSamplerOptions } from "./sampling/random_patches.ts";
export type { GridOptions } from "./sampling/training_grid.ts";
