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

/** Keeps these draws apart from others of the same seed and step: those of `augment` count patches in this place. */
const PURPOSE = 0x80000000;

/**
 * Reproducible random numbers in [0, 1), a stream of its own for each seed and step: what is drawn in step 70 of a seed depends on
 * these two alone, so that an interrupted run goes on as if it never had been. The same on every machine.
 *
 * @param seed taken modulo 2³².
 * @param step taken modulo 2³².
 */
export function randomStream(seed: number, step: number): () => number {
  let words: number[] = [];
  let block = 0;
  return () => {
    if (words.length === 0) words = randomWords([seed, step, PURPOSE, block++]);
    return (words.pop() as number) / 2 ** 32;
  };
}

/** 0 … n − 1 in random order (Fisher & Yates). */
export function permutation(n: number, random: () => number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
