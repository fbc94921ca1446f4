import { enlargeHalfPixelCenters } from "../../layers/bilinear.ts";
import { tf } from "../../tfjs.ts";
import type { BareSegmenter } from "../bare_segmenter.ts";

/** The logits of a network for images at several scales. */
export interface LevelLogits {
  /** Of each level the outputs, N × H × W × 1, brought to the size of the images. */
  readonly levels: readonly (readonly tf.Tensor4D[])[];
  /** The prediction: the mean of the first outputs of all levels. */
  readonly prediction: tf.Tensor4D;
}

/**
 * The logits of one network for images at 1, ½, ¼ … of their size, whose pixels are then the means of 2 × 2, 4 × 4 …; brought back to their
 * size bilinearly. Differentiable with respect to the network's values.
 *
 * @param x N × H × W × 3, RGB 0..255, H and W multiples of 2^(levels − 1) times the network's.
 * @param options `levels`: how many. `momentum`: share of the running statistics that each of them keeps.
 */
export function levelLogits(
  segmenter: BareSegmenter,
  x: tf.Tensor4D,
  { levels: count, momentum }: { readonly levels: number; readonly momentum?: number },
): LevelLogits {
  const levels = Array.from({ length: count }, (_, level) => {
    if (level === 0) return segmenter.trainingLogits(x, { momentum });
    const scale = 2 ** level;
    const small = tf.tidy(() => tf.avgPool(x, scale, scale, "valid"));
    return segmenter.trainingLogits(small, { momentum })
      .map((logits) => enlargeHalfPixelCenters(logits, scale));
  });
  const [first, ...others] = levels.map(([prediction]) => prediction);
  const prediction = others.length === 0
    ? first
    : tf.tidy(() => tf.addN([first, ...others]).div<tf.Tensor4D>(count));
  return { levels, prediction };
}
