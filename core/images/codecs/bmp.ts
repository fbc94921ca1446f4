import { checkRatio, checkSize } from "./header_checks.ts";
import type { Raster } from "./raster.ts";
import { eightBitTable, unpackSamples } from "./samples.ts";

/** Values of a BMP header's compression field that are read. */
const Compression = { none: 0, bitFields: 3, alphaBitFields: 6 } as const;

/** Bytes of the file header, and of the oldest and of the first common information header behind it. */
const FILE_HEADER = 14;
const CORE_HEADER = 12;
const INFO_HEADER = 40;

/** What the headers of a BMP file say. */
interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** The first row stored is the top one; in most files it is the bottom one. */
  readonly topDown: boolean;
  /** Bits a pixel. */
  readonly bits: number;
  /** Which bits of a pixel of 16 or 32 are red, green, blue and alpha; 0 for none. */
  readonly masks: readonly [red: number, green: number, blue: number, alpha: number];
  /** Blue, green, red of each entry, in `entryBytes` bytes. */
  readonly palette: Uint8Array;
  readonly entryBytes: number;
  /** Where the pixels begin. */
  readonly offset: number;
}

/**
 * Decodes a BMP file (Microsoft, "Bitmap Storage"): palettes of 1, 4 and 8 bits, colours of 16, 24 and 32, bottom up
 * or top down. Alpha counts where the header has a mask for it, and not where all of it is 0, as of programs that leave it unset.
 *
 * @param bytes From "BM" on.
 * @throws {SyntaxError} When the file is damaged or not whole.
 * @throws {TypeError} When its pixels are run-length encoded, or a JPEG or PNG file.
 * @throws {RangeError} When it claims more than `maxPixels`.
 */
export function decodeBmp(bytes: Uint8Array, { maxPixels }: { maxPixels: number }): Raster {
  const header = readHeader(bytes);
  const { width, height, topDown, bits, offset } = header;
  checkSize({ format: "BMP", width, height, maxPixels });
  // Rows are padded to whole groups of 4 bytes; the last row's padding is no loss.
  const rowBytes = Math.ceil(width * bits / 8);
  const stride = Math.ceil(width * bits / 32) * 4;
  checkRatio("BMP", {
    wanted: stride * (height - 1) + rowBytes,
    compressed: Math.max(0, bytes.length - offset),
    ratio: 1,
  });
  const data = new Uint8ClampedArray(4 * width * height);
  const toRgba = bits <= 8 ? paletteRow(header) : bits === 24 ? trueColourRow : maskedRow(header);
  for (let y = 0; y < height; y++) {
    const from = offset + stride * (topDown ? y : height - 1 - y);
    toRgba(bytes.subarray(from, from + rowBytes), data.subarray(4 * y * width, 4 * (y + 1) * width));
  }
  if (header.masks[3] !== 0) unsetAlpha(data);
  return { width, height, data, orientation: 1 };
}

