import type { Plane } from "../../../../core/gpu/compute.ts";
import type { Activations, Classifier } from "../../../../core/label/classifier.ts";

/** Side of a cell, in pixels. */
export const CELL = 8;

/** What the head takes of each channel for crack and for none, and its biases. */
const WEIGHTS: readonly (readonly number[])[] = [[-0.05, 0.02, 0.01], [0.03, -0.01, 0]];
const BIASES: readonly number[] = [1.5, -0.7];

/**
 * A classifier without a network whose head is linear after global average pooling, as that of the one that ships is: the features of a
 * cell are the means of red, green and blue in it, and nothing around it.
 */
export class LinearClassifier implements Classifier {
  readonly name = "mean colour";
  readonly trainingSize = 64;
  /** Sizes that it was shown. */
  readonly shown: [width: number, height: number][] = [];

  async scorePatches(patches: Plane, size: number): Promise<Plane> {
    const values = await patches.read(), count = patches.height / size;
    const data = Float32Array.from({ length: count }, (_, i) => {
      const { data } = cellMeans(values.subarray(i * size ** 2 * 3, (i + 1) * size ** 2 * 3), {
        width: size,
        height: size,
      });
      return 1 / (1 + Math.exp(-cellLogit(meanOf(data))));
    });
    return patches.compute.upload({ width: 1, height: count, channels: 1, data });
  }

  async activations(image: Plane): Promise<Activations> {
    const { width, height, compute } = image;
    this.shown.push([width, height]);
    const means = cellMeans(await image.read(), { width, height });
    const features = compute.upload({
      width: means.columns,
      height: means.rows,
      channels: 3,
      data: means.data,
    });
    const mean = meanOf(means.data);
    const logit = (of: 0 | 1) => WEIGHTS[of].reduce((sum, weight, c) => sum + weight * mean[c], BIASES[of]);
    return {
      features,
      logits: [logit(0), logit(1)],
      gradients: [Float32Array.from(WEIGHTS[0]), Float32Array.from(WEIGHTS[1])],
      [Symbol.dispose]: () => features.dispose(),
    };
  }

  [Symbol.dispose](): void {}
}

/** The mean of each of three channels. */
function meanOf(data: Float32Array): number[] {
  return [0, 1, 2].map((c) =>
    data.reduce((sum, value, i) => i % 3 === c ? sum + value : sum, 0) / (data.length / 3)
  );
}

/** The mean colour of each cell; those at the right and at the bottom are cut by the image. */
export function cellMeans(
  pixels: ArrayLike<number>,
  { width, height }: { readonly width: number; readonly height: number },
): { readonly columns: number; readonly rows: number; readonly data: Float32Array } {
  const columns = Math.ceil(width / CELL), rows = Math.ceil(height / CELL);
  const sums = new Float64Array(columns * rows * 3), counts = new Float64Array(columns * rows);
  for (let i = 0; i < width * height; i++) {
    const cell = Math.floor(Math.floor(i / width) / CELL) * columns + Math.floor(i % width / CELL);
    counts[cell]++;
    for (let c = 0; c < 3; c++) sums[3 * cell + c] += pixels[3 * i + c];
  }
  return { columns, rows, data: Float32Array.from(sums, (sum, i) => sum / counts[Math.floor(i / 3)]) };
}

/** The logit of crack against none that the head gives a cell of a mean colour. */
export function cellLogit(colour: ArrayLike<number>): number {
  return WEIGHTS[0].reduce(
    (sum, weight, c) => sum + (weight - WEIGHTS[1][c]) * colour[c],
    BIASES[0] - BIASES[1],
  );
}
