import type { MaskRule } from "../../core/datasets/mask_form.ts";
import { readConfidence, readMask } from "../../core/datasets/read_mask.ts";
import { FileSample, fullName, type Sample } from "../../core/datasets/sample.ts";

/** A photo that was named for a training or a measurement. */
export interface NamedSample {
  /** What cards and messages call it. */
  readonly name: string;
  readonly sample: Sample;
  /** What is known of it: a mask, or its class as a whole; `missing` where its mask is not there, so that it cannot be read. */
  readonly truth: "mask" | "crack" | "no_crack" | "missing";
  /** Whether its mask is a label of a photo beyond those that the others are of: never held back. */
  readonly extra: boolean;
}

/**
 * Which values are crack in masks that are named by their folder, whatever else they hold. Those of datasets are read as their layout says.
 */
const NAMED_MASKS: MaskRule = "bright";

/** A photo and its mask in files. */
export interface MaskFiles {
  readonly name: string;
  /** The photo. */
  readonly path: string;
  /** The file of the mask. */
  readonly mask: string;
  /** Whether the mask is a confidence map, whose grey values count; else it is cut in the middle of its scale. */
  readonly soft: boolean;
  readonly extra: boolean;
}

/** A photo whose mask is an image. */
export function maskedSample({ name, path, mask, soft, extra }: MaskFiles): NamedSample {
  const files = { name, split: "all", image: path, truth: mask };
  const sample = new FileSample(files, soft ? readConfidence : (bytes) => readMask(bytes, NAMED_MASKS));
  return { name, sample, truth: "mask", extra };
}

/** A photo of a dataset. */
export async function datasetSample(sample: Sample): Promise<NamedSample> {
  // Told by the folder: no file is read for it.
  const whole = sample.truthPath === undefined ? await sample.truth() : undefined;
  const truth = whole === undefined ? "mask" : whole ? "crack" : "no_crack";
  return { name: fullName(sample), sample, truth, extra: false };
}
