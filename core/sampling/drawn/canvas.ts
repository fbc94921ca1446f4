/** A crop that is painted on. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** H × W × 3 bytes, RGB, row-major; altered in place. */
  readonly pixels: Uint8Array;
  /**
   * H × W bytes: how much of a pixel is drawn crack, 0 to 255. Altered in place: what is drawn is joined with what the caller has there by
   * the maximum.
   */
  readonly crack: Uint8Array;
}

/** Columns and rows. */
export type Area = Pick<Canvas, "width" | "height">;

/** Red, green, blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/** Mean of a colour's channels. */
export function grey([red, green, blue]: Colour): number {
  return (red + green + blue) / 3;
}

/** A colour nearer to grey: of its distance from there, this share remains. */
export function paler(colour: Colour, share: number): Colour {
  const mean = grey(colour);
  return [
    mean + share * (colour[0] - mean),
    mean + share * (colour[1] - mean),
    mean + share * (colour[2] - mean),
  ];
}

/** The bytes as ones that round what is written to them, and keep it within 0 to 255. */
export function clamped(pixels: Uint8Array): Uint8ClampedArray {
  return new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
}

/** @throws {RangeError} if pixels or crack are not as many as the sides of the canvas say. */
export function requireWholeCanvas({ width, height, pixels, crack }: Canvas): void {
  if (pixels.length !== 3 * width * height || crack.length !== width * height) {
    throw new RangeError(
      `Cannot paint on a canvas of ${width} × ${height}: it has ${pixels.length} bytes of pixels and ${crack.length} of crack, and ` +
        `${3 * width * height} and ${width * height} are wanted.`,
    );
  }
}
