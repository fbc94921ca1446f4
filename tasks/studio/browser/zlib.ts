/**
 * Stands in for `node:zlib` on pages, as far as core's codecs use it: pako is zlib itself in JavaScript.
 *
 * @module
 */
// @ts-types="npm:@types/pako@2.0.4"
import { deflate, Inflate } from "npm:pako@2.1.0";

export const constants = { Z_SYNC_FLUSH: 2, Z_FINISH: 4 } as const;

/** What core asks of `inflateSync`. */
interface InflateOptions {
  readonly finishFlush?: number;
  readonly maxOutputLength?: number;
  readonly chunkSize?: number;
}

/** For each byte, the remainder of its polynomial (RFC 1952, 8). */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  return remainder;
});

/** The CRC-32 of bytes. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ REMAINDERS[(crc ^ byte) & 255];
  return ~crc >>> 0;
}

/** Bytes as a zlib stream. */
export function deflateSync(bytes: Uint8Array): Uint8Array {
  return deflate(bytes);
}

/** Pako hands over whole pieces of so many bytes; of a stream that ends early, what does not fill one is lost. */
const PIECE = 2 ** 12;

/**
 * The content of a zlib stream; with `Z_SYNC_FLUSH` as `finishFlush`, of one that ends early, but for its last bytes.
 *
 * @throws {Error} for a damaged stream; with the code `ERR_BUFFER_TOO_LARGE` beyond `maxOutputLength`.
 */
export function inflateSync(
  bytes: Uint8Array,
  { finishFlush = constants.Z_FINISH, maxOutputLength = Infinity, chunkSize = PIECE }: InflateOptions = {},
): Uint8Array {
  const mayEndEarly = finishFlush === constants.Z_SYNC_FLUSH;
  const inflator = new Inflate({ chunkSize: mayEndEarly ? PIECE : chunkSize });
  const pieces: Uint8Array[] = [];
  let length = 0, ended = false;
  inflator.onData = (piece) => {
    const bytes = piece as Uint8Array;
    pieces.push(bytes);
    length += bytes.length;
    if (length > maxOutputLength) {
      throw Object.assign(new Error("the stream holds more than is wanted"), {
        code: "ERR_BUFFER_TOO_LARGE",
      });
    }
  };
  inflator.onEnd = (status) => {
    ended = true;
    if (status !== 0) throw new Error(`the stream is damaged: zlib's error ${status}`);
  };
  // The stream itself says where it ends.
  inflator.push(bytes, constants.Z_SYNC_FLUSH);
  if (!ended && !mayEndEarly) throw new Error("the stream ends early");
  return joined(pieces, length);
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1) return pieces[0];
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
