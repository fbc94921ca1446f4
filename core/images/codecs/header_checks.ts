/** What {@linkcode checkSize} compares. */
export interface ClaimedSize {
  /** "JPEG", "PNG" or "TIFF", for the message. */
  readonly format: string;
  /** Columns that the header claims. */
  readonly width: number;
  /** Rows that the header claims. */
  readonly height: number;
  /** The most pixels the caller accepts. */
  readonly maxPixels: number;
}

/**
 * Refuses a claimed size that is empty or larger than the caller accepts, before anything is allocated for it.
 *
 * @throws {SyntaxError} When the header claims no pixel.
 * @throws {RangeError} When it claims more than `maxPixels`.
 */
export function checkSize({ format, width, height, maxPixels }: ClaimedSize): void {
  if (width < 1 || height < 1) {
    throw new SyntaxError(
      `Cannot decode the image: the ${format} header claims ${width} × ${height} pixels where at least 1 × 1 is wanted.`,
    );
  }
  if (width * height > maxPixels) {
    throw new RangeError(
      `Cannot decode the image: the ${format} header claims ${width} × ${height} = ${
        width * height
      } pixels ` +
        `where at most ${maxPixels} are wanted (option maxPixels).`,
    );
  }
}

/**
 * Refuses a claimed amount of pixel data that the compressed bytes cannot hold at the best ratio their compression
 * can reach, so that a file of 100 bytes never makes us allocate the gigabyte that its header claims.
 *
 * @param format "JPEG", "PNG" or "TIFF", for the message.
 * @param claim `wanted`: the claimed size in any unit; `compressed`: bytes at hand; `ratio`: most units a byte can hold.
 * @throws {SyntaxError} When `wanted > ratio * compressed`.
 */
export function checkRatio(
  format: string,
  { wanted, compressed, ratio }: { wanted: number; compressed: number; ratio: number },
): void {
  if (wanted > ratio * compressed) {
    throw new SyntaxError(
      `Cannot decode the image: the ${format} header claims more pixels than its ${compressed} bytes of compressed ` +
        `data can hold; the file is damaged or not whole.`,
    );
  }
}
