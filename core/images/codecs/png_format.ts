/** The eight bytes that every PNG file starts with. */
export const PNG_SIGNATURE: Uint8Array<ArrayBuffer> = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);

/** Colour types of PNG (ISO/IEC 15948, table 11.1). */
export const PngColour = { grey: 0, rgb: 2, palette: 3, greyAlpha: 4, rgba: 6 } as const;

/** Row filters of PNG (ISO/IEC 15948, clause 9). */
export const PngFilter = { none: 0, sub: 1, up: 2, average: 3, paeth: 4 } as const;

/**
 * The Paeth predictor (ISO/IEC 15948, 9.4): whichever of left, above and upper left is nearest to
 * left + above − upper left.
 */
export function paeth(left: number, above: number, upperLeft: number): number {
  const toLeft = Math.abs(above - upperLeft);
  const toAbove = Math.abs(left - upperLeft);
  const toUpperLeft = Math.abs(left + above - 2 * upperLeft);
  if (toLeft <= toAbove && toLeft <= toUpperLeft) return left;
  return toAbove <= toUpperLeft ? above : upperLeft;
}
