import { takeData } from "../classifier/host_inference.ts";
import { tf } from "../tfjs.ts";
import type { Segmenter } from "./segmenter.ts";

/** Height and width in pixels. */
type Size = readonly [height: number, width: number];

/** A picture on the host whose sides are multiples of a network's. */
export interface WholePicture {
  /** H × W × 3, RGB 0..255. */
  readonly pixels: Float32Array;
  /** H, W. */
  readonly size: Size;
  /** The upper left part that a prediction is wanted of. */
  readonly part: Size;
  /** How many of the network's outputs are wanted: the prediction alone, or auxiliary ones after it. */
  readonly outputs: number;
}

/** The confidence of each wanted output in the wanted part of a picture, 0..1, row-major. */
export async function predictOnHost(
  segmenter: Segmenter,
  { pixels, size, part, outputs }: WholePicture,
): Promise<Float32Array[]> {
  const maps = tf.tidy(() =>
    segmenter.logits(tf.tensor4d(pixels, [1, ...size, 3]), { auxiliary: outputs > 1 })
      .slice(0, outputs)
      .map((logits) => logits.sigmoid().slice([0, 0, 0, 0], [1, ...part, 1]))
  );
  return await Promise.all(maps.map(takeData));
}
