/** By how much a confidence differs from the threshold that lay on the wrong side of it: one grey value of a map that is saved in 8 bits. */
const LEAST = 1 / 255;

/** What {@linkcode adjustedConfidence} is told of a photo. */
export interface Adjusted {
  /** How sure each pixel is to be crack, 0..1, row-major. */
  readonly confidence: Float32Array;
  /** 1 for what was called crack in the end, else 0, row-major. */
  readonly mask: Uint8Array;
  /** The confidence above which a pixel is crack. */
  readonly threshold: number;
  /** What that fell to in this photo, at most the threshold. */
  readonly lower: number;
}

/**
 * Confidences that say what was decided: exactly the mask exceeds the threshold, a higher one gives less of it, and a lower one more, beginning with what was left out. The confidence
 * that was enough in this photo becomes the threshold, so that one threshold means the same in all photos; and pixels that were called crack, or not, for another
 * reason than their confidence come to lie just above the threshold, or just below it.
 *
 *     c' = τ c / l  up to l,  τ + (1 − τ) (c − l) / (1 − l)  above        τ = threshold, l = lower
 *     c" = τ + ε where the mask is 1 and c' ≤ τ,  τ − ε where it is 0 and c' > τ,  else c'        ε = 1 / 255
 *
 * @returns 0..1, row-major.
 */
export function adjustedConfidence(
  { confidence, mask, threshold, lower }: Adjusted,
): Float32Array<ArrayBuffer> {
  const result = new Float32Array(confidence);
  const above = Math.min(1, threshold + LEAST), below = Math.max(0, threshold - LEAST);
  for (let i = 0; i < result.length; i++) {
    const value = confidence[i];
    if (lower < threshold) {
      if (value > lower) result[i] = threshold + (1 - threshold) * (value - lower) / (1 - lower);
      else if (value > 0) result[i] = threshold * value / lower;
    }
    if ((result[i] > threshold) !== (mask[i] === 1)) result[i] = mask[i] === 1 ? above : below;
  }
  return result;
}
