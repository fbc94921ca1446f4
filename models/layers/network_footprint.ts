import type { Network } from "./network.ts";

/** Bytes that inference takes besides the weights. */
export interface NetworkFootprint {
  /** The most that is held at one time. */
  readonly peak: number;
  /** The largest single tensor. */
  readonly largest: number;
}

/** What running a batch of so many pixels through a network takes, one block's results being held at a time. */
export function networkFootprint({ input, stem, pool, blocks }: Network, pixels: number): NetworkFootprint {
  // Float32 values per pixel of the input: the picture, the scaled one, the stem's result and its maxima.
  const given = input.enlarge ** 2;
  let area = given / stem.stride ** 2;
  let largest = Math.max(3 * given, stem.outputs * area);
  let peak = 3 + 3 * given * (input.enlarge === 1 ? 1 : 3) + stem.outputs * area;
  if (pool) {
    area /= 4;
    peak += stem.outputs * area;
  }
  for (const { branch, shortcut, join } of blocks) {
    let held = branch[0].inputs * area;
    for (const { stride, outputs } of branch) {
      area /= stride ** 2;
      held += outputs * area;
      largest = Math.max(largest, outputs * area);
    }
    const output = branch[branch.length - 1].outputs * area;
    // The sum with the shortcut, and its ReLU.
    if (shortcut) held += output;
    held += { relu: 2, linear: 1, none: 0 }[join] * output;
    peak = Math.max(peak, held);
  }
  return { peak: 4 * peak * pixels, largest: 4 * largest * pixels };
}
