import type { WasmHeap } from "./heap.ts";
import { FLOAT, TILE } from "./product.ts";

/** Pictures in memory, with or without a border of zeros around each. Steps are in bytes. */
export interface Frame extends Disposable {
  readonly address: number;
  readonly pixel: number;
  readonly row: number;
  readonly picture: number;
}

/** Zeros to put around a picture, in pixels. */
export interface Border {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** [count][height][width][channels] */
export type Shape = readonly [count: number, height: number, width: number, channels: number];

/** Puts a border around pictures: a copy, or the pictures themselves where there is none to put and no reading past their end. */
export function frameOf(
  heap: WasmHeap,
  address: number,
  shape: Shape,
  border: Border,
  overread = false,
): Frame {
  const [count, height, width, channels] = shape;
  const { top, bottom, left, right } = border;
  const pixel = channels * FLOAT;
  const row = (left + width + right) * pixel;
  const picture = (top + height + bottom) * row;
  if (top + bottom + left + right === 0 && !overread) {
    return { address, pixel, row, picture, [Symbol.dispose]: () => {} };
  }
  const memory = heap.borrow(count * picture + TILE.rows * FLOAT);
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
  return { address: target, pixel, row, picture, [Symbol.dispose]: () => memory[Symbol.dispose]() };
}
