import { decodeImage } from "../../core/images/decode_image.ts";
import type { PlaneSource } from "../../core/gpu/compute.ts";

/**
 * Reads a confidence map: grey values 0..255 as 0..1.
 *
 * @returns H × W × 1.
 * @throws {RangeError} if the picture is not grey; else what `Deno.readFile()` and `decodeImage()` throw.
 */
export async function readConfidence(path: string): Promise<PlaneSource> {
  const { width, height, data: rgba } = await decodeImage(await Deno.readFile(path));
  const data = new Float32Array(width * height);
  for (let i = 0, at = 0; i < data.length; i++, at += 4) {
    const value = rgba[at];
    if (rgba[at + 1] !== value || rgba[at + 2] !== value) {
      throw new RangeError(
        `Cannot use ${path}: its pixel (${i % width}, ${Math.floor(i / width)}) has the colour ` +
          `${value}, ${rgba[at + 1]}, ${rgba[at + 2]}, and the grey values of a confidence map are wanted.`,
      );
    }
    data[i] = value / 255;
  }
  return { width, height, channels: 1, data };
}
