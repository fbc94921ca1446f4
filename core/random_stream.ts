/**
 * Reproducible random numbers in [0, 1), a stream of its own for every list of integers: what is drawn in step 70 of a
 * seed depends on (seed, 70) alone, so that a run that was cut short goes on as if it never had been.
 *
 * SplitMix32: a Weyl sequence through the finaliser of MurmurHash3 (Steele, Lea & Flood 2014,
 * doi:10.1145/2660193.2660195). Integer arithmetic, so the same on every machine.
 *
 * @param keys what names the stream, such as a seed, a purpose and a step; taken modulo 2³².
 */
export function randomStream(...keys: readonly number[]): () => number {
  let state = 0;
  for (const key of keys) state = mix((state ^ key) + GOLDEN);
  return () => {
    state = (state + GOLDEN) | 0;
    return mix(state) / 2 ** 32;
  };
}

/** 2³² divided by the golden ratio. */
const GOLDEN = 0x9e3779b9;

/** MurmurHash3's finaliser: 32 bits, unsigned. */
function mix(bits: number): number {
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
