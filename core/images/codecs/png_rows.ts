import { paeth, PngFilter } from "./png_format.ts";

/**
 * Undoes the row filters of PNG (ISO/IEC 15948, clause 9) in place: a row is one filter byte and `rowBytes` bytes, each
 * of which was stored as the difference from a prediction out of its left, upper and upper left neighbours.
 *
 * @param rows `height` filtered rows.
 * @param layout `rowBytes`: without the filter byte; `step`: bytes from a byte to its left neighbour (at least 1).
 * @throws {SyntaxError} When a filter byte is none of 0..4.
 */
export function unfilterRows(
  rows: Uint8Array,
  { height, rowBytes, step }: { height: number; rowBytes: number; step: number },
): void {
  for (let y = 0; y < height; y++) {
    const start = y * (rowBytes + 1) + 1;
    const end = start + rowBytes;
    const up = y > 0 ? rowBytes + 1 : 0;
    const filter = rows[start - 1];
    // The row above the first is all zero: Up leaves it as it is and Paeth becomes Sub.
    if (filter === PngFilter.none || (filter === PngFilter.up && up === 0)) continue;
    if (filter === PngFilter.sub || (filter === PngFilter.paeth && up === 0)) {
      for (let i = start + step; i < end; i++) rows[i] += rows[i - step];
    } else if (filter === PngFilter.up) {
      for (let i = start; i < end; i++) rows[i] += rows[i - up];
    } else if (filter === PngFilter.average) {
      const first = Math.min(start + step, end);
      if (up === 0) {
        for (let i = first; i < end; i++) rows[i] += rows[i - step] >> 1;
      } else {
        for (let i = start; i < first; i++) rows[i] += rows[i - up] >> 1;
        for (let i = first; i < end; i++) rows[i] += (rows[i - step] + rows[i - up]) >> 1;
      }
    } else if (filter === PngFilter.paeth) {
      const first = Math.min(start + step, end);
      for (let i = start; i < first; i++) rows[i] += rows[i - up];
      for (let i = first; i < end; i++) rows[i] += paeth(rows[i - step], rows[i - up], rows[i - up - step]);
    } else {
      throw new SyntaxError(
        `Cannot decode the image: row ${y} of the PNG file has filter ${filter} where 0 to 4 is wanted.`,
      );
    }
  }
}
