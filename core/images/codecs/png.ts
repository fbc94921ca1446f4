import { checkRatio, checkSize } from "./header_checks.ts";
import { DEFLATE_MAX_RATIO, inflate } from "./inflate.ts";
import { type PngChunks, readPngChunks } from "./png_chunks.ts";
import { PngColour } from "./png_format.ts";
import { unfilterRows } from "./png_rows.ts";
import type { Raster } from "./raster.ts";
import { eightBitTable, unpackSamples } from "./samples.ts";

const CHANNELS: Readonly<Record<number, number>> = {
  [PngColour.grey]: 1,
  [PngColour.rgb]: 3,
  [PngColour.palette]: 1,
  [PngColour.greyAlpha]: 2,
  [PngColour.rgba]: 4,
};

/** One sub-image: every `dx`-th column from `x0`, every `dy`-th row from `y0`. */
interface Pass {
  readonly x0: number;
  readonly y0: number;
  readonly dx: number;
  readonly dy: number;
}

const WHOLE: readonly Pass[] = [{ x0: 0, y0: 0, dx: 1, dy: 1 }];

/** ISO/IEC 15948, 8.2. */
const ADAM7: readonly Pass[] = [
  { x0: 0, y0: 0, dx: 8, dy: 8 },
  { x0: 4, y0: 0, dx: 8, dy: 8 },
  { x0: 0, y0: 4, dx: 4, dy: 8 },
  { x0: 2, y0: 0, dx: 4, dy: 4 },
  { x0: 0, y0: 2, dx: 2, dy: 4 },
  { x0: 1, y0: 0, dx: 2, dy: 2 },
  { x0: 0, y0: 1, dx: 1, dy: 2 },
];

/**
 * Decodes a PNG file: every colour type and bit depth, tRNS, Adam7. 16-bit samples are rounded to 8 bits; gAMA, sRGB
 * and iCCP are not applied.
 *
 * @param bytes From the signature on.
 * @throws {SyntaxError} When the file is damaged or not whole.
 * @throws {RangeError} When it claims more than `maxPixels`.
 */
export function decodePng(bytes: Uint8Array, { maxPixels }: { maxPixels: number }): Raster {
  const chunks = readPngChunks(bytes);
  const { width, height, depth, colour, compressed, orientation } = chunks;
  checkSize({ format: "PNG", width, height, maxPixels });
  const bits = depth * CHANNELS[colour];
  const passes = (chunks.interlaced ? ADAM7 : WHOLE)
    .map(({ x0, y0, dx, dy }) => {
      const columns = Math.ceil((width - x0) / dx);
      return {
        x0,
        y0,
        dx,
        dy,
        columns,
        rows: Math.ceil((height - y0) / dy),
        rowBytes: Math.ceil(columns * bits / 8),
      };
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
  const wanted = passes.reduce((sum, { rows, rowBytes }) => sum + rows * (rowBytes + 1), 0);
  checkRatio("PNG", { wanted, compressed: compressed.length, ratio: DEFLATE_MAX_RATIO });
  const filtered = inflate(compressed, { format: "PNG", wanted });

  const data = new Uint8ClampedArray(4 * width * height);
  const packed = new Uint32Array(data.buffer);
  const toRgba = rowConverter(chunks);
  let at = 0;
  for (const { x0, y0, dx, dy, columns, rows, rowBytes } of passes) {
    const pass = filtered.subarray(at, at + rows * (rowBytes + 1));
    at += pass.length;
    unfilterRows(pass, { height: rows, rowBytes, step: Math.max(1, bits >> 3) });
    const scattered = new Uint8ClampedArray(dx > 1 ? 4 * columns : 0);
    const scatteredPacked = new Uint32Array(scattered.buffer);
    for (let row = 0; row < rows; row++) {
      const start = row * (rowBytes + 1) + 1;
      const samples = unpackSamples(pass.subarray(start, start + rowBytes), {
        depth,
        count: columns * CHANNELS[colour],
      });
      const first = (y0 + row * dy) * width + x0;
      if (dx === 1) {
        toRgba(samples, data.subarray(4 * first, 4 * (first + columns)));
      } else {
        toRgba(samples, scattered);
        for (let x = 0; x < columns; x++) packed[first + x * dx] = scatteredPacked[x];
      }
    }
  }
  return { width, height, data, orientation };
}

/** Makes the function that turns a row of samples, as stored, into RGBA. */
function rowConverter(
  { colour, depth, palette, transparency }: PngChunks,
): (samples: Uint8Array | Uint16Array, rgba: Uint8ClampedArray) => void {
  const table = eightBitTable(depth);
  // tRNS of grey and RGB: one 16-bit value a channel, in the file's own depth, which is wholly transparent.
  const clear = transparency && transparency.length >= (colour === PngColour.rgb ? 6 : 2)
    ? Array.from(
      { length: transparency.length >> 1 },
      (_, i) => (transparency[2 * i] << 8) | transparency[2 * i + 1],
    )
    : undefined;
  switch (colour) {
    case PngColour.palette:
      return (samples, rgba) => {
        for (let i = 0; i < samples.length; i++) {
          const entry = samples[i];
          // An index beyond the palette is opaque black.
          rgba[4 * i] = palette?.[3 * entry] ?? 0;
          rgba[4 * i + 1] = palette?.[3 * entry + 1] ?? 0;
          rgba[4 * i + 2] = palette?.[3 * entry + 2] ?? 0;
          rgba[4 * i + 3] = transparency?.[entry] ?? 255;
        }
      };
    case PngColour.rgb:
      return (samples, rgba) => {
        for (let i = 0, s = 0; i < rgba.length; i += 4, s += 3) {
          const r = samples[s], g = samples[s + 1], b = samples[s + 2];
          rgba[i] = table[r];
          rgba[i + 1] = table[g];
          rgba[i + 2] = table[b];
          rgba[i + 3] = clear !== undefined && r === clear[0] && g === clear[1] && b === clear[2] ? 0 : 255;
        }
      };
    case PngColour.rgba:
      return (samples, rgba) => {
        for (let i = 0; i < rgba.length; i++) rgba[i] = table[samples[i]];
      };
    default: {
      const step = colour === PngColour.greyAlpha ? 2 : 1;
      return (samples, rgba) => {
        for (let i = 0, s = 0; i < rgba.length; i += 4, s += step) {
          rgba[i] = rgba[i + 1] = rgba[i + 2] = table[samples[s]];
          rgba[i + 3] = step === 2 ? table[samples[s + 1]] : samples[s] === clear?.[0] ? 0 : 255;
        }
      };
    }
  }
}
