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

/** Red, green, blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/** Mean of a colour's channels. */
export function grey([red, green, blue]: Colour): number {
  return (red + green + blue) / 3;
}

/** What the ground is like in some places of a canvas. */
export interface Ground {
  /** Mean colour. */
  readonly colour: Colour;
  /** Standard deviation of the grey values. */
  readonly deviation: number;
}

/** Mean and deviation of the pixels for which `wanted` holds, by default all; undefined where it holds for none. */
export function groundOf(
  { width, height, pixels }: Canvas,
  wanted: (pixel: number) => boolean = () => true,
): Ground | undefined {
  const sums = [0, 0, 0];
  let squares = 0, count = 0;
  for (let i = 0; i < width * height; i++) {
    if (!wanted(i)) continue;
    const red = pixels[3 * i], green = pixels[3 * i + 1], blue = pixels[3 * i + 2];
    sums[0] += red;
    sums[1] += green;
    sums[2] += blue;
    squares += ((red + green + blue) / 3) ** 2;
    count++;
  }
  if (count === 0) return undefined;
  const colour: Colour = [sums[0] / count, sums[1] / count, sums[2] / count];
  return { colour, deviation: Math.sqrt(Math.max(0, squares / count - grey(colour) ** 2)) };
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
