import {
  argumentsSchema,
  callback,
  checkArguments,
  NUMBER,
  oneOf,
  optional,
  optionsSchema,
} from "../arguments.ts";
import { decodeBmp } from "./codecs/bmp.ts";
import { decodeGif } from "./codecs/gif.ts";
import { applyProfile, readIccProfile } from "./codecs/icc_profile.ts";
import { decodeJpeg } from "./codecs/jpeg.ts";
import { decodePng } from "./codecs/png.ts";
import type { DecodeOptions, Raster } from "./codecs/raster.ts";
import { decodeTiff } from "./codecs/tiff.ts";
import { decodeWebp } from "./codecs/webp.ts";
import { READ_FORMATS, sniffFormat } from "./image_format.ts";

/** Options of {@linkcode decodeImage}. */
export interface DecodeImageOptions {
  /**
   * The most pixels, width × height, that a header may claim. The default of 2^27 = 134,217,728 lets a medium-format
   * photo of 100 megapixels through (512 MiB of RGBA); a file that claims more is refused before anything is
   * allocated for it.
   *
   * @default {134217728}
   */
  readonly maxPixels?: number;
  /**
   * What the samples are: `light`, as in a photo, or `stored` numbers, as in a mask or a map of confidences. Of a photo, 16-bit samples that use 8,
   * 10 or 12 bits are spread over the whole range, colours become sRGB's by the file's ICC profile, and pixels of a TIFF file without data are
   * transparent; numbers stay as they are.
   *
   * @default {"light"}
   */
  readonly samples?: "light" | "stored";
  /**
   * Told, in a sentence each, what was chosen, guessed or not done: the bits that samples use, the page of a TIFF file, a missing end marker, a
   * profile that was not applied.
   */
  readonly onNote?: (note: string) => void;
}

const OPTIONS = argumentsSchema({
  options: optionsSchema<DecodeImageOptions>({
    maxPixels: optional(NUMBER),
    samples: optional(oneOf("light", "stored")),
    onNote: optional(callback()),
  }),
});

const DECODERS = {
  jpeg: decodeJpeg,
  png: decodePng,
  tiff: decodeTiff,
  webp: decodeWebp,
  bmp: decodeBmp,
  gif: decodeGif,
} as const;

/**
 * Decodes a photo or mask into upright RGBA, 8 bits a sample.
 *
 * The first bytes decide the kind of file, never its name:
 *
 * - **JPEG**: baseline and progressive, grey, colour and CMYK, any subsampling, turned by its EXIF orientation; without its end marker where
 *   all rows are there;
 * - **PNG**: every colour type and bit depth, tRNS, interlaced; of a palette the colours come out, not the indices;
 * - **TIFF**: of several pages the largest full picture; grey, RGB, palette, CMYK of 1 to 16 bits, strips or tiles; uncompressed, LZW, deflate
 *   or PackBits;
 * - **WebP**: lossy and lossless, no animation, turned by its EXIF orientation;
 * - **BMP**: palettes and colours of 1 to 32 bits, not run-length encoded;
 * - **GIF**: the first image.
 *
 * 16-bit samples are rounded to 8 bits, and those of a photo whose values are of 8, 10 or 12 bits are spread. ICC profiles of
 * three curves and a matrix, such as Adobe RGB and Display P3, and of grey, are applied to photos; others are not, which is noted. Alpha is straight: colours come out as
 * stored, neither multiplied by it nor laid over a background, because any background would draw an edge that is not in
 * the photo. Readers of the colours alone, as the label recipe is, see what the file stores under transparent
 * pixels.
 *
 * All work is done on the calling thread within the call, so that calls may overlap. A file that fails leaves nothing
 * behind.
 *
 * @example
 * ```ts
 * import { decodeImage, encodePng } from "../../mod.ts";
 *
 * const png = await encodePng({ width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 255) });
 * const image = await decodeImage(png);
 * console.log(image.width, image.height, image.data); // 2 1 [0, 0, 0, 255, 255, 255, 255, 255]
 * ```
 *
 * @param bytes The whole file.
 * @returns `width` × `height` pixels, row-major, 4 bytes each: red, green, blue, alpha, 0..255.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {TypeError} When `bytes` is not a `Uint8Array`, or is of none of these kinds, or a variant that is not read.
 * @throws {SyntaxError} When the file is empty, damaged, cut off, or claims more pixels than its bytes can hold.
 * @throws {RangeError} When the header claims more than `maxPixels`, or `maxPixels` is not a positive number.
 */
export function decodeImage(
  bytes: Uint8Array,
  options: DecodeImageOptions = {},
): Promise<ImageData> {
  return Promise.try(async () => {
    checkArguments("decode the image", OPTIONS, { options });
    const { maxPixels = 2 ** 27, samples = "light", onNote } = options;
    const raster = await decode(bytes, { maxPixels, samples });
    const notes = [...raster.notes ?? []];
    if (samples === "light") notes.push(...convertToSrgb(raster));
    const { width, height, data } = turnUpright(raster);
    for (const note of notes) onNote?.(note);
    return new ImageData(data, width, height);
  });
}

function decode(bytes: Uint8Array, options: DecodeOptions): Raster | Promise<Raster> {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot decode the image: the input is ${
        bytes === null ? "null" : typeof bytes
      } where a Uint8Array is wanted.`,
    );
  }
  const { maxPixels } = options;
  if (!(maxPixels > 0)) {
    throw new RangeError(
      `Cannot decode the image: maxPixels is ${maxPixels} where a positive number is wanted.`,
    );
  }
  if (bytes.length === 0) {
    throw new SyntaxError(`Cannot decode the image: the file is empty where a ${READ_FORMATS} is wanted.`);
  }
  const { decoder, name, remedy } = sniffFormat(bytes);
  if (decoder === undefined) {
    const start = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw new TypeError(
      `Cannot decode the image: its first bytes, ${start}, are those of ${name} where a ${READ_FORMATS} is wanted${
        remedy === undefined ? "" : `; ${remedy}`
      }.`,
    );
  }
  return DECODERS[decoder](bytes, options);
}

/** Applies the profile of a photo in place; where that cannot be, says so. */
function convertToSrgb({ data, profile }: Raster): string[] {
  if (profile === undefined) return [];
  const icc = readIccProfile(profile);
  if (icc === undefined) return ["Its colour profile is damaged and was not applied."];
  if (applyProfile(data, icc) !== "not applied") return [];
  const name = icc.name === "" ? "" : ` "${icc.name}"`;
  return [
    `Its colour profile${name} is not of three curves and a matrix and was not applied: its colours may be off.`,
  ];
}

/**
 * Turns and mirrors an image upright as its orientation tag asks (EXIF 2.32, 4.6.4 A, tag 274). Orientations 5 to 8
 * swap width and height.
 *
 * @returns The image itself, or a new one when there is something to turn.
 */
function turnUpright(raster: Raster): Pick<Raster, "width" | "height" | "data"> {
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
