/** What a codec returns: straight (not premultiplied) RGBA, 8 bits a sample, and how the file says to turn it. */
export interface Raster {
  /** Columns as stored, before turning. */
  readonly width: number;
  /** Rows as stored, before turning. */
  readonly height: number;
  /** Row-major, interleaved, `4 * width * height` bytes. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  /** EXIF and TIFF tag 274: 1..8, 1 where the file says nothing. */
  readonly orientation: number;
}
