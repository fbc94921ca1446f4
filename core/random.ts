/** Four words of 32 bits. */
export type Words = [number, number, number, number];

/**
 * Four random words for a counter of four words: the hash pcg4d of M. Jarzynski and M. Olano, "Hash Functions for GPU Rendering",
 * Journal of Computer Graphics Techniques 9 (3), 2020. The same words as in `shaders/random.wgsl`.
 *
 * Nothing is remembered between calls: equal counters give equal words, whatever was drawn before and wherever.
 */
export function randomWords(counter: readonly [number, number, number, number]): Words {
  let [x, y, z, w] = counter.map((word) => (Math.imul(word, 1664525) + 1013904223) >>> 0);
  x += Math.imul(y, w);
  y += Math.imul(z, x);
  z += Math.imul(x, y);
  w += Math.imul(y, z);
  [x, y, z, w] = [x, y, z, w].map((word) => word ^ (word >>> 16));
  x += Math.imul(y, w);
  y += Math.imul(z, x);
  z += Math.imul(x, y);
  w += Math.imul(y, z);
  return [x >>> 0, y >>> 0, z >>> 0, w >>> 0];
}

/** A number in (0, 1), the middle of one of 2²³ equal intervals, from the upper bits of a random word. */
export function randomUnit(word: number): number {
  return ((word >>> 9) + 0.5) / 2 ** 23;
}
