/** Two bytes can stand for at most 128. */
export const PACKBITS_MAX_RATIO = 64;

/**
 * Expands PackBits (TIFF 6.0, section 9): a signed byte n, then n + 1 literal bytes for n ≥ 0, or one byte to be
 * repeated 1 − n times for n < 0; −128 stands for nothing.
 *
 * @param bytes The compressed strip.
 * @param wanted Bytes that the strip should hold; nothing is written beyond them.
 * @returns `wanted` bytes, or fewer where the runs end early.
 */
export function expandPackBits(bytes: Uint8Array, wanted: number): Uint8Array {
  const out = new Uint8Array(wanted);
  let at = 0;
  for (let i = 0; i < bytes.length && at < wanted;) {
    const n = bytes[i++];
    if (n < 128) {
      const run = bytes.subarray(i, i + Math.min(n + 1, wanted - at));
      out.set(run, at);
      at += run.length;
      i += n + 1;
    } else if (n > 128 && i < bytes.length) {
      const end = Math.min(wanted, at + 257 - n);
      out.fill(bytes[i++], at, end);
      at = end;
    }
  }
  return out.subarray(0, at);
}
