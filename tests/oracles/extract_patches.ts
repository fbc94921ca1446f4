import type { PlaneSource } from "../../core/gpu/compute.ts";

/** Walks from 0 to `i` in an image of `n` pixels, turning round at both ends. */
export function mirrorOracle(i: number, n: number): number {
  if (n === 1) return 0;
  let at = 0, step = 1;
  // The mirrored image is the same on both sides of pixel 0.
  for (let walked = 0; walked < Math.abs(i); walked++) {
    if (at + step < 0 || at + step >= n) step = -step;
    at += step;
  }
  return at;
}

/** The windows of `size` × `size` pixels whose upper left pixels are given, one below the other. */
export function extractPatchesOracle(
  { width, height, channels, data }: PlaneSource,
  size: number,
  corners: readonly (readonly [x: number, y: number])[],
): number[] {
  const values: number[] = [];
  for (const [x0, y0] of corners) {
    for (let v = 0; v < size; v++) {
      const y = mirrorOracle(y0 + v, height);
      for (let u = 0; u < size; u++) {
        const x = mirrorOracle(x0 + u, width);
        for (let c = 0; c < channels; c++) values.push(data[(y * width + x) * channels + c]);
      }
    }
  }
  return values;
}

/** A `size` × `size` patch turned once counterclockwise: its right column becomes the top row. */
export function quarterTurnOracle(patch: readonly number[], size: number, channels: number): number[] {
  const turned: number[] = [];
  for (let x = size - 1; x >= 0; x--) {
    for (let y = 0; y < size; y++) {
      for (let c = 0; c < channels; c++) turned.push(patch[(y * size + x) * channels + c]);
    }
  }
  return turned;
}

/** A `size` × `size` patch with left and right exchanged. */
export function flipOracle(patch: readonly number[], size: number, channels: number): number[] {
  const flipped: number[] = [];
  for (let y = 0; y < size; y++) {
    for (let x = size - 1; x >= 0; x--) {
      for (let c = 0; c < channels; c++) flipped.push(patch[(y * size + x) * channels + c]);
    }
  }
  return flipped;
}
