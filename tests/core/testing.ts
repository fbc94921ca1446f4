import assert from "node:assert/strict";
import type { Compute, PlaneSource } from "../../core/gpu/compute.ts";
import { openCompute } from "../../core/gpu/open_compute.ts";

/** Sizes that find edge cases: single pixels, lines, odd sides, a whole and a broken workgroup. */
export const SIZES = [[1, 1], [1, 7], [7, 1], [3, 5], [33, 17], [64, 64], [101, 67]] as const;

/** A small generator of reproducible numbers in [0, 1) (Marsaglia's xorshift, doi:10.18637/jss.v008.i14). */
export function seeded(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

/** What images are filled with: nothing, all, one grey, both extremes at random, random bytes, a slope, a dark line on texture. */
export const CONTENTS = ["black", "white", "flat", "saturated", "random", "slope", "crack"] as const;

/** One of {@linkcode CONTENTS}. */
export type Content = typeof CONTENTS[number];

/** An image of bytes (0..255, as float32) with one of the {@linkcode CONTENTS}. */
export function testImage(
  width: number,
  height: number,
  channels: number,
  content: Content,
  seed = 1,
): PlaneSource {
  const random = seeded(seed);
  const data = new Float32Array(width * height * channels);
  for (let i = 0; i < data.length; i++) {
    const x = Math.floor(i / channels) % width, y = Math.floor(i / channels / width);
    switch (content) {
      case "black":
        break;
      case "white":
        data[i] = 255;
        break;
      case "flat":
        data[i] = 131;
        break;
      case "saturated":
        data[i] = random() < 0.5 ? 0 : 255;
        break;
      case "random":
        data[i] = Math.floor(random() * 256);
        break;
      case "slope":
        data[i] = (x * 3 + y * 2 + i % channels) % 256;
        break;
      case "crack": {
        const onCrack = Math.abs(x - width / 2 - 4 * Math.sin(y / 5)) < 1.5;
        data[i] = Math.floor((onCrack ? 40 : 150) + 40 * random());
      }
    }
  }
  return { width, height, channels, data };
}

/** A photo with one of the {@linkcode CONTENTS}. */
export function testPhoto(width: number, height: number, content: Content): ImageData {
  const { data } = testImage(width, height, 3, content);
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    image.data.set([data[3 * i], data[3 * i + 1], data[3 * i + 2], 255], 4 * i);
  }
  return image;
}

/** The same pixels without transparency: what shines through is no crack, whatever it looks like. */
export function opaque(image: ImageData): ImageData {
  for (let i = 3; i < image.data.length; i += 4) image.data[i] = 255;
  return image;
}

/** Every size with every content. */
export function* testImages(
  channels: number,
  sizes: Iterable<readonly [number, number]> = SIZES,
): Generator<PlaneSource & { content: Content }> {
  for (const [width, height] of sizes) {
    for (const content of CONTENTS) yield { ...testImage(width, height, channels, content), content };
  }
}

/** A device for tests, one for all tests of a file; `maxBindingBytes` makes even small images run in several bands. */
export function sharedCompute(options: { maxBindingBytes?: number } = {}): () => Promise<Compute> {
  let compute: Promise<Compute> | undefined;
  return () => compute ??= openCompute(options);
}

/** Fails unless all values are within `tolerance` of the oracle's. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  message: string,
): void {
  assert.equal(actual.length, expected.length, `${message}: length`);
  for (let i = 0; i < expected.length; i++) {
    // Written so that NaN fails.
    if (!(Math.abs(actual[i] - expected[i]) <= tolerance)) {
      assert.fail(
        `${message}: value ${i} is ${actual[i]}, the oracle says ${expected[i]} (tolerance ${tolerance})`,
      );
    }
  }
}
