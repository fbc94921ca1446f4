/** Pixels of crack that are taken to be there beside those that were found: so photos with hardly any are compared, too. */
const SOME = 100;

/**
 * How much doubt a confidence map leaves for each pixel of crack that it finds: Σ min(p, 1 − p) / (pixels with p > ½, and 100).
 *
 * @param confidence 0..255, row-major.
 * @returns 0 where all is sure; the greater, the less sure.
 */
export function doubtOf(confidence: Uint8Array): number {
  let doubt = 0, found = 0;
  for (const value of confidence) {
    doubt += Math.min(value, 255 - value);
    if (value > 127) found++;
  }
  return doubt / 255 / (found + SOME);
}
