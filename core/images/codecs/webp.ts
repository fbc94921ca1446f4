import { checkSize } from "./header_checks.ts";
import { exifOrientation } from "./ifd.ts";
import type { Raster } from "./raster.ts";
import { webpFactory, webpModule } from "./webp_module.js";

/** The decoder, instantiated. */
type WebpCodec = Awaited<ReturnType<typeof webpFactory>>;

/** A WebAssembly memory never shrinks: an instance that one large photo has stretched beyond this is dropped. */
const KEPT_BYTES = 64 * 2 ** 20;

let kept: WebpCodec | undefined;

/**
 * Decodes a WebP file (RFC 9649): lossy and lossless, with alpha, by libwebp.
 *
 * @param bytes From "RIFF" on.
 * @throws {SyntaxError} When the file is damaged or not whole.
 * @throws {TypeError} When it is an animation.
 * @throws {RangeError} When it claims more than `maxPixels`.
 */
export async function decodeWebp(
  bytes: Uint8Array,
  { maxPixels }: { maxPixels: number },
): Promise<Raster> {
  const { width, height, exif, profile } = readHeader(bytes);
  const orientation = exif === undefined ? 1 : exifOrientation(exif);
  checkSize({ format: "WebP", width, height, maxPixels });
  // Before the instance is taken: what follows is synchronous, so that calls that overlap never share one at a time.
  const fresh = kept === undefined ? await instantiate() : undefined;
  const codec = kept ?? fresh ?? await instantiate();
  kept = undefined;
  let image: ImageData | null = null;
  let cause: unknown;
  try {
    image = codec.decode(bytes);
    if (codec.HEAPU8.length <= KEPT_BYTES) kept = codec;
  } catch (trap) {
    cause = trap;
  }
  if (image === null || image.width !== width || image.height !== height) {
    throw new SyntaxError(
      `Cannot decode the image: the compressed data of the WebP file (${width} × ${height}) is damaged or not whole.`,
      { cause },
    );
  }
  return { width, height, data: new Uint8ClampedArray(image.data), orientation, profile };
}

function instantiate(): Promise<WebpCodec> {
  return webpFactory({
    noInitialRun: true,
    instantiateWasm(imports, done) {
      const instance = new WebAssembly.Instance(webpModule, imports);
      done(instance);
      return instance.exports;
    },
  });
}

/**
 * The EXIF data of a WebP file, a TIFF structure; `undefined` where it has none.
 *
 * @param bytes From "RIFF" on.
 * @throws what {@linkcode decodeWebp} throws of a file whose chunks are not whole.
 */
export function webpExif(bytes: Uint8Array): Uint8Array | undefined {
  return readHeader(bytes).exif;
}

/** What the chunks of a file say of its image. */
interface WebpHeader extends Pick<Raster, "width" | "height" | "profile"> {
  readonly exif: Uint8Array | undefined;
}

/** Walks the chunks of the file, which begin with four letters and a length and are padded to an even one. */
function readHeader(bytes: Uint8Array): WebpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length >= 20 ? 8 + view.getUint32(4, true) : Infinity;
  if (end > bytes.length) {
    throw new SyntaxError(
      `Cannot decode the image: the WebP file is cut off, its ${bytes.length} bytes end before its last chunk does.`,
    );
  }
  let size: { width: number; height: number } | undefined;
  let exif: Uint8Array | undefined;
  let profile: Uint8Array | undefined;
  for (let at = 12; at + 8 <= end;) {
    const type = String.fromCharCode(...bytes.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    const content = bytes.subarray(at + 8, Math.min(end, at + 8 + length));
    if (type === "VP8X" && (content[0] & 2) !== 0) {
      throw new TypeError(
        "Cannot decode the image: the WebP file is an animation where one image is wanted; save its first image as a file of its own.",
      );
    }
    size ??= sizeIn(type, content);
    if (type === "EXIF") exif ??= withoutMark(content);
    if (type === "ICCP") profile ??= content;
    at += 8 + length + length % 2;
  }
  if (size === undefined) {
    throw new SyntaxError("Cannot decode the image: the WebP file has no chunk with an image in it.");
  }
  return { ...size, exif, profile };
}

/** EXIF data without the six bytes that JPEG puts before them, and some programs into WebP, too. */
function withoutMark(exif: Uint8Array): Uint8Array {
  return String.fromCharCode(...exif.subarray(0, 6)) === "Exif\0\0" ? exif.subarray(6) : exif;
}

/** The size that a chunk gives, of those that give one: RFC 9649, 2.7, 3.4, and RFC 6386, 9.1. */
function sizeIn(type: string, chunk: Uint8Array): { width: number; height: number } | undefined {
  const word = (at: number) => chunk[at] | chunk[at + 1] << 8;
  if (type === "VP8X" && chunk.length >= 10) {
    return { width: 1 + (word(4) | chunk[6] << 16), height: 1 + (word(7) | chunk[9] << 16) };
  }
  if (type === "VP8 " && chunk.length >= 10) {
    return { width: word(6) & 0x3fff, height: word(8) & 0x3fff };
  }
  if (type === "VP8L" && chunk.length >= 5) {
    return {
      width: 1 + (word(1) & 0x3fff),
      height: 1 + (chunk[2] >> 6 | chunk[3] << 2 | (chunk[4] & 0xf) << 10),
    };
  }
  return undefined;
}
