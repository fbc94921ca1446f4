import { join } from "node:path";
import { encodePng } from "../../mod.ts";

/** A photo that was drawn, and which of its pixels are crack. */
export interface Drawing {
  readonly image: ImageData;
  /** 255 where crack was drawn, else 0, row-major. */
  readonly truth: Uint8Array;
}

/**
 * Numbers 0..1 (Marsaglia's xorshift). A copy of its own, as are all drawings here: what is written down must not change with the helpers
 * of other tests.
 */
export function numbers(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

/** Coloured grain, brighter to the right, with a dark crack that wanders from top to bottom. Whole numbers only, equal everywhere. */
export function drawPhoto(width: number, height: number, seed: number): Drawing {
  const next = numbers(seed);
  const image = new ImageData(width, height);
  const truth = new Uint8Array(width * height);
  let middle = Math.floor(width / 4 + next() * width / 2);
  for (let y = 0; y < height; y++) {
    middle = Math.min(width - 3, Math.max(2, middle + Math.floor(next() * 3) - 1));
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const crack = Math.abs(x - middle) < 2;
      truth[i] = crack ? 255 : 0;
      const grey = (crack ? 35 : 135) + Math.floor(30 * x / width) + Math.floor(40 * next());
      image.data.set([grey, grey - Math.floor(9 * next()), grey - 4, 255], 4 * i);
    }
  }
  return { image, truth };
}

/** Writes drawn photos and their masks into `images/` and `masks/` of a folder, under the names of the sizes' numbers. */
export async function writeDrawings(
  folder: string,
  sizes: readonly (readonly [width: number, height: number])[],
): Promise<void> {
  for (const name of ["images", "masks"]) await Deno.mkdir(join(folder, name), { recursive: true });
  for (const [i, [width, height]] of sizes.entries()) {
    const { image, truth } = drawPhoto(width, height, 100 + i);
    await Deno.writeFile(join(folder, "images", `${i}.png`), await encodePng(image));
    const mask = { width, height, channels: 1 as const, data: truth };
    await Deno.writeFile(join(folder, "masks", `${i}.png`), await encodePng(mask));
  }
}

/** Writes confidences into a folder that find most of the cracks that {@linkcode writeDrawings} drew, and some grain. */
export async function writeConfidences(
  folder: string,
  sizes: readonly (readonly [width: number, height: number])[],
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [i, [width, height]] of sizes.entries()) {
    const next = numbers(200 + i);
    const { truth } = drawPhoto(width, height, 100 + i);
    // A pixel to the side, so that a tolerance makes a difference.
    const data = truth.map((_, at) => Math.floor((truth[at - 1] ? 90 : 0) + 165 * next() * next()));
    await Deno.writeFile(join(folder, `${i}.png`), await encodePng({ width, height, channels: 1, data }));
  }
}
