import { argumentsSchema, checkArguments, IMAGE, numbers, optional, optionsSchema } from "../arguments.ts";
import type { RowRange } from "../gpu/bands.ts";
import type { Compute, Plane } from "../gpu/compute.ts";
import { COMPUTE } from "../gpu/schemas.ts";

/** Pixels converted at a time, so that a large photo is not held twice. */
const CHUNK_PIXELS = 2 ** 20;

/** Options of {@linkcode uploadImage}. */
export interface UploadImageOptions {
  /** Only the rows `[first, end)`. Defaults to all. */
  rows?: RowRange;
  /** Only the columns `[first, end)`. Defaults to all. */
  columns?: RowRange;
}

const ARGUMENTS = argumentsSchema({
  compute: COMPUTE,
  image: IMAGE,
  options: optionsSchema<UploadImageOptions>({
    rows: optional(numbers("first", "end")),
    columns: optional(numbers("first", "end")),
  }),
});

/**
 * The colours of a decoded image on the GPU: H × W × 3, 0..255. Alpha is left out: the method is defined on RGB, and photos
 * that have it are opaque.
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 */
export function uploadImage(
  compute: Compute,
  image: ImageData,
  options: UploadImageOptions = {},
): Plane {
  checkArguments("upload an image", ARGUMENTS, { compute, image, options });
  const { rows: [top, bottom] = [0, image.height], columns: [left, right] = [0, image.width] } = options;
  const { data } = image;
  const [width, height] = [right - left, bottom - top];
  const plane = compute.create({ width, height, channels: 3 });
  // A pooled buffer may still be read by recorded kernels, and writeBuffer() would overtake them.
  compute.submit();
  const rowsAtOnce = Math.min(height, Math.max(1, Math.floor(CHUNK_PIXELS / width)));
  const rgb = new Float32Array(rowsAtOnce * width * 3);
  for (let start = 0; start < height; start += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, height - start);
    for (let y = 0, i = 0; y < count; y++) {
      const from = ((top + start + y) * image.width + left) * 4;
      for (let at = from; at < from + width * 4; at += 4, i += 3) {
        rgb[i] = data[at];
        rgb[i + 1] = data[at + 1];
        rgb[i + 2] = data[at + 2];
      }
    }
    compute.device.queue.writeBuffer(plane.buffer, start * width * 12, rgb, 0, count * width * 3);
  }
  return plane;
}
