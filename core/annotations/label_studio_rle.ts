import { describeSize, type Region, type Size } from "./bitmap.ts";
import { rowRuns } from "./runs.ts";

/** Bits of a value, and of the numbers of repetitions. */
const WORD = 8, SIZES = [3, 4, 8, 16] as const;

/** Values of a pixel: Label Studio packs RGBA. */
const CHANNELS = 4;

/** Writes numbers bit by bit, the highest first. */
class BitWriter {
  readonly #bytes: number[] = [];
  #bits = 0;

  write(value: number, bits: number): void {
    for (let bit = bits - 1; bit >= 0; bit--, this.#bits++) {
      if (this.#bits % 8 === 0) this.#bytes.push(0);
      if ((value >>> bit & 1) === 1) this.#bytes[this.#bytes.length - 1] |= 128 >> this.#bits % 8;
    }
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** Reads them again. */
class BitReader {
  readonly #bytes: ArrayLike<number>;
  #bits = 0;

  constructor(bytes: ArrayLike<number>) {
    this.#bytes = bytes;
  }

  read(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++, this.#bits++) {
      const byte = this.#bytes[this.#bits >> 3];
      if (byte === undefined) {
        throw new SyntaxError(`Cannot decode the mask: its ${this.#bytes.length} bytes end before it does.`);
      }
      value = value * 2 + (byte >> 7 - this.#bits % 8 & 1);
    }
    return value;
  }
}

/**
 * A region of a picture as Label Studio's brush has it: the bytes that `@thi.ng/rle-pack` makes of RGBA values, each of a pixel's four 255
 * for crack and 0 elsewhere. Runs of pixels are packed as they are: spread out, a photo of 12 megapixels is 48 million values.
 */
export function packBrush(region: Region, picture: Size): Uint8Array {
  const out = new BitWriter();
  out.write(CHANNELS * picture.width * picture.height, 32);
  out.write(WORD - 1, 5);
  for (const size of SIZES) out.write(size - 1, 4);
  const most = 1 << SIZES[3];
  for (const [i, run] of rowRuns(region, picture).entries()) {
    for (let left = CHANNELS * run; left > 0; left -= most) {
      const repeats = Math.min(left, most) - 1;
      const size = SIZES.findIndex((bits) => repeats < 1 << bits);
      out.write(1, 1);
      out.write(size, 2);
      out.write(repeats, SIZES[size]);
      out.write(i % 2 === 0 ? 0 : 255, WORD);
    }
  }
  return out.bytes;
}

/**
 * Reads what Label Studio's brush has packed.
 *
 * @returns one value a pixel, 1 where it was painted: where its opacity, the last of its four values, is not 0.
 * @throws {SyntaxError} if the bytes are damaged, or of another size.
 */
export function unpackBrush(bytes: ArrayLike<number>, picture: Size): Uint8Array {
  const input = new BitReader(bytes);
  const count = input.read(32), wanted = CHANNELS * picture.width * picture.height;
  if (count !== wanted) {
    throw new SyntaxError(
      `Cannot decode the mask: it holds ${count} values where ${describeSize(picture)} × 4 are wanted.`,
    );
  }
  const word = input.read(5) + 1;
  const sizes = Array.from({ length: 4 }, () => input.read(4) + 1);
  const data = new Uint8Array(picture.width * picture.height);
  for (let at = 0; at < count;) {
    const repeated = input.read(1) === 1;
    const end = at + input.read(sizes[input.read(2)]) + 1;
    if (end > count) {
      throw new SyntaxError(`Cannot decode the mask: a run ends at value ${end} of ${count}.`);
    }
    let value = repeated ? input.read(word) : 0;
    for (; at < end; at++) {
      if (!repeated) value = input.read(word);
      if (at % CHANNELS === CHANNELS - 1 && value !== 0) data[(at - CHANNELS + 1) / CHANNELS] = 1;
    }
  }
  return data;
}
