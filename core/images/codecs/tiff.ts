import { checkSize } from "./header_checks.ts";
import type { Raster } from "./raster.ts";
import { eightBitTable } from "./samples.ts";
import { readTiffRows } from "./tiff_blocks.ts";
import { COLOUR_SAMPLES, Photometric, readTiffLayout, type TiffLayout } from "./tiff_layout.ts";

/**
 * Decodes the first image of a TIFF file (TIFF 6.0): grey, RGB, palette and CMYK of 1 to 16 bits, with alpha, in
 * strips or tiles, interleaved or planar; uncompressed, LZW, deflate or PackBits, with or without differencing.
 * 16-bit samples are rounded to 8 bits over the whole range 0..65535.
 *
 * @param bytes From the byte-order mark on.
 * @throws {SyntaxError} When the file is damaged or not whole.
 * @throws {TypeError} When it is of another kind: JPEG- or fax-compressed, floating point, YCbCr, Lab.
 * @throws {RangeError} When it claims more than `maxPixels`.
 */
export function decodeTiff(bytes: Uint8Array, { maxPixels }: { maxPixels: number }): Raster {
  const layout = readTiffLayout(bytes);
  const { width, height, depth, samples, photometric, orientation } = layout;
  checkSize({ format: "TIFF", width, height, maxPixels });
  // Palette indices are not light: they must stay as they are.
  const table = photometric === Photometric.palette
    ? Uint8Array.from({ length: 1 << depth }, (_, index) => index)
    : eightBitTable(depth);
  let pixels: Uint8Array | undefined;
  for (const { x, y, columns, firstSample, samples: step, row } of readTiffRows(bytes, layout)) {
    // Allocated once the first block has shown that the file holds what it claims.
    pixels ??= new Uint8Array(width * height * samples);
    let at = (y * width + x) * samples + firstSample;
    if (step === samples) {
      for (let i = 0; i < columns * samples; i++) pixels[at + i] = table[row[i]];
    } else {
      for (let i = 0; i < columns; i++, at += samples) pixels[at] = table[row[i]];
    }
  }
  return { width, height, orientation, data: toRgba(pixels ?? new Uint8Array(0), layout) };
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
