const TABLE_SIZE = 4096;

/** The longest codes, in bits. */
const MOST_BITS = 12;

/** A code of 12 bits can stand for at most 3839 bytes, the longest string that fits the table. */
export const LZW_MAX_RATIO = 2560;

/** What tells one file format's LZW from another's. */
export interface LzwVariant {
  /** Bits of a value. Two codes follow the values, to clear the table and to end. */
  readonly depth: number;
  /** Which bit of a byte a code begins with: the most or the least significant. */
  readonly first: "most" | "least";
  /** By how many codes codes widen before the table is full for their width. */
  readonly early: 0 | 1;
}

/** TIFF's (TIFF 6.0, section 13). */
export const TIFF_LZW: LzwVariant = { depth: 8, first: "most", early: 1 };

/** GIF's (GIF89a, appendix F), of images of 2 to the `depth` colours. */
export function gifLzw(depth: number): LzwVariant {
  return { depth, first: "least", early: 0 };
}

/**
 * Expands LZW: codes of up to 12 bits, which widen as the table fills. Every table entry is a substring of what has come out already, so the
 * table holds positions, not strings.
 *
 * @param bytes The compressed data.
 * @param wanted Values that the data should hold; nothing is written beyond them.
 * @returns `wanted` values, or fewer where the codes end early or make no sense.
 */
export function expandLzw(
  bytes: Uint8Array,
  wanted: number,
  { depth, first, early }: LzwVariant,
): Uint8Array {
  const clear = 1 << depth, end = clear + 1, firstFree = clear + 2;
  const out = new Uint8Array(wanted);
  const from = new Uint32Array(TABLE_SIZE);
  const size = new Uint32Array(TABLE_SIZE);
  let free = firstFree;
  let width = depth + 1;
  let previous = -1; // position in `out` of the previous code's string, −1 after a clear
  let previousSize = 0;
  let at = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; at < wanted;) {
    for (; held < width && i < bytes.length; held += 8) {
      bits = first === "most" ? ((bits << 8) | bytes[i++]) & 0xffffff : bits | bytes[i++] << held;
    }
    if (held < width) break;
    held -= width;
    const code = (first === "most" ? bits >> held : bits) & ((1 << width) - 1);
    if (first === "least") bits >>>= width;
    if (code === end) break;
    if (code === clear) {
      free = firstFree;
      width = depth + 1;
      previous = -1;
      continue;
    }
    const start = at;
    if (code < clear) {
      out[at++] = code;
    } else {
      // The code being defined right now is the previous string and its own first byte, which lie side by side in `out`.
      const known = code < free;
      if (!known && (code !== free || previous < 0)) break;
      const source = known ? from[code] : previous;
      const stop = Math.min(wanted, at + (known ? size[code] : previousSize + 1));
      for (let s = source; at < stop;) out[at++] = out[s++];
    }
    if (previous >= 0 && free < TABLE_SIZE) {
      from[free] = previous;
      size[free] = previousSize + 1;
      free++;
      if (free + early >= 1 << width && width < MOST_BITS) width++;
    }
    previous = start;
    previousSize = at - start;
  }
  return out.subarray(0, at);
}