function readHeader(bytes: Uint8Array): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytes.length >= FILE_HEADER + 4 ? view.getUint32(FILE_HEADER, true) : 0;
  const core = size === CORE_HEADER;
  if (!core && (size < INFO_HEADER || size > 256) || bytes.length < FILE_HEADER + size) {
    throw new SyntaxError(
      `Cannot decode the image: the BMP file of ${bytes.length} bytes has an information header of ${size} bytes where 12 ` +
        "or 40 to 256 are wanted.",
    );
  }
  const storedHeight = core ? view.getUint16(22, true) : view.getInt32(22, true);
  const bits = view.getUint16(core ? 24 : 28, true);
  const compression: number = core ? Compression.none : view.getUint32(30, true);
  const masked = compression === Compression.bitFields || compression === Compression.alphaBitFields;
  if (!masked && compression !== Compression.none || masked && bits !== 16 && bits !== 32) {
    throw new TypeError(
      `Cannot decode the image: the BMP file's compression is ${compression} with ${bits} bits a pixel where none (0), or bit ` +
        "fields (3) with 16 or 32 bits, is wanted.",
    );
  }
  if (![1, 4, 8, 16, 24, 32].includes(bits)) {
    throw new SyntaxError(
      `Cannot decode the image: the BMP header has ${bits} bits a pixel where 1, 4, 8, 16, 24 or 32 are wanted.`,
    );
  }
  // Masks are a part of newer headers, and stand behind the old one.
  const maskCount = !masked ? 0 : compression === Compression.alphaBitFields || size >= 56 ? 4 : 3;
  const masksEnd = FILE_HEADER + INFO_HEADER + 4 * maskCount;
  const paletteAt = Math.max(FILE_HEADER + size, masksEnd * Number(masked));
  const offset = view.getUint32(10, true);
  if (paletteAt > bytes.length || offset < FILE_HEADER + size) {
    throw new SyntaxError(
      `Cannot decode the image: the BMP file of ${bytes.length} bytes has its pixels at byte ${offset}, where its headers ` +
        "are or end.",
    );
  }
  const stored = Array.from({ length: maskCount }, (_, i) => view.getUint32(54 + 4 * i, true));
  const usual = bits === 16 ? [0x7c00, 0x03e0, 0x001f] : [0xff0000, 0x00ff00, 0x0000ff];
  const [red, green, blue, alpha = 0] = masked ? stored : usual;
  return {
    width: core ? view.getUint16(18, true) : view.getInt32(18, true),
    height: Math.abs(storedHeight),
    topDown: storedHeight < 0,
    bits,
    masks: [red, green, blue, alpha],
    palette: bytes.subarray(paletteAt, Math.max(paletteAt, offset)),
    entryBytes: core ? 3 : 4,
    offset,
  };
}

/** Turns a row of pixels, as stored, into RGBA. */
type RowConverter = (row: Uint8Array, rgba: Uint8ClampedArray) => void;

function paletteRow({ width, bits, palette, entryBytes }: BmpHeader): RowConverter {
  return (row, rgba) => {
    unpackSamples(row, { depth: bits, count: width }).forEach((entry, x) => {
      // An index beyond the palette is opaque black.
      for (let c = 0; c < 3; c++) rgba[4 * x + c] = palette[entryBytes * entry + 2 - c] ?? 0;
      rgba[4 * x + 3] = 255;
    });
  };
}

function trueColourRow(row: Uint8Array, rgba: Uint8ClampedArray): void {
  for (let i = 0, s = 0; i < rgba.length; i += 4, s += 3) {
    rgba[i] = row[s + 2];
    rgba[i + 1] = row[s + 1];
    rgba[i + 2] = row[s];
    rgba[i + 3] = 255;
  }
}

function maskedRow({ bits, masks }: BmpHeader): RowConverter {
  const bytesPerPixel = bits / 8;
  const channels = masks.map((mask) => {
    const low = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    const depth = 32 - Math.clz32(mask >>> low);
    // A mask wider than 8 bits has more than a photo of 8 bits can hold: its upper 8 are taken.
    const cut = Math.max(0, depth - 8);
    return { mask, shift: low + cut, table: mask === 0 ? Uint8Array.of(0) : eightBitTable(depth - cut) };
  });
  const opaque = masks[3] === 0;
  return (row, rgba) => {
    for (let i = 0, s = 0; i < rgba.length; i += 4, s += bytesPerPixel) {
      const pixel = row[s] | row[s + 1] << 8 | (bits === 32 ? row[s + 2] << 16 | row[s + 3] << 24 : 0);
      channels.forEach(({ mask, shift, table }, c) => {
        // Masks of damaged files have gaps, and leave values that the table does not.
        rgba[i + c] = table[(pixel & mask) >>> shift] ?? 255;
      });
      if (opaque) rgba[i + 3] = 255;
    }
  };
}

/** Makes an image opaque that would be nowhere: many programs leave the alpha of their bitmaps at 0. */
function unsetAlpha(data: Uint8ClampedArray): void {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 0) return;
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
}
