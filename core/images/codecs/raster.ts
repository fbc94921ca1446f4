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
  /** The file's ICC profile, where it has one. */
  readonly profile?: Uint8Array;
  /** What was chosen or guessed where the file leaves it open, in sentences. */
  readonly notes?: readonly string[];
}

/**
 * What the samples of a file are: light, as in a photo, whose range is stretched, whose colours become sRGB's and whose missing pixels are
 * transparent, or numbers, as in a mask or a map of confidences, which stay as they are.
 */
export type SampleMeaning = "light" | "stored";

/** How a file is decoded. */
export interface DecodeOptions {
  /** The most pixels that its header may claim. */
  readonly maxPixels: number;
  readonly samples: SampleMeaning;
}
