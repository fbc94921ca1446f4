import type { Plane, PlaneSource } from "../../../core/gpu/compute.ts";
import type { PlaneShape } from "../../../core/gpu/plane_shape.ts";
import type { Activations, Classifier } from "../../../core/label/classifier.ts";

/** Pixels that one cell of the fake feature map stands for. */
const CELL = 32;

/**
 * A classifier without a network, so that the recipe can be tested without one: a patch is crack as far as its darkest grey
 * value lies below 100; its feature map has two channels, darkness (evidence for crack) and brightness (against it).
 */
export class FakeClassifier implements Classifier {
  readonly name = "darkest pixel";
  readonly trainingSize = 64;

  async scorePatches(patches: Plane, size: number): Promise<Plane> {
    const values = await patches.read();
    const count = patches.height / size;
    const scores = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      scores[i] = darkness(values.subarray(i * size * size * 3, (i + 1) * size * size * 3));
    }
    return patches.compute.upload({ width: 1, height: count, channels: 1, data: scores });
  }

  async activations(image: Plane): Promise<Activations> {
    const { width, height, channels, data } = featureMap({ ...shapeOf(image), data: await image.read() });
    const features = image.compute.upload({ width, height, channels, data });
    return {
      features,
      logits: [Math.max(...data.filter((_: number, i: number) => i % 2 === 0)), 0.25],
      gradients: [new Float32Array([1, -1]), new Float32Array([-1, 1])],
      [Symbol.dispose]: () => features.dispose(),
    };
  }

  [Symbol.dispose](): void {}
}

/** P(crack) of a patch: how far its darkest value lies below 100. */
export function darkness(values: ArrayLike<number>): number {
  let darkest = 255;
  for (let i = 0; i < values.length; i++) darkest = Math.min(darkest, values[i]);
  return darkest < 100 ? 1 - darkest / 200 : 0;
}

/** Darkness and brightness of each cell of a photo. */
export function featureMap(photo: PlaneSource): PlaneSource & { data: Float32Array } {
  const width = Math.ceil(photo.width / CELL), height = Math.ceil(photo.height / CELL);
  const data = new Float32Array(width * height * 2);
  for (let i = 0; i < width * height; i++) {
    const cell: number[] = [];
    for (
      let y = Math.floor(i / width) * CELL;
      y < Math.min(photo.height, (Math.floor(i / width) + 1) * CELL);
      y++
    ) {
      for (let x = (i % width) * CELL; x < Math.min(photo.width, (i % width + 1) * CELL); x++) {
        cell.push(...photo.data.subarray((y * photo.width + x) * 3, (y * photo.width + x) * 3 + 3));
      }
    }
    data[2 * i] = darkness(cell);
    data[2 * i + 1] = 1 - darkness(cell);
  }
  return { width, height, channels: 2, data };
}

function shapeOf({ width, height, channels }: Plane): PlaneShape {
  return { width, height, channels };
}
