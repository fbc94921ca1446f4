/** A picture of which each pixel is crack or not. */
export interface Bitmap {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** One value a pixel, row-major: 1 crack, 0 background. */
  readonly data: Uint8Array;
}

/** The size of a picture, in pixels. */
export type Size = Pick<Bitmap, "width" | "height">;

/** A part of a picture, and which pixels of it are crack. */
export interface Region extends Bitmap {
  /** Its first column in the picture. */
  readonly x: number;
  /** Its first row. */
  readonly y: number;
}

/** `640 × 360`. */
export function describeSize({ width, height }: Size): string {
  return `${width} × ${height}`;
}

/** Marks a region in a picture; what lies outside is cut off. */
export function paintRegion(picture: Bitmap, { x, y, width, height, data }: Region): void {
  for (let v = Math.max(0, -y); v < Math.min(height, picture.height - y); v++) {
    for (let u = Math.max(0, -x); u < Math.min(width, picture.width - x); u++) {
      if (data[v * width + u] !== 0) picture.data[(y + v) * picture.width + x + u] = 1;
    }
  }
}

/** Pixels of a picture that are crack. */
export function countCrack({ data }: Pick<Bitmap, "data">): number {
  let count = 0;
  for (const value of data) count += value;
  return count;
}

/**
 * Marks the crack of a mask in a picture.
 *
 * @throws {RangeError} if they are of different sizes.
 */
export function paintMask(picture: Bitmap, mask: Bitmap): void {
  if (mask.width !== picture.width || mask.height !== picture.height) {
    throw new RangeError(
      `Cannot use a mask: it is ${describeSize(mask)}, but its photo is ${describeSize(picture)}.`,
    );
  }
  paintRegion(picture, { x: 0, y: 0, ...mask });
}
