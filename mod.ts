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
export { type CheckpointPrecision, type TrainingRecord } from "./models/checkpoint.ts";
export { type ClassifierOptions, createClassifier } from "./models/classifier.ts";
export { exportTfjs, type ExportTfjsOptions } from "./models/export_tfjs.ts";
export type { TfjsFiles, TfjsPrecision } from "./models/encode_tfjs.ts";
export type { Head } from "./models/head.ts";
export { loadClassifier } from "./models/load_classifier.ts";
export type { NetworkClassifier } from "./models/network_classifier.ts";
export type { NetworkOptions } from "./models/architectures.ts";
export type { Arch } from "./models/network.ts";
export type { InputScaling } from "./models/network.ts";
export type { ResnetArch, ResnetOptions } from "./models/resnet.ts";
export { saveCheckpoint, type SaveCheckpointOptions } from "./models/save_checkpoint.ts";
export {
  createSegmenter,
  type PredictOptions,
  type Segmenter,
  type SegmenterOptions,
} from "./models/segmentation/segmenter.ts";
export { loadSegmenter } from "./models/segmentation/load_segmenter.ts";
export { saveSegmenter } from "./models/segmentation/save_segmenter.ts";
export type { SegmentationNetworkOptions } from "./models/segmentation/architectures.ts";
export type { SegmentationArch } from "./models/segmentation/segmentation_network.ts";
