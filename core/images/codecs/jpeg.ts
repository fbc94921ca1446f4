import { checkRatio, checkSize } from "./header_checks.ts";
import { cutOff, readJpegHeader } from "./jpeg_header.ts";
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
  const { width, height, blocks, passes, orientation, ended, profile } = readJpegHeader(bytes);
  checkSize({ format: "JPEG", width, height, maxPixels });
  checkRatio("JPEG", { wanted: blocks, compressed: bytes.length, ratio: BLOCKS_PER_BYTE });
  if (passes > MAX_PASSES * blocks && passes > SMALL_PASSES) {
    throw new SyntaxError(
      `Cannot decode the image: the scans of the JPEG file (${width} × ${height}) pass over its blocks ${
        Math.ceil(passes / blocks)
      } times where at most ${MAX_PASSES} are wanted; the file is damaged, or made to take long.`,
    );
  }
  const size = { width, height };
  if (ended) return { ...size, data: decodePixels(bytes, size), orientation, profile };
  return {
    ...size,
    data: decodeUnended(bytes, size),
    orientation,
    profile,
    notes: ["Its end marker is missing, but none of its rows is."],
  };
}

/** What may follow a scan: only zeros, or only ones (of which a byte is followed by a zero byte, T.81, B.1.1.5), and the end marker. */
const ZEROS = Uint8Array.from({ length: 64 }, (_, i) => [0xff, 0xd9][i - 62] ?? 0);
const ONES = Uint8Array.from({ length: 64 }, (_, i) => [0xff, 0xd9][i - 62] ?? (i % 2 === 0 ? 0xff : 0));

/**
 * Decodes a file without an end marker. Whether its rows are all there is told by what is put behind it: where bits are missing, zeros make
 * other pixels than ones do, or none.
 *
 * @throws {SyntaxError} When it is cut off.
 */
function decodeUnended(bytes: Uint8Array, size: ImageSize): Uint8ClampedArray<ArrayBuffer> {
  // Space that was kept for the rest of a file is full of zeros, and half an end marker is none; a zero behind FF belongs to it.
  let end = bytes.length;
  while (bytes[end - 1] === 0) end--;
  if (bytes[end - 1] === 0xff) end += end < bytes.length ? 1 : -1;
  const followedBy = (rest: Uint8Array) => {
    const file = new Uint8Array(end + rest.length);
    file.set(bytes.subarray(0, end));
    file.set(rest, end);
    return decodePixels(file, size);
  };
  let data: Uint8ClampedArray<ArrayBuffer>;
  let other: Uint8ClampedArray<ArrayBuffer>;
  try {
    [data, other] = [followedBy(ZEROS), followedBy(ONES)];
  } catch (error) {
    throw error instanceof SyntaxError ? cutOff(bytes) : error;
  }
  if (data.some((value, i) => value !== other[i])) throw cutOff(bytes);
  return data;
}

/** The size that a header claims. */
interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Decodes the pixels of a file with an end marker. */
function decodePixels(bytes: Uint8Array, { width, height }: ImageSize): Uint8ClampedArray<ArrayBuffer> {
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
  return data;
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
