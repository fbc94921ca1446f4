import { constants, inflateSync } from "node:zlib";

/** Deflate spends at least 2 bits on a match of at most 258 bytes (RFC 1951): 4 matches a byte. */
export const DEFLATE_MAX_RATIO = 1032;

/**
 * Inflates a zlib stream (RFC 1950) of known size. The system's zlib is used because it is four times faster than
 * JavaScript's and stops at a size limit; it needs no permission.
 *
 * @param bytes The zlib stream.
 * @param size `wanted`: bytes that must come out; `limit`: bytes that may come out (default: `wanted`); `format`: the
 * kind of file, for the message.
 * @returns At least `wanted` bytes. Where the limit is several times that, no more than so much is inflated, and neither the rest of the
 * stream nor its checksum is looked at.
 * @throws {SyntaxError} When the stream is damaged, ends early or holds more than `limit`.
 */
export function inflate(
  bytes: Uint8Array,
  { format, wanted, limit = wanted }: { format: string; wanted: number; limit?: number },
): Uint8Array {
  let inflated: Uint8Array;
  try {
    // One chunk a byte larger than the content: the output is then not pieced together from 16 KiB chunks.
    inflated = limit > mostOfStart(wanted)
      ? inflateStart(bytes, wanted)
      : inflateSync(bytes, { maxOutputLength: limit, chunkSize: Math.max(64, wanted + 1) });
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

/** What the start of a stream may come out as, where `wanted` bytes of it are asked for. */
function mostOfStart(wanted: number): number {
  return 4 * wanted + 2 ** 16;
}

/**
 * Inflates the start of a zlib stream, however much it holds: a prefix of a stream gives a prefix of its content. Prefixes are doubled from
 * the shortest that could hold enough, and halved towards the last one that held too little where one holds too much; so each
 * attempt, of some forty at most, costs a small multiple of what is wanted.
 *
 * @returns At least `wanted` bytes, fewer only where the stream has fewer, and never more than some 4 times as many.
 * @throws {Error} zlib's, when the stream is damaged.
 */
export function inflateStart(bytes: Uint8Array, wanted: number): Uint8Array {
  let tooLittle = 0;
  let tooMuch = Infinity;
  let length = Math.min(bytes.length, Math.ceil(wanted / DEFLATE_MAX_RATIO) + 64);
  while (true) {
    const start = inflatePrefix(bytes.subarray(0, length), wanted);
    if (start === undefined) tooMuch = length;
    else if (start.length >= wanted || length === bytes.length || tooMuch - length <= 1) return start;
    else tooLittle = length;
    length = tooMuch === Infinity ? Math.min(2 * length, bytes.length) : (tooLittle + tooMuch) >> 1;
  }
}

/** What a prefix of a stream gives; `undefined` where that is far more than is wanted. */
function inflatePrefix(bytes: Uint8Array, wanted: number): Uint8Array | undefined {
  try {
    return inflateSync(bytes, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: mostOfStart(wanted),
      chunkSize: Math.max(64, wanted + 1),
    });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw error;
  }
}
