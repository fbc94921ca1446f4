import { checkRatio, checkSize } from "./header_checks.ts";
import { readJpegHeader } from "./jpeg_header.ts";
import { withJpegCodec } from "./jpeg_wasm.ts";
import type { Raster } from "./raster.ts";

/** A block costs at least one bit: its DC difference's code. */
const BLOCKS_PER_BYTE = 8;

/**
 * How often the scans of a file may pass over it. Encoders pass over a component some six times (libjpeg) to a dozen; a scan costs a
 * file a few bytes for each 32767 blocks and a decoder all of them, so that thousands take a small file hours.
 */
const MAX_PASSES = 32;
/** Blocks that are passed over in no time, however often. */
const SMALL_PASSES = 2 ** 20;

/**
 * Decodes a JPEG file: baseline, extended and progressive, grey, colour and CMYK, any subsampling.
 *
 * @param bytes From FF D8 on.
 * @throws {SyntaxError} When the file is damaged or not whole.
 * @throws {TypeError} When it is arithmetic, lossless, hierarchical or 12-bit.
 * @throws {RangeError} When it claims more than `maxPixels`.
 */
export function decodeJpeg(bytes: Uint8Array, { maxPixels }: { maxPixels: number }): Raster {
  const { width, height, blocks, passes, orientation } = readJpegHeader(bytes);
  checkSize({ format: "JPEG", width, height, maxPixels });
  checkRatio("JPEG", { wanted: blocks, compressed: bytes.length, ratio: BLOCKS_PER_BYTE });
  if (passes > MAX_PASSES * blocks && passes > SMALL_PASSES) {
    throw new SyntaxError(
      `Cannot decode the image: the scans of the JPEG file (${width} × ${height}) pass over its blocks ${
        Math.ceil(passes / blocks)
      } times where at most ${MAX_PASSES} are wanted; the file is damaged, or made to take long.`,
    );
  }
  let data: Uint8ClampedArray<ArrayBuffer> | undefined;
  let cause: unknown;
  try {
    data = withJpegCodec(bytes, (codec, pointer) => {
      const handle = codec.decode(pointer, bytes.length, 0, 0);
      if (handle <= 1) return undefined; // 0: not decoded, 1: not scaled
      const buffer = codec.decode_buffer(handle); // sets wlen()
      const samples = new Uint8Array(codec.memory.buffer, buffer, codec.wlen());
      const same = codec.decode_width(handle) === width && codec.decode_height(handle) === height;
      const rgba = same ? toRgba(samples, width * height) : undefined;
      codec.decode_free(handle);
      return rgba;
    });
  } catch (trap) {
    cause = trap;
  }
  if (data === undefined) {
    throw new SyntaxError(
      `Cannot decode the image: the compressed data of the JPEG file (${width} × ${height}) is damaged.`,
      { cause },
    );
  }
  return { width, height, data, orientation };
}

/** Grey, RGB or CMYK (distinguished by samples a pixel) to opaque RGBA. */
function toRgba(samples: Uint8Array, pixels: number): Uint8ClampedArray<ArrayBuffer> | undefined {
  const rgba = new Uint8ClampedArray(4 * pixels);
  // One 32-bit store a pixel; every platform of Deno is little-endian: A B G R from the top.
  const packed = new Uint32Array(rgba.buffer);
  switch (samples.length / pixels) {
    case 1:
      for (let i = 0; i < pixels; i++) packed[i] = 0xff000000 | (samples[i] * 0x010101);
      return rgba;
    case 3:
      for (let i = 0, s = 0; i < pixels; i++, s += 3) {
        packed[i] = 0xff000000 | (samples[s + 2] << 16) | (samples[s + 1] << 8) | samples[s];
      }
      return rgba;
    case 4:
      // Ink amounts C M Y K, as Adobe's (inverted) convention gives them: light that passes is (1 - C)(1 - K).
      for (let i = 0; i < rgba.length; i += 4) {
        const light = (255 - samples[i + 3]) / 255;
        rgba[i] = (255 - samples[i]) * light;
        rgba[i + 1] = (255 - samples[i + 1]) * light;
        rgba[i + 2] = (255 - samples[i + 2]) * light;
        rgba[i + 3] = 255;
      }
      return rgba;
    default:
      return undefined;
  }
}
