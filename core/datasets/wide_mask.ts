import { inflate } from "../images/codecs/inflate.ts";
import { readPngChunks } from "../images/codecs/png_chunks.ts";
import { PngColour } from "../images/codecs/png_format.ts";
import { unfilterRows } from "../images/codecs/png_rows.ts";
import { unpackSamples } from "../images/codecs/samples.ts";
import { readTiffRows } from "../images/codecs/tiff_blocks.ts";
import { Photometric, readTiffLayout } from "../images/codecs/tiff_layout.ts";
import { sniffFormat } from "../images/image_format.ts";

/** Bits and bytes a sample of a wide mask. */
const DEPTH = 16, BYTES = 2;

/**
 * Reads a mask of class numbers that was written with 16 bits: 0 and 1 of 65535 are one value where they are rounded to 8 bits.
 *
 * @param bytes a PNG or TIFF file that could be decoded.
 * @returns RGBA with the numbers as they are stored; undefined for a file that is no grey image of 16 bits, and where they exceed 255, as shades do.
 */
export function readWideClasses(bytes: Uint8Array): ImageData | undefined {
  const wide = readWideSamples(bytes);
  if (wide === undefined || wide.samples.some((value) => value > 255)) return undefined;
  const { width, height, samples } = wide;
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let i = 0, at = 0; i < samples.length; i++, at += 4) {
    rgba[at] = rgba[at + 1] = rgba[at + 2] = samples[i];
    rgba[at + 3] = 255;
  }
  return new ImageData(rgba, width, height);
}

/** Grey samples as a file stores them, row-major. */
interface WideSamples {
  readonly width: number;
  readonly height: number;
  readonly samples: Uint16Array;
}

function readWideSamples(bytes: Uint8Array): WideSamples | undefined {
  switch (sniffFormat(bytes).decoder) {
    case "png":
      return readWidePng(bytes);
    case "tiff":
      return readWideTiff(bytes);
    default:
      return undefined;
  }
}

function readWidePng(bytes: Uint8Array): WideSamples | undefined {
  const { width, height, depth, colour, interlaced, orientation, compressed } = readPngChunks(bytes);
  if (depth !== DEPTH || colour !== PngColour.grey || interlaced || orientation !== 1) return undefined;
  const rowBytes = BYTES * width;
  const rows = inflate(compressed, { format: "PNG", wanted: height * (rowBytes + 1) });
  unfilterRows(rows, { height, rowBytes, step: BYTES });
  const samples = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    // A byte before each row names its filter.
    const row = rows.subarray(y * (rowBytes + 1) + 1, (y + 1) * (rowBytes + 1));
    samples.set(unpackSamples(row, { depth, count: width }), y * width);
  }
  return { width, height, samples };
}

function readWideTiff(bytes: Uint8Array): WideSamples | undefined {
  const layout = readTiffLayout(bytes);
  const { width, height, depth, samples: channels, photometric, orientation } = layout;
  if (depth !== DEPTH || channels !== 1 || photometric !== Photometric.blackIsZero || orientation !== 1) {
    return undefined;
  }
  const samples = new Uint16Array(width * height);
  for (const { x, y, columns, row } of readTiffRows(bytes, layout)) {
    samples.set(row.subarray(0, columns), y * width + x);
  }
  return { width, height, samples };
}
