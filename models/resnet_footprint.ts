import type { Resnet } from "./resnet.ts";

/** Bytes that inference takes besides the weights. */
export interface ResnetFootprint {
  /** The most that is held at one time. */
  readonly peak: number;
  /** The largest single tensor. */
  readonly largest: number;
}

/** What running a batch of so many pixels through a residual network takes, one block's results being held at a time. */
export function resnetFootprint({ stem, blocks }: Resnet, pixels: number): ResnetFootprint {
  // Float32 values per pixel of the input: the picture, the scaled one, the stem at half size and its maxima at a quarter.
  let largest = Math.max(3, stem.outputs / 4);
  let peak = 3 + 3 + stem.outputs / 4 + stem.outputs / 16;
  let area = 1 / 16;
  for (const { branch, shortcut } of blocks) {
    let held = branch[0].inputs * area;
    area /= Math.max(...branch.map(({ stride }) => stride ** 2));
    const output = branch[branch.length - 1].outputs * area;
    held += branch.reduce((sum, { outputs }) => sum + outputs * area, 0);
    // The sum with the shortcut, and its ReLU.
    held += (shortcut ? output : 0) + 2 * output;
    peak = Math.max(peak, held);
    largest = Math.max(largest, output);
  }
  return { peak: 4 * peak * pixels, largest: 4 * largest * pixels };
}
