import { randomWords } from "./random.ts";

/** Keeps these draws apart from others of the same seed and step: those of `augment` count patches in this place. */
const PURPOSE = 0x80000000;

/**
 * Reproducible random numbers in [0, 1), a stream of its own for each seed and step: what is drawn in step 70 of a seed depends on
 * these two alone, so that a run that was cut short goes on as if it never had been. The same on every machine.
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
