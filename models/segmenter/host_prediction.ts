import type { BareSegmenter } from "./bare_segmenter.ts";
import { takeData } from "../tensors.ts";
import { tf } from "../tfjs.ts";

/** Height and width in pixels. */
type Size = readonly [height: number, width: number];

/** An image on the host whose sides are multiples of a network's. */
export interface WholeImage {
  /** H × W × 3, RGB 0..255. */
  readonly pixels: Float32Array;
  /** H, W. */
  readonly size: Size;
  /** The upper left part that a prediction is wanted of. */
  readonly part: Size;
  /** How many of the network's outputs are wanted: the prediction alone, or auxiliary ones after it. */
  readonly outputs: number;
}

/** The confidence of each wanted output in the wanted part of an image, 0..1, row-major. */
export async function predictOnHost(
  segmenter: BareSegmenter,
  { pixels, size, part, outputs }: WholeImage,
): Promise<Float32Array[]> {
  const maps = tf.tidy(() =>
    segmenter.logits(tf.tensor4d(pixels, [1, ...size, 3]), { auxiliary: outputs > 1 })
      .slice(0, outputs)
      .map((logits) => logits.sigmoid().slice([0, 0, 0, 0], [1, ...part, 1]))
  );
  return await Promise.all(maps.map(takeData));
}
