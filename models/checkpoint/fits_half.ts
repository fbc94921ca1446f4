/** The largest number that float16 holds. */
const LARGEST = 65504;

/** Whether float16 holds values, rounded: larger ones would become infinite, as variances of unscaled activations can. */
export function fitsHalf(values: Float32Array): boolean {
  return values.every((value) => Math.abs(value) <= LARGEST);
}
