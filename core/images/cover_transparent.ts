/** A pixel is no data where its alpha, 0..255, is below this: half transparent, as of maps that were turned and resampled. */
const OPAQUE = 128;

/** An image whose transparent pixels are covered, and which these were. */
export interface CoveredImage {
  /** The image itself where all of it is opaque. */
  readonly image: ImageData;
  /** Sets what a map has at transparent pixels to 0, in place; row-major. */
  readonly clear: (map: Float32Array | Uint8Array, place?: MapPlace) => void;
}

/** What a map shows of an image. Default: one value for each pixel. */
export interface MapPlace {
  /** Sides of the whole map: one of another size shows the image scaled. */
  readonly width: number;
  readonly height: number;
  /** Values a pixel, interleaved. */
  readonly channels: number;
  /** The row that it begins with. */
  readonly first: number;
}

/**
 * Covers the transparent pixels of an image, as around a map of aerial photos, with the colour of an opaque pixel near them: what a file stores there
 * is nothing that was seen, and mostly black, whose edge would be taken for crack. What is found there is cleared afterwards.
 */
export function coverTransparent(image: ImageData): CoveredImage {
  const { width, height, data } = image;
  const isOpaque = (i: number) => data[4 * i + 3] >= OPAQUE;
  let opaque = 0;
  for (let i = 0; i < width * height; i++) opaque += Number(isOpaque(i));
  if (opaque === width * height) return { image, clear: () => {} };
  const whole: MapPlace = { width, height, channels: 1, first: 0 };
  const clear = (map: Float32Array | Uint8Array, place = whole) => {
    const { channels, first } = place;
    for (let i = 0; i < map.length / channels; i++) {
      // The pixel in which the middle of the map's lies.
      const x = Math.floor((i % place.width + 0.5) * width / place.width);
      const y = Math.floor((first + Math.floor(i / place.width) + 0.5) * height / place.height);
      if (!isOpaque(y * width + x)) map.fill(0, i * channels, (i + 1) * channels);
    }
  };
  const covered = new ImageData(data.slice(), width, height);
  const pixels = new Uint32Array(covered.data.buffer);
  if (opaque === 0) {
    pixels.fill(0xffffffff);
    return { image: covered, clear };
  }
  // City-block distances to the nearest opaque pixel, and its colour with them, in a sweep down and one up
  // (Rosenfeld and Pfaltz 1966, doi:10.1145/321356.321357).
  const far = width + height;
  const distance = new Int32Array(pixels.length).map((_, i) => isOpaque(i) ? 0 : far);
  const take = (to: number, from: number) => {
    if (distance[from] + 1 >= distance[to]) return;
    distance[to] = distance[from] + 1;
    pixels[to] = pixels[from];
  };
  for (let i = 0; i < pixels.length; i++) {
    if (i % width > 0) take(i, i - 1);
    if (i >= width) take(i, i - width);
  }
  for (let i = pixels.length - 1; i >= 0; i--) {
    if (i % width < width - 1) take(i, i + 1);
    if (i + width < pixels.length) take(i, i + width);
  }
  return { image: covered, clear };
}
