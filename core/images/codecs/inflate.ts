import { inflateSync } from "node:zlib";

/** Deflate spends at least 2 bits on a match of at most 258 bytes (RFC 1951): 4 matches a byte. */
export const DEFLATE_MAX_RATIO = 1032;

/**
 * Inflates a zlib stream (RFC 1950) of known size. The system's zlib is used because it is four times faster than
 * JavaScript's and stops at a size limit; it needs no permission.
 *
 * @param bytes The zlib stream.
 * @param size `wanted`: bytes that must come out; `limit`: bytes that may come out (default: `wanted`); `format`: the
 * kind of file, for the message.
 * @returns At least `wanted` bytes.
 * @throws {SyntaxError} When the stream is damaged, ends early or holds more than `limit`.
 */
export function inflate(
  bytes: Uint8Array,
  { format, wanted, limit = wanted }: { format: string; wanted: number; limit?: number },
): Uint8Array {
  let inflated: Uint8Array;
  try {
    // One chunk a byte larger than the content: the output is then not pieced together from 16 KiB chunks.
    inflated = inflateSync(bytes, { maxOutputLength: limit, chunkSize: Math.max(64, wanted + 1) });
  } catch (cause) {
    throw new SyntaxError(
      `Cannot decode the image: the ${format} file's deflated pixel data is damaged, cut off or larger than the ` +
        `${limit} bytes that its header claims.`,
      { cause },
    );
  }
  if (inflated.length < wanted) {
    throw new SyntaxError(
      `Cannot decode the image: the ${format} file's deflated pixel data holds ${inflated.length} bytes where ` +
        `${wanted} are wanted.`,
    );
  }
  return inflated;
}
