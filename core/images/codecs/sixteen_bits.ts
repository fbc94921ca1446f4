import type { SampleMeaning } from "./raster.ts";
import { eightBitTable } from "./samples.ts";

/** The greatest value of 16 bits. */
const FULL = 2 ** 16 - 1;

/** Bits of cameras and scanners whose values programs keep in 16 without spreading them. */
const USUAL_BITS = [8, 10, 12] as const;

/** A row of 16-bit samples: `samples` values a pixel, of which the first is number `firstSample` of the pixel. */
export interface WideRow {
  readonly row: Uint8Array | Uint16Array;
  readonly samples: number;
  readonly firstSample: number;
}

/** How samples become 8 bits. */
export interface EightBits {
  readonly colour: Uint8Array;
  readonly alpha: Uint8Array;
  /** What was decided, in a sentence, where it was not the obvious. */
  readonly note?: string;
}

/** Options of {@linkcode eightBitsOf}. */
export interface EightBitsOptions {
  /** Bits a sample. */
  readonly depth: number;
  /** Samples of a pixel that are colour; what follows them is alpha. */
  readonly colours: number;
  readonly meaning: SampleMeaning;
  /** Bits that the file says its samples have. */
  readonly declaredBits?: number;
  /** A colour value that stands for nothing. */
  readonly except?: number;
  /** All rows, in any order; walked only where samples have 16 bits, and only as far as it takes. */
  readonly rows: () => Iterable<WideRow>;
}

/**
 * How the samples of an image become 8 bits: rounded over the whole range, or, where a photo's 16 bits hold the values of a sensor with fewer, over
 * that sensor's range. Fewer they are where the file says so, or no value exceeds the range of 8, 10 or 12 bits; a file whose values
 * exceed what it says does not mean that (PNG, ISO/IEC 15948, 11.3.3.4, wants them spread over all 16 bits).
 */
export function eightBitsOf(options: EightBitsOptions): EightBits {
  const { depth, meaning, declaredBits } = options;
  const plain = eightBitTable(depth);
  if (depth < 16 || meaning === "stored" || (declaredBits ?? 0) >= 16) return { colour: plain, alpha: plain };
  const limit = 2 ** (declaredBits ?? Math.max(...USUAL_BITS)) - 1;
  const { colour, alpha } = highestOf(options, limit);
  const bits = declaredBits ?? USUAL_BITS.find((bits) => colour < 2 ** bits);
  // Of an image that is black all over any range is as good as another.
  if (bits === undefined || colour > limit || colour === 0) return { colour: plain, alpha: plain };
  const top = 2 ** bits - 1;
  const stretched = eightBitTable(depth, top);
  return {
    colour: stretched,
    // Writers that stretch no colour may stretch alpha.
    alpha: alpha <= top ? stretched : plain,
    note: declaredBits === undefined
      ? `None of its 16-bit samples exceeds ${top}: they were read as ${bits} bits.`
      : `Its 16-bit samples were read as ${bits} bits, as the file says.`,
  };
}

/** The greatest colour value and the greatest alpha; the walk ends at a colour value beyond the limit. */
function highestOf(
  { rows, colours, except }: Pick<EightBitsOptions, "rows" | "colours" | "except">,
  limit: number,
): { readonly colour: number; readonly alpha: number } {
  let colour = 0, alpha = 0;
  for (const { row, samples, firstSample } of rows()) {
    for (let i = 0, sample = firstSample; i < row.length; i++) {
      const value = row[i];
      if (sample >= colours) alpha = Math.max(alpha, value);
      else if (value > colour && value !== except) colour = value;
      if (++sample === firstSample + samples) sample = firstSample;
    }
    if (colour > limit) break;
  }
  return { colour, alpha };
}

/** The number of bits whose greatest value this is, of 9 to 16; `undefined` where it is that of none: then it says how bright an image is, not what its samples can hold. */
export function bitsUpTo(highest: number | undefined): number | undefined {
  if (highest === undefined || highest < 2 ** 8 || highest > FULL) return undefined;
  const bits = Math.log2(highest + 1);
  return Number.isInteger(bits) ? bits : undefined;
}
