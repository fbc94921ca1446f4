/**
 * Share of a photo's pixels that are taken to be found crack beside those that were: so photos with hardly any are compared, too, and such without crack do not come before those
 * whose cracks are half found. RESULTS.md, "What is called crack, and what is not", has what it is worth.
 */
const SOME = 0.003;

/**
 * How much doubt a confidence map leaves for each pixel of crack that it finds: Σ min(p, 1 − p) / (pixels with p > ½, and 0.3 % of all).
 *
 * @param confidence 0..255, row-major, at least a pixel.
 * @returns 0 where all is sure; the greater, the less sure.
 */
export function doubtOf(confidence: Uint8Array): number {
  let doubt = 0, found = 0;
  for (const value of confidence) {
    doubt += Math.min(value, 255 - value);
    if (value > 127) found++;
  }
  return doubt / 255 / (found + SOME * confidence.length);
}
