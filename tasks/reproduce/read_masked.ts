import type { DatasetSample, TruthMask } from "../../core/datasets/types.ts";

/** A photo and its mask. */
export interface Masked {
  readonly image: ImageData;
  readonly mask: TruthMask;
}

/**
 * Reads a photo and its mask.
 *
 * @throws {TypeError} if the photo is labelled as a whole.
 */
export async function readMasked(sample: DatasetSample): Promise<Masked> {
  const { image, truth: mask } = await sample.read();
  if (typeof mask === "boolean") {
    throw new TypeError(`Cannot use ${sample.imagePath}: it is labelled as a whole, and a mask is wanted.`);
  }
  return { image, mask };
}
