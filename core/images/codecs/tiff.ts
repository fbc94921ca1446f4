import { checkSize } from "./header_checks.ts";
import type { DecodeOptions, Raster, SampleMeaning } from "./raster.ts";
import { type EightBits, eightBitsOf, type WideRow } from "./sixteen_bits.ts";
import { readTiffRows } from "./tiff_blocks.ts";
import { COLOUR_SAMPLES, Photometric, readTiffLayout, type TiffLayout } from "./tiff_layout.ts";

/**
 * Decodes the picture of a TIFF file (TIFF 6.0), of several pages the largest full one: grey, RGB, palette and CMYK of 1 to 16 bits, with alpha, in
 * strips or tiles, interleaved or planar; uncompressed, LZW, deflate or PackBits, with or without differencing.
 * 16-bit samples are rounded to 8 bits as {@linkcode eightBitsOf} says. Of a photo, pixels that GDAL marks as no data, or that are
 * outside a mask in the file, are transparent.
 *
 * @param bytes From the byte-order mark on.
 * @throws {SyntaxError} When the file is damaged or not whole.
 * @throws {TypeError} When it is of another kind: JPEG- or fax-compressed, floating point, YCbCr, Lab.
 * @throws {RangeError} When it claims more than `maxPixels`.
 */
export function decodeTiff(bytes: Uint8Array, { maxPixels, samples: meaning }: DecodeOptions): Raster {
  const layout = readTiffLayout(bytes);
  const { width, height, samples, photometric, orientation, pagesNote, profile } = layout;
  checkSize({ format: "TIFF", width, height, maxPixels });
  const colours = COLOUR_SAMPLES[photometric];
  const noData = meaning === "light" && photometric !== Photometric.palette ? layout.noData : undefined;
  const { colour, alpha, note } = tablesOf(bytes, layout, { meaning, noData });
  let pixels: Uint8Array | undefined;
  // How many colours of a pixel have the value that stands for no data.
  let empty: Uint8Array | undefined;
  for (const { x, y, columns, firstSample, samples: step, row } of readTiffRows(bytes, layout)) {
    // Allocated once the first block has shown that the file holds what it claims.
    pixels ??= new Uint8Array(width * height * samples);
    if (noData !== undefined) empty ??= new Uint8Array(width * height);
    const pixel = y * width + x;
    for (let s = 0; s < step; s++) {
      const sample = firstSample + s;
      const table = sample < colours ? colour : alpha;
      let to = pixel * samples + sample;
      for (let from = s; from < columns * step; from += step, to += samples) pixels[to] = table[row[from]];
      if (empty === undefined || sample >= colours) continue;
      for (let i = 0; i < columns; i++) if (row[i * step + s] === noData) empty[pixel + i]++;
    }
  }
  const data = toRgba(pixels ?? new Uint8Array(0), layout);
  const cleared = empty === undefined ? 0 : clearAlpha(data, (i) => empty[i] === colours);
  const mask = meaning === "light" && layout.maskAt !== undefined ? readMaskPage(bytes, layout) : undefined;
  const masked = mask instanceof Uint8Array ? clearAlpha(data, (i) => mask[i] === 0) : 0;
  const notes = [
    pagesNote,
    note,
    cleared === 0 ? undefined : `Its pixels of the value ${noData}, which it calls no data, were left out.`,
    mask === "unread"
      ? "Its mask is of a kind that is not read: none of its pixels was left out by it."
      : undefined,
    masked === 0 ? undefined : "Its pixels outside the mask that the file holds were left out.",
  ].filter((note) => note !== undefined);
  return { width, height, orientation, data, profile, notes };
}

/** How samples become 8 bits. Palette indices are not light: they stay as they are. */
function tablesOf(
  bytes: Uint8Array,
  layout: TiffLayout,
  { meaning, noData }: { readonly meaning: SampleMeaning; readonly noData: number | undefined },
): EightBits {
  const { depth, photometric, declaredBits } = layout;
  if (photometric === Photometric.palette) {
    const indices = Uint8Array.from({ length: 1 << depth }, (_, index) => index);
    return { colour: indices, alpha: indices };
  }
  return eightBitsOf({
    depth,
    colours: COLOUR_SAMPLES[photometric],
    meaning,
    declaredBits,
    except: noData,
    // What a tile holds beyond the image is nothing that was seen.
    rows: function* (): Generator<WideRow> {
      for (const { columns, samples, firstSample, row } of readTiffRows(bytes, layout)) {
        yield { samples, firstSample, row: row.subarray(0, columns * samples) };
      }
    },
  });
}

/** The mask of a picture, of the same size, which is 0 where there is nothing of it. */
function readMaskPage(bytes: Uint8Array, { width, height, maskAt }: TiffLayout): Uint8Array | "unread" {
  let layout: TiffLayout;
  try {
    layout = readTiffLayout(bytes, maskAt);
  } catch (error) {
    if (error instanceof TypeError) return "unread";
    throw error;
  }
  const mask = new Uint8Array(width * height);
  for (const { x, y, columns, samples, row } of readTiffRows(bytes, layout)) {
    for (let i = 0; i < columns; i++) mask[y * width + x + i] = row[i * samples];
  }
  return mask;
}

/** Makes pixels transparent, and counts them. */
function clearAlpha(rgba: Uint8ClampedArray, isEmpty: (pixel: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < rgba.length / 4; i++) {
    if (!isEmpty(i)) continue;
    rgba[4 * i + 3] = 0;
    count++;
  }
  return count;
}

/** Interleaved 8-bit samples to straight RGBA. */
function toRgba(
  pixels: Uint8Array,
  { width, height, samples, photometric, alpha, depth, colorMap }: TiffLayout,
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(4 * width * height);
  const alphaAt = COLOUR_SAMPLES[photometric];
  const entries = 1 << depth;
  // 16-bit values, which writers make of 8 bits both by × 257 and by × 256: the high byte is right for either. Some
  // store the 8 bits as they are.
  const shift = colorMap.some((value) => value > 255) ? 8 : 0;
  const invert = photometric === Photometric.whiteIsZero ? 255 : 0;
  for (let i = 0, s = 0; i < rgba.length; i += 4, s += samples) {
    switch (photometric) {
      case Photometric.rgb:
        rgba[i] = pixels[s];
        rgba[i + 1] = pixels[s + 1];
        rgba[i + 2] = pixels[s + 2];
        break;
      case Photometric.palette:
        rgba[i] = colorMap[pixels[s]] >> shift;
        rgba[i + 1] = colorMap[entries + pixels[s]] >> shift;
        rgba[i + 2] = colorMap[2 * entries + pixels[s]] >> shift;
        break;
      case Photometric.cmyk: {
        const light = (255 - pixels[s + 3]) / 255;
        rgba[i] = (255 - pixels[s]) * light;
        rgba[i + 1] = (255 - pixels[s + 1]) * light;
        rgba[i + 2] = (255 - pixels[s + 2]) * light;
        break;
      }
      default:
        rgba[i] = rgba[i + 1] = rgba[i + 2] = pixels[s] ^ invert;
    }
    const opacity = alpha === "none" ? 255 : pixels[s + alphaAt];
    rgba[i + 3] = opacity;
    if (alpha === "premultiplied" && opacity > 0) {
      for (let c = i; c < i + 3; c++) rgba[c] = rgba[c] * 255 / opacity;
    }
  }
  return rgba;
}
