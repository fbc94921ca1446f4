import { checkRatio, checkSize } from "./header_checks.ts";
import { DEFLATE_MAX_RATIO, inflate } from "./inflate.ts";
import { type PngChunks, readPngChunks } from "./png_chunks.ts";
import { PngColour } from "./png_format.ts";
import { unfilterRows } from "./png_rows.ts";
import type { DecodeOptions, Raster } from "./raster.ts";
import { unpackSamples } from "./samples.ts";
import { type EightBits, eightBitsOf, type WideRow } from "./sixteen_bits.ts";

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

/** One with pixels, in an image of some size. */
interface SizedPass extends Pass {
  readonly columns: number;
  readonly rows: number;
  /** Bytes a row, without that of its filter. */
  readonly rowBytes: number;
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
 * Decodes a PNG file: every colour type and bit depth, tRNS, Adam7. 16-bit samples are rounded to 8 bits as {@linkcode eightBitsOf}
 * says; gAMA and cHRM are not applied.
 *
 * @param bytes From the signature on.
 * @throws {SyntaxError} When the file is damaged or not whole.
 * @throws {RangeError} When it claims more than `maxPixels`.
 */
export function decodePng(bytes: Uint8Array, { maxPixels, samples: meaning }: DecodeOptions): Raster {
  const chunks = readPngChunks(bytes);
  const { width, height, depth, colour, compressed, orientation, significantBits, profile } = chunks;
  checkSize({ format: "PNG", width, height, maxPixels });
  const bits = depth * CHANNELS[colour];
  const passes = (chunks.interlaced ? ADAM7 : WHOLE)
    .map((pass): SizedPass => {
      const columns = Math.ceil((width - pass.x0) / pass.dx);
      const rows = Math.ceil((height - pass.y0) / pass.dy);
      return { ...pass, columns, rows, rowBytes: Math.ceil(columns * bits / 8) };
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
  const wanted = passes.reduce((sum, { rows, rowBytes }) => sum + rows * (rowBytes + 1), 0);
  checkRatio("PNG", { wanted, compressed: compressed.length, ratio: DEFLATE_MAX_RATIO });
  const filtered = inflate(compressed, { format: "PNG", wanted });
  let at = 0;
  for (const { rows, rowBytes } of passes) {
    const pass = filtered.subarray(at, at + rows * (rowBytes + 1));
    at += pass.length;
    unfilterRows(pass, { height: rows, rowBytes, step: Math.max(1, bits >> 3) });
  }

  const channels = CHANNELS[colour];
  const lines = () => scanlines(filtered, { passes, depth, channels });
  const colours = colour === PngColour.greyAlpha || colour === PngColour.rgba ? channels - 1 : channels;
  const eightBits = eightBitsOf({
    ...{ depth, colours, meaning },
    declaredBits: significantBits?.length ? Math.max(...significantBits.subarray(0, colours)) : undefined,
    rows: function* (): Generator<WideRow> {
      for (const { samples } of lines()) yield { row: samples, samples: channels, firstSample: 0 };
    },
  });
  const data = new Uint8ClampedArray(4 * width * height);
  const packed = new Uint32Array(data.buffer);
  const toRgba = rowConverter(chunks, eightBits);
  const scattered = new Uint8ClampedArray(chunks.interlaced ? 4 * width : 0);
  const scatteredPacked = new Uint32Array(scattered.buffer);
  for (const { pass: { x0, dx, columns }, y, samples } of lines()) {
    const first = y * width + x0;
    if (dx === 1) {
      toRgba(samples, data.subarray(4 * first, 4 * (first + columns)));
    } else {
      toRgba(samples, scattered.subarray(0, 4 * columns));
      for (let x = 0; x < columns; x++) packed[first + x * dx] = scatteredPacked[x];
    }
  }
  return {
    width,
    height,
    data,
    orientation,
    profile,
    notes: eightBits.note === undefined ? [] : [eightBits.note],
  };
}

/** Walks the rows of all sub-images, whose filters are undone: row `y` of the image, as far as the pass has it. */
function* scanlines(
  rows: Uint8Array,
  { passes, depth, channels }: {
    readonly passes: readonly SizedPass[];
    readonly depth: number;
    readonly channels: number;
  },
): Generator<{ readonly pass: SizedPass; readonly y: number; readonly samples: Uint8Array | Uint16Array }> {
  let start = 1; // after the byte that names the filter
  for (const pass of passes) {
    for (let row = 0; row < pass.rows; row++, start += pass.rowBytes + 1) {
      const stored = rows.subarray(start, start + pass.rowBytes);
      const samples = unpackSamples(stored, { depth, count: pass.columns * channels });
      yield { pass, y: pass.y0 + row * pass.dy, samples };
    }
  }
}

/** Makes the function that turns a row of samples, as stored, into RGBA. */
function rowConverter(
  { colour, palette, transparency }: PngChunks,
  { colour: table, alpha }: EightBits,
): (samples: Uint8Array | Uint16Array, rgba: Uint8ClampedArray) => void {
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
        for (let i = 0; i < rgba.length; i += 4) {
          rgba[i] = table[samples[i]];
          rgba[i + 1] = table[samples[i + 1]];
          rgba[i + 2] = table[samples[i + 2]];
          rgba[i + 3] = alpha[samples[i + 3]];
        }
      };
    default: {
      const step = colour === PngColour.greyAlpha ? 2 : 1;
      return (samples, rgba) => {
        for (let i = 0, s = 0; i < rgba.length; i += 4, s += step) {
          rgba[i] = rgba[i + 1] = rgba[i + 2] = table[samples[s]];
          rgba[i + 3] = step === 2 ? alpha[samples[s + 1]] : samples[s] === clear?.[0] ? 0 : 255;
        }
      };
    }
  }
}
