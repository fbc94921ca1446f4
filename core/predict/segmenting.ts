import { having, type Schema } from "../arguments.ts";
import type { Compute, Plane } from "../gpu/compute.ts";

/**
 * What {@linkcode predictImage} asks of a segmentation network. The networks of `models/` implement it; core stays free of any
 * tensor library.
 */
export interface Segmenting {
  /** Architecture and size in a few words, for manifests and reports, such as `unet × 0.5`. */
  readonly name: string;
  /** The most pixels that it can be shown at once on a device, each side counted up to a multiple of 32. */
  pixelsAtOnce(compute: Compute): Promise<number>;
  /** How many images of so many pixels it works on at a time, when they are asked for at once. One where it is left out. */
  picturesAtOnce?(compute: Compute, pixels: number): Promise<number>;
  /**
   * How sure it is of crack at each pixel.
   *
   * @param image H × W × 3, RGB 0..255, of any size. It is left untouched and stays the caller's.
   * @returns H × W × 1, 0..1, the caller's to dispose.
   */
  predict(image: Plane): Promise<Plane>;
}

/** A segmentation network, whoever made it. */
export const SEGMENTING: Schema<Segmenting> = having<Segmenting>(
  ["pixelsAtOnce", "predict"],
  "a segmentation network such as await loadSegmenter() gives",
);
