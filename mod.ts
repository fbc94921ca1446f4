/**
 * Hairline turns photographs that are only labelled *crack* / *no crack* into pixel masks, and trains crack segmentation
 * networks on them. Kernels run on WebGPU, networks on tfjs; nothing needs a permission but the files that you name.
 *
 * @example Label a photo
 * ```ts
 * import { decodeImage, encodePng, labelImage, loadClassifier, openCompute } from "./mod.ts";
 *
 * using compute = await openCompute();
 * using classifier = await loadClassifier();
 * const image = await decodeImage(await Deno.readFile("tasks/demo/304.jpg"));
 * const { width, height, mask, crackPixels } = await labelImage(compute, image, { classifier });
 * const png = await encodePng({ width, height, channels: 1, data: mask.map((value) => value * 255) });
 * console.log(`${crackPixels} of ${width * height} pixels are crack: a mask of ${png.length} bytes.`);
 * ```
 *
 * @module
 */
export * from "./core/mod.ts";
export type { CheckpointPrecision, TrainingRecord } from "./models/checkpoint/checkpoint.ts";
export type { NetworkOptions } from "./models/classifier/architectures.ts";
export {
  loadClassifier,
  saveCheckpoint,
  type SaveCheckpointOptions,
} from "./models/classifier/checkpoint.ts";
export {
  type ClassifierOptions,
  createClassifier,
  type NetworkClassifier,
} from "./models/classifier/classifier.ts";
export type { ClassificationCounts } from "./models/classifier/evaluate_classifier.ts";
export type { PatchFeed } from "./models/classifier/patch_feed.ts";
export {
  prepareClassifierForInference,
  type PrepareClassifierOptions,
  trainClassifier,
  type TrainClassifierOptions,
  type TrainingStep,
} from "./models/classifier/train_classifier.ts";
export type { Arch } from "./models/classifier/classifier_network.ts";
export type { Head } from "./models/classifier/head.ts";
export type { ResnetArch, ResnetOptions } from "./models/classifier/resnet.ts";
export { exportTfjs, type ExportTfjsOptions } from "./models/export/export_tfjs.ts";
export type { TfjsFiles, TfjsPrecision } from "./models/export/tfjs_model.ts";
export type { InputScaling } from "./models/layers/input_scaling.ts";
export type { SegmentationNetworkOptions } from "./models/segmenter/architectures.ts";
export { loadSegmenter, saveSegmenter } from "./models/segmenter/checkpoint.ts";
export type { CropFeed } from "./models/segmenter/crop_feed.ts";
export type { SegmentationLoss } from "./models/segmenter/losses.ts";
export {
  prepareSegmenterForInference,
  type PrepareSegmenterOptions,
  trainSegmenter,
  type TrainSegmenterOptions,
} from "./models/segmenter/train_segmenter.ts";
export {
  type LearningRate,
  type OneCycleOptions,
  oneCycleSchedule,
  stepSchedule,
  type StepScheduleOptions,
} from "./models/training/learning_rate.ts";
export { MomentumSgd, type MomentumSgdOptions } from "./models/training/momentum.ts";
export type { SgdSchedule, SgdStep } from "./models/training/sgd.ts";
export type { SegmentationArch } from "./models/segmenter/segmentation_network.ts";
export {
  createSegmenter,
  type PredictDirectionsOptions,
  type PredictOptions,
  type Segmenter,
  type SegmenterOptions,
} from "./models/segmenter/segmenter.ts";
