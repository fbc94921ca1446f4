import type { Plane } from "../../../core/gpu/compute.ts";
import type { Segmenting } from "../../../core/predict/segmenting.ts";

/** Options of {@linkcode FakeSegmenter}. */
export interface FakeSegmenterOptions {
  /** How many pixels to each side a confidence depends on; beyond the edge of what is shown, the edge is repeated. Default 0. */
  readonly reach?: number;
  /** The most pixels that it can be shown; more fail as a full device does. Default: no limit. */
  readonly most?: number;
}

/** A segmenter without a network: the confidence is the mean of red around a pixel, over 255. */
export class FakeSegmenter implements Segmenting {
  readonly name = "redness";
  /** The sizes that it was shown. */
  readonly shown: [width: number, height: number][] = [];
  readonly #reach: number;
  readonly #most: number;

  constructor({ reach = 0, most = Infinity }: FakeSegmenterOptions = {}) {
    this.#reach = reach;
    this.#most = most;
  }

  pixelsAtOnce(): Promise<number> {
    return Promise.resolve(this.#most);
  }

  async predict(image: Plane): Promise<Plane> {
    const { width, height } = image;
    this.shown.push([width, height]);
    if (width * height > this.#most) throw new RangeError("Cannot allocate so much: the memory is full.");
    const values = await image.read();
    const red = Float32Array.from({ length: width * height }, (_, i) => values[3 * i] / 255);
    return image.compute.upload({
      width,
      height,
      channels: 1,
      data: boxMean(red, { width, height, reach: this.#reach }),
    });
  }
}

/** The mean of the square around each pixel, the edge repeated. */
export function boxMean(
  data: Float32Array,
  { width, height, reach }: { readonly width: number; readonly height: number; readonly reach: number },
): Float32Array {
  if (reach === 0) return data;
  const clamp = (value: number, length: number) => Math.max(0, Math.min(length - 1, value));
  return data.map((_, i) => {
    let sum = 0;
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const y = clamp(Math.floor(i / width) + dy, height);
        sum += data[y * width + clamp(i % width + dx, width)];
      }
    }
    return sum / (2 * reach + 1) ** 2;
  });
}
