import { concatenated } from "./concatenated.ts";
import { checkRatio, checkSize } from "./header_checks.ts";
import { expandLzw, gifLzw, LZW_MAX_RATIO } from "./lzw.ts";
import type { Raster } from "./raster.ts";

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const GRAPHIC_CONTROL = 0xf9;

/** First row and distance of the rows of each pass of an interlaced image (GIF89a, appendix E). */
const PASSES = [[0, 8], [4, 8], [2, 4], [1, 2]] as const;

/** The first image of a GIF file, on the screen that it is drawn on. */
interface Frame {
  readonly screen: { readonly width: number; readonly height: number };
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  /** Red, green, blue of each entry. */
  readonly palette: Uint8Array;
  /** The index that is transparent, −1 where none is. */
  readonly transparent: number;
  /** Bits a pixel of the codes. */
  readonly depth: number;
  /** LZW codes, in one piece. */
  readonly compressed: Uint8Array;
}

/**
 * Decodes the first image of a GIF file (GIF87a, GIF89a), plain or interlaced. What of the screen it does not cover, and the index that
 * is marked so, is transparent. Images after the first, of animations, are not looked at.
 *
 * @param bytes From "GIF8" on.
 * @throws {SyntaxError} When the file is damaged, cut off or has no image.
 * @throws {RangeError} When it claims more than `maxPixels`.
 */
export function decodeGif(bytes: Uint8Array, { maxPixels }: { maxPixels: number }): Raster {
  const frame = readFirstFrame(bytes);
  const { left, top, palette, transparent, interlaced, compressed } = frame;
  // Some writers let the image reach beyond the screen: then the screen is larger than it says.
  const width = Math.max(frame.screen.width, left + frame.width);
  const height = Math.max(frame.screen.height, top + frame.height);
  checkSize({ format: "GIF", width: frame.width, height: frame.height, maxPixels });
  checkSize({ format: "GIF", width, height, maxPixels });
  const wanted = frame.width * frame.height;
  checkRatio("GIF", { wanted, compressed: compressed.length, ratio: LZW_MAX_RATIO });
  const indices = expandLzw(compressed, wanted, gifLzw(frame.depth));
  if (indices.length < wanted) {
    throw new SyntaxError(
      `Cannot decode the image: the compressed data of the GIF file holds ${indices.length} pixels where ${wanted} are wanted; ` +
        "the file is damaged or not whole.",
    );
  }
  const data = new Uint8ClampedArray(4 * width * height);
  const passes = interlaced ? PASSES : [[0, 1]];
  let from = 0;
  for (const [first, step] of passes) {
    for (let y = first; y < frame.height; y += step) {
      let to = 4 * ((top + y) * width + left);
      for (let x = 0; x < frame.width; x++, to += 4) {
        const index = indices[from++];
        // An index beyond the palette is opaque black.
        for (let c = 0; c < 3; c++) data[to + c] = palette[3 * index + c] ?? 0;
        data[to + 3] = index === transparent ? 0 : 255;
      }
    }
  }
  return { width, height, data, orientation: 1 };
}

function readFirstFrame(bytes: Uint8Array): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cutOff = () =>
    new SyntaxError(
      `Cannot decode the image: the GIF file is cut off, its ${bytes.length} bytes end before its first image does.`,
    );
  const paletteAt = (at: number, flags: number) =>
    bytes.subarray(at, at + ((flags & 0x80) === 0 ? 0 : 6 << (flags & 7)));
  /** The blocks that begin at a byte, each its length and so many bytes, up to one of none. */
  const blocksAt = (at: number): { blocks: Uint8Array[]; end: number } => {
    const blocks: Uint8Array[] = [];
    for (;;) {
      const size = bytes[at];
      if (size === undefined || at + 1 + size > bytes.length) throw cutOff();
      if (size === 0) return { blocks, end: at + 1 };
      blocks.push(bytes.subarray(at + 1, at + 1 + size));
      at += 1 + size;
    }
  };

  if (bytes.length < 13) throw cutOff();
  const screen = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  const globalPalette = paletteAt(13, bytes[10]);
  let transparent = -1;
  for (let at = 13 + globalPalette.length;;) {
    if (at >= bytes.length) throw cutOff();
    if (bytes[at] === EXTENSION) {
      const { blocks: [control], end } = blocksAt(at + 2);
      if (bytes[at + 1] === GRAPHIC_CONTROL && control?.length >= 4) {
        transparent = (control[0] & 1) === 1 ? control[3] : -1;
      }
      at = end;
      continue;
    }
    if (bytes[at] !== IMAGE) {
      throw new SyntaxError(
        `Cannot decode the image: byte ${at} of the GIF file begins a block of kind ${
          bytes[at]
        } where its first image is wanted.`,
      );
    }
    if (at + 11 > bytes.length) throw cutOff();
    const flags = bytes[at + 9];
    const ownPalette = paletteAt(at + 10, flags);
    const codesAt = at + 10 + ownPalette.length;
    const depth = bytes[codesAt];
    if (depth === undefined) throw cutOff();
    if (depth < 1 || depth > 8) {
      throw new SyntaxError(
        `Cannot decode the image: the GIF file's image has codes of ${depth} bits where 1 to 8 are wanted.`,
      );
    }
    return {
      screen,
      left: view.getUint16(at + 1, true),
      top: view.getUint16(at + 3, true),
      width: view.getUint16(at + 5, true),
      height: view.getUint16(at + 7, true),
      interlaced: (flags & 0x40) !== 0,
      palette: ownPalette.length > 0 ? ownPalette : globalPalette,
      transparent,
      depth,
      compressed: concatenated(blocksAt(codesAt + 1).blocks),
    };
  }
}
