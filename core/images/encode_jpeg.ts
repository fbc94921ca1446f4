import { argumentsSchema, checkArguments, IMAGE, NUMBER, optional, optionsSchema } from "../arguments.ts";
import { withJpegCodec } from "./codecs/jpeg_wasm.ts";

/** Options of {@linkcode encodeJpeg}. */
export interface EncodeJpegOptions {
  /**
   * A whole number from 1 (smallest) to 100 (best).
   *
   * @default {85}
   */
  readonly quality?: number;
}

const ARGUMENTS = argumentsSchema({
  image: IMAGE,
  options: optionsSchema<EncodeJpegOptions>({ quality: optional(NUMBER) }),
});

/**
 * Encodes an image as a baseline JPEG file, for previews in reports: with loss, and without its alpha.
 *
 * @param image RGBA; alpha is skipped.
 * @returns The whole file.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} When `quality` is not a whole number from 1 to 100, a side is not 1 to 65535, the most that JPEG
 * can say, or `data` is not as long as they say.
 */
export function encodeJpeg(
  image: ImageData,
  options: EncodeJpegOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return Promise.try(() => {
    checkArguments("encode the JPEG", ARGUMENTS, { image, options });
    const { quality = 85 } = options;
    const { width, height, data } = image;
    if (!(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
      throw new RangeError(
        `Cannot encode the JPEG: quality is ${quality} where a whole number from 1 to 100 is wanted.`,
      );
    }
    const fits = (side: number) => Number.isInteger(side) && side >= 1 && side <= 65535;
    if (!fits(width) || !fits(height)) {
      throw new RangeError(
        `Cannot encode the JPEG: the image has ${width} × ${height} pixels where 1 to 65535 a side are wanted.`,
      );
    }
    if (data.length !== 4 * width * height) {
      throw new RangeError(
        `Cannot encode the JPEG: data has ${data.length} bytes where ${width} × ${height} × 4 = ` +
          `${4 * width * height} are wanted.`,
      );
    }
    const rgba = new Uint8Array(data.buffer, data.byteOffset, data.length);
    return withJpegCodec(rgba, (codec, pointer) => {
      const jpeg = codec.encode(pointer, width, height, quality);
      const length = codec.wlen();
      const bytes = new Uint8Array(codec.memory.buffer, jpeg, length).slice();
      codec.wfree(jpeg, length);
      return bytes;
    });
  });
}
