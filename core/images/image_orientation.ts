import type { Raster } from "./codecs/raster.ts";

/**
 * Turns and mirrors a picture upright as its orientation tag asks (EXIF 2.32, 4.6.4 A, tag 274). Orientations 5 to 8
 * swap width and height.
 *
 * @returns The picture itself, or a new one when there is something to turn.
 */
export function turnUpright(raster: Raster): Omit<Raster, "orientation"> {
  const { width: w, height: h, data, orientation } = raster;
  if (orientation === 1) return raster;
  // The upright pixel (x, y) is the stored pixel number origin + x * right + y * down.
  const { origin, right, down } = ({
    2: { origin: w - 1, right: -1, down: w },
    3: { origin: w * h - 1, right: -1, down: -w },
    4: { origin: w * (h - 1), right: 1, down: -w },
    5: { origin: 0, right: w, down: 1 },
    6: { origin: w * (h - 1), right: -w, down: 1 },
    7: { origin: w * h - 1, right: -w, down: -1 },
    8: { origin: w - 1, right: w, down: -1 },
  } as Record<number, { origin: number; right: number; down: number }>)[orientation];
  const swapped = orientation >= 5;
  const width = swapped ? h : w;
  const height = swapped ? w : h;
  const stored = new Uint32Array(data.buffer, data.byteOffset, w * h);
  const upright = new Uint32Array(w * h);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, from = origin + y * down; x < width; x++, from += right) upright[to++] = stored[from];
  }
  return { width, height, data: new Uint8ClampedArray(upright.buffer) };
}
