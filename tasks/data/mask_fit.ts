import type { TruthMask } from "../../core/datasets/sample.ts";
import { luma } from "../../core/images/luma.ts";

/**
 * Where a mask says that crack is and that it is not, right beside it: some of the pixels, as `y · width + x`. With these a mask is tried on its own
 * photo and on others, as it is and turned.
 */
export interface MaskOutline {
  readonly width: number;
  readonly height: number;
  readonly crack: Uint32Array;
  readonly beside: Uint32Array;
}

/** The grey values of a photo. */
export interface GreyPhoto {
  readonly width: number;
  readonly height: number;
  /** 0..255, row-major. */
  readonly grey: Uint8Array;
}

/** Pixels from a crack that are beside it: nearer ones may be crack that was not drawn, further ones have other light. */
const BESIDE = { from: 3, to: 7 };

/** Pixels of either kind that are kept. */
const KEPT = 4096;

/** The outline of a mask; undefined where it has no crack, or nothing beside it. */
export function outlineOf({ width, height, data, weight }: TruthMask): MaskOutline | undefined {
  const distance = distances({ width, height, data });
  const crack: number[] = [], beside: number[] = [];
  for (const [i, far] of distance.entries()) {
    if (weight?.[i] === 0) continue;
    if (far === 0) crack.push(i);
    else if (far >= BESIDE.from && far <= BESIDE.to) beside.push(i);
  }
  if (crack.length === 0 || beside.length === 0) return undefined;
  return { width, height, crack: thinned(crack), beside: thinned(beside) };
}

/** For each pixel how far the nearest crack is, in steps to any of eight neighbours, up to one more than is of interest. */
function distances({ width, height, data }: Pick<TruthMask, "width" | "height" | "data">): Uint8Array {
  const most = BESIDE.to + 1;
  const far = data.map((value) => value === 0 ? most : 0);
  const nearer = (i: number, x: number, row: number) => {
    let least = far[i];
    for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
      least = Math.min(least, far[row * width + u] + 1);
    }
    far[i] = least;
  };
  // Each pixel from those that were visited before it, once from above and once from below.
  for (let i = 0; i < far.length; i++) {
    const x = i % width, y = (i - x) / width;
    if (far[i] === 0) continue;
    if (x > 0) far[i] = Math.min(far[i], far[i - 1] + 1);
    if (y > 0) nearer(i, x, y - 1);
  }
  for (let i = far.length - 1; i >= 0; i--) {
    const x = i % width, y = (i - x) / width;
    if (far[i] === 0) continue;
    if (x < width - 1) far[i] = Math.min(far[i], far[i + 1] + 1);
    if (y < height - 1) nearer(i, x, y + 1);
  }
  return far;
}

function thinned(pixels: readonly number[]): Uint32Array {
  const count = Math.min(KEPT, pixels.length);
  return Uint32Array.from({ length: count }, (_, i) => pixels[Math.floor(i * pixels.length / count)]);
}

/** The ways to turn and mirror an image, by the numbers that EXIF has for them (2.32, 4.6.4 A, tag 274); 1 leaves it as it is. */
export const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** One of {@linkcode ORIENTATIONS}. */
export type ExifOrientation = typeof ORIENTATIONS[number];

/** Whether an image that is turned so swaps width and height. */
export function swapsSides(orientation: number): boolean {
  return orientation >= 5;
}

/**
 * How much darker a photo is where a mask has crack than right beside it, in standard deviations of the photo there; about 0 where the mask belongs
 * to another photo. The mask is turned before, as a photo with that EXIF orientation is.
 *
 * @returns undefined where the mask, turned, has another size, or the photo has one value there.
 */
export function contrastOf(
  outline: MaskOutline,
  photo: GreyPhoto,
  orientation: ExifOrientation = 1,
): number | undefined {
  const { width: w, height: h } = outline;
  const [width, height] = swapsSides(orientation) ? [h, w] : [w, h];
  if (photo.width !== width || photo.height !== height) return undefined;
  const place = placeOf(orientation, { w, h });
  const crack = momentsOf(outline.crack, (pixel) => photo.grey[place(pixel)]);
  const beside = momentsOf(outline.beside, (pixel) => photo.grey[place(pixel)]);
  const deviation = Math.sqrt((crack.variance + beside.variance) / 2);
  return deviation < 1e-6 ? undefined : (beside.mean - crack.mean) / deviation;
}

/** Where the pixel of an image of w × h comes to lie when it is turned upright. */
function placeOf(
  orientation: ExifOrientation,
  { w, h }: { readonly w: number; readonly h: number },
): (pixel: number) => number {
  const moved = ({
    1: (x: number, y: number) => [x, y],
    2: (x: number, y: number) => [w - 1 - x, y],
    3: (x: number, y: number) => [w - 1 - x, h - 1 - y],
    4: (x: number, y: number) => [x, h - 1 - y],
    5: (x: number, y: number) => [y, x],
    6: (x: number, y: number) => [h - 1 - y, x],
    7: (x: number, y: number) => [h - 1 - y, w - 1 - x],
    8: (x: number, y: number) => [y, w - 1 - x],
  } satisfies Record<ExifOrientation, (x: number, y: number) => number[]>)[
    orientation
  ];
  const width = swapsSides(orientation) ? h : w;
  return (pixel) => {
    const [x, y] = moved(pixel % w, Math.floor(pixel / w));
    return y * width + x;
  };
}

function momentsOf(
  pixels: Uint32Array,
  value: (pixel: number) => number,
): { readonly mean: number; readonly variance: number } {
  let sum = 0, squares = 0;
  for (const pixel of pixels) {
    const grey = value(pixel);
    sum += grey;
    squares += grey * grey;
  }
  const mean = sum / pixels.length;
  return { mean, variance: Math.max(0, squares / pixels.length - mean * mean) };
}

/** The grey values of an image, ITU-R 601. */
export function greyOf({ width, height, data }: ImageData): GreyPhoto {
  const grey = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < grey.length; i++, at += 4) {
    grey[i] = Math.round(luma(data, at));
  }
  return { width, height, grey };
}
