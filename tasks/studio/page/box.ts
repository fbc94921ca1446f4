/** A place in a photo, in pixels: the centre of the pixel in column x and row y is (x, y). */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle of whole pixels in a photo. */
export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

/** Upright RGBA, row-major. */
export interface Pixels extends Size {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** Pixels around a box that a network is shown, too: at its border it sees less. */
const AROUND = 32;

/** The pixels from one corner to the other, both included; undefined where none of them is in the photo. */
export function boxBetween(one: Point, other: Point, { width, height }: Size): Box | undefined {
  const side = (a: number, b: number, length: number) => {
    const first = Math.max(0, Math.round(Math.min(a, b)));
    return [first, Math.min(length - 1, Math.round(Math.max(a, b))) - first + 1] as const;
  };
  const [left, columns] = side(one.x, other.x, width), [top, rows] = side(one.y, other.y, height);
  return columns > 0 && rows > 0 ? { left, top, width: columns, height: rows } : undefined;
}

/** A box with what a network is shown around it, within the photo. */
export function grownBox(box: Box, photo: Size): Box {
  return boxBetween(
    { x: box.left - AROUND, y: box.top - AROUND },
    { x: box.left + box.width - 1 + AROUND, y: box.top + box.height - 1 + AROUND },
    photo,
  )!;
}

/** The pixels of a photo in a box. */
export function cutPixels({ width: columns, data }: Pixels, box: Box): Pixels {
  const { left, top, width, height } = box;
  const cut = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    const row = 4 * ((top + y) * columns + left);
    cut.set(data.subarray(row, row + 4 * width), 4 * y * width);
  }
  return { width, height, data: cut };
}

/** What of the values in a box, row-major, is in a box within it. */
export function cutValues(
  values: Uint8Array<ArrayBuffer>,
  outer: Box,
  { left, top, width, height }: Box,
): Uint8Array<ArrayBuffer> {
  const cut = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = (top - outer.top + y) * outer.width + left - outer.left;
    cut.set(values.subarray(row, row + width), y * width);
  }
  return cut;
}
