/**
 * How much two masks of a photo agree: 2 |A ∩ B| / (|A| + |B|) of their crack pixels, the F1 of either against the other.
 *
 * @param one not 0 where there is crack, row-major; `other` likewise.
 * @returns 0 where they share no pixel, 1 where they are the same, as two without crack are.
 */
export function agreementOf(one: Uint8Array, other: Uint8Array): number {
  let shared = 0, all = 0;
  for (let i = 0; i < one.length; i++) {
    const [a, b] = [one[i] === 0 ? 0 : 1, other[i] === 0 ? 0 : 1];
    shared += a & b;
    all += a + b;
  }
  return all === 0 ? 1 : 2 * shared / all;
}
