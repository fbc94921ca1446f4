import type { RowRange } from "./bands.ts";
import type { Compute } from "./compute.ts";
import type { Plane } from "./plane.ts";

/** Pixels converted at a time, so that a large photo is not held twice. */
const CHUNK_PIXELS = 2 ** 20;

/** Options of {@linkcode uploadImage}. */
export interface UploadImageOptions {
  /** Only the rows `[first, end)`. Defaults to all. */
  rows?: RowRange;
}

/**
 * The colours of a decoded image on the GPU: H × W × 3, 0..255. Alpha is left behind: the method is defined on RGB, and a
 * photograph that has it is opaque.
 */
export function uploadImage(
  compute: Compute,
  image: ImageData,
  { rows: [first, end] = [0, image.height] }: UploadImageOptions = {},
): Plane {
  const { width, data } = image;
  const plane = compute.create({ width, height: end - first, channels: 3 });
  // A pooled buffer may still be read by recorded kernels, and writeBuffer() would overtake them.
  compute.submit();
  const pixels = width * (end - first);
  const rgb = new Float32Array(Math.min(pixels, CHUNK_PIXELS) * 3);
  for (let start = 0; start < pixels; start += CHUNK_PIXELS) {
    const count = Math.min(CHUNK_PIXELS, pixels - start);
    for (let i = 0, from = (first * width + start) * 4; i < count * 3; i += 3, from += 4) {
      rgb[i] = data[from];
      rgb[i + 1] = data[from + 1];
      rgb[i + 2] = data[from + 2];
    }
    compute.device.queue.writeBuffer(plane.buffer, start * 12, rgb, 0, count * 3);
  }
  return plane;
}
