import type { WasmHeap } from "./heap.ts";
import { FLOAT, TILE } from "./product.ts";

/** Images in memory, with or without a border of zeros around each. Steps are in bytes. */
export interface PaddedInput extends Disposable {
  readonly address: number;
  readonly pixel: number;
  readonly row: number;
  readonly image: number;
}

/** Zeros to put around an image, in pixels. */
export interface Border {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** [count][height][width][channels] */
export type Shape = readonly [count: number, height: number, width: number, channels: number];

/** Puts a border around images: a copy, or the images themselves where there is none to put and no reading past their end. */
export function padInput(
  heap: WasmHeap,
  address: number,
  shape: Shape,
  border: Border,
  overread = false,
): PaddedInput {
  const [count, height, width, channels] = shape;
  const { top, bottom, left, right } = border;
  const pixel = channels * FLOAT;
  const row = (left + width + right) * pixel;
  const image = (top + height + bottom) * row;
  if (top + bottom + left + right === 0 && !overread) {
    return { address, pixel, row, image, [Symbol.dispose]: () => {} };
  }
  const memory = heap.borrow(count * image + TILE.rows * FLOAT);
  const [target] = memory.addresses;
  heap.kernels.padPictures(
    target,
    address,
    count,
    height,
    width * pixel,
    top + height + bottom,
    row,
    top,
    left * pixel,
  );
  return { address: target, pixel, row, image, [Symbol.dispose]: () => memory[Symbol.dispose]() };
}
