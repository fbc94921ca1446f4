/** A photo as training of a segmentation network reads it: bytes, and how much of a crack each pixel is. */
export interface MaskedPhoto {
  readonly width: number;
  readonly height: number;
  /** RGB, `width · height · 3` bytes, row-major. */
  readonly pixels: Uint8Array;
  /** One value a pixel, row-major: 255 for crack, 0 for background, what lies between for a confidence of value / 255. */
  readonly truth: Uint8Array;
}

/** Photos with masks. They may be decoded when they are asked for. */
export interface MaskedPhotoSource {
  /** How many there are. */
  readonly count: number;
  /** The photo of an index from 0 on. */
  photo(index: number): MaskedPhoto | Promise<MaskedPhoto>;
}
