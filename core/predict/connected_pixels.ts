/**
 * The groups of connected pixels of a mask, of eight neighbours, from top to bottom.
 *
 * @param mask 1 for crack, else 0, row-major; a group may be altered once it was given.
 * @returns the places of each group's pixels in the mask.
 */
export function* connectedPixels(
  mask: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
): Generator<Uint32Array> {
  const seen = new Uint8Array(mask.length);
  // All groups one behind the other: lists that grow hold less than the largest photos have pixels, and their end is that of the process.
  const pixels = new Uint32Array(mask.reduce((count, value) => count + Number(value !== 0), 0));
  let end = 0;
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0 || seen[start] === 1) continue;
    const first = end;
    pixels[end++] = start;
    seen[start] = 1;
    for (let i = first; i < end; i++) {
      const x = pixels[i] % width, y = Math.floor(pixels[i] / width);
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const pixel = v * width + u;
          if (mask[pixel] === 0 || seen[pixel] === 1) continue;
          seen[pixel] = 1;
          pixels[end++] = pixel;
        }
      }
    }
    yield pixels.subarray(first, end);
  }
}

/** Takes out of a set the pieces that have no pixel of the mask. */
export function keepPiecesOf(
  mask: Uint8Array,
  set: Uint8Array,
  size: { readonly width: number; readonly height: number },
): void {
  for (const pixels of connectedPixels(set, size)) {
    if (pixels.some((pixel) => mask[pixel] === 1)) continue;
    for (const pixel of pixels) set[pixel] = 0;
  }
}

/** The columns and rows from the first to the last that pixels of an image of this width lie in. */
export function boundsOf(
  pixels: Uint32Array,
  width: number,
): { readonly left: number; readonly top: number; readonly width: number; readonly height: number } {
  let left = width, right = 0, top = Infinity, bottom = 0;
  for (const pixel of pixels) {
    const x = pixel % width, y = Math.floor(pixel / width);
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}
