const CLEAR = 256;
const END = 257;
const FIRST_FREE = 258;
const TABLE_SIZE = 4096;

/** A code of 12 bits can stand for at most 3839 bytes, the longest string that fits the table. */
export const LZW_MAX_RATIO = 2560;

/**
 * Expands TIFF's LZW (TIFF 6.0, section 13): codes of 9 to 12 bits, most significant bit first, which widen one code
 * early. Every table entry is a substring of what has come out already, so the table holds positions, not strings.
 *
 * @param bytes The compressed strip.
 * @param wanted Bytes that the strip should hold; nothing is written beyond them.
 * @returns `wanted` bytes, or fewer where the codes end early or make no sense.
 */
export function expandLzw(bytes: Uint8Array, wanted: number): Uint8Array {
  const out = new Uint8Array(wanted);
  const from = new Uint32Array(TABLE_SIZE);
  const size = new Uint32Array(TABLE_SIZE);
  let free = FIRST_FREE;
  let width = 9;
  let previous = -1; // position in `out` of the previous code's string, −1 after a clear
  let previousSize = 0;
  let at = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; at < wanted;) {
    while (held < width && i < bytes.length) {
      bits = ((bits << 8) | bytes[i++]) & 0xffffff;
      held += 8;
    }
    if (held < width) break;
    held -= width;
    const code = (bits >> held) & ((1 << width) - 1);
    if (code === END) break;
    if (code === CLEAR) {
      free = FIRST_FREE;
      width = 9;
      previous = -1;
      continue;
    }
    const start = at;
    if (code < CLEAR) {
      out[at++] = code;
    } else {
      // The code being defined right now is the previous string and its own first byte, which lie side by side in `out`.
      const known = code < free;
      if (!known && (code !== free || previous < 0)) break;
      const source = known ? from[code] : previous;
      const end = Math.min(wanted, at + (known ? size[code] : previousSize + 1));
      for (let s = source; at < end;) out[at++] = out[s++];
    }
    if (previous >= 0 && free < TABLE_SIZE) {
      from[free] = previous;
      size[free] = previousSize + 1;
      free++;
      if (free + 1 >= 1 << width && width < 12) width++;
    }
    previous = start;
    previousSize = at - start;
  }
  return out.subarray(0, at);
}
