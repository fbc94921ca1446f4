import { takeData } from "../tensors.ts";
import { tf } from "../tfjs.ts";
import type { BareSegmenter, ConfidenceOptions } from "./bare_segmenter.ts";

/** An image on the host whose sides are multiples of a network's, and what is wanted of it. */
export interface WholeImage extends Required<ConfidenceOptions> {
  /** H × W × 3, RGB 0..255. */
  readonly pixels: Float32Array;
  readonly size: readonly [height: number, width: number];
}

/** The confidence of each wanted output in the wanted part of an image, 0..1, row-major. */
export async function predictOnHost(
  segmenter: BareSegmenter,
  { pixels, size, part, outputs }: WholeImage,
): Promise<Float32Array[]> {
  const maps = tf.tidy(() => segmenter.confidences(tf.tensor4d(pixels, [1, ...size, 3]), { part, outputs }));
  return await Promise.all(maps.map(takeData));
}
