import { checkRatio } from "./header_checks.ts";
import { DEFLATE_MAX_RATIO, inflate } from "./inflate.ts";
import { expandLzw, LZW_MAX_RATIO, TIFF_LZW } from "./lzw.ts";
import { expandPackBits, PACKBITS_MAX_RATIO } from "./packbits.ts";
import { unpackSamples } from "./samples.ts";
import { Compression, type TiffLayout } from "./tiff_layout.ts";

const MAX_RATIO: Readonly<Record<number, number>> = {
  [Compression.none]: 1,
  [Compression.lzw]: LZW_MAX_RATIO,
  [Compression.packBits]: PACKBITS_MAX_RATIO,
  [Compression.deflate]: DEFLATE_MAX_RATIO,
  [Compression.oldDeflate]: DEFLATE_MAX_RATIO,
};

/** How often a tile may be wider than what the image has of it, … */
const MAX_WASTE = 4;
/** … and the bytes of one that is so narrow that this is no matter. */
const SMALL_WASTE = 2 ** 26;

/** A row of a strip or tile: `samples` values a pixel, of which the first is number `firstSample` of the pixel. */
export interface TiffRows {
  /** First column and row in the image; a tile's columns and rows beyond the image are cut off already. */
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly firstSample: number;
  readonly samples: number;
  /** Row-major, `columns * samples` values a row. */
  readonly row: Uint8Array | Uint16Array;
}

/**
 * Walks the strips or tiles of a TIFF file (TIFF 6.0, sections 3 and 15) and yields their rows, expanded, summed up
 * and cut to the image.
 *
 * @throws {SyntaxError} When blocks are missing, cut off or damaged, or cannot hold what the header claims.
 */
export function* readTiffRows(bytes: Uint8Array, layout: TiffLayout): Generator<TiffRows> {
  const { width, height, depth, planar, tiled, blockWidth, blockHeight, offsets, byteCounts, compression } =
    layout;
  const across = Math.ceil(width / blockWidth);
  const down = Math.ceil(height / blockHeight);
  const planes = planar ? layout.samples : 1;
  const samples = planar ? 1 : layout.samples;
  const blocks = across * down * planes;
  // Some writers leave out the byte count of an uncompressed single strip; any other gap is damage.
  const counts = byteCounts.length === 0 && offsets.length === 1 && compression === Compression.none
    ? Uint32Array.of(bytes.length - offsets[0])
    : byteCounts;
  if (!(blocks >= 1 && offsets.length >= blocks && counts.length >= blocks)) {
    throw new SyntaxError(
      `Cannot decode the image: the TIFF file lists ${
        Math.min(offsets.length, counts.length)
      } strips or tiles of ` +
        `${blockWidth} × ${blockHeight} where its ${width} × ${height} pixels want ${blocks}.`,
    );
  }
  const rowBytes = Math.ceil(blockWidth * samples * depth / 8);
  let compressed = 0;
  for (let block = 0; block < blocks; block++) compressed += counts[block];
  if (compressed > bytes.length && compression !== Compression.none) {
    throw new SyntaxError(
      `Cannot decode the image: the TIFF file's ${blocks} strips or tiles have ${compressed} bytes where the whole file has ` +
        `${bytes.length}: they share bytes, or it is damaged.`,
    );
  }
  const wanted = across * rowBytes * height * planes;
  checkRatio("TIFF", {
    wanted,
    compressed: Math.min(compressed, bytes.length),
    ratio: MAX_RATIO[compression],
  });
  const used = Math.ceil(width * samples * depth / 8) * height * planes;
  if (wanted > MAX_WASTE * used + SMALL_WASTE) {
    throw new SyntaxError(
      `Cannot decode the image: the TIFF file's tiles of ${blockWidth} × ${blockHeight} want ${wanted} bytes where its ` +
        `${width} × ${height} pixels have ${used}.`,
    );
  }

  for (let block = 0; block < blocks; block++) {
    const x = block % across * blockWidth;
    const y = Math.floor(block / across) % down * blockHeight;
    const rows = Math.min(blockHeight, height - y);
    const columns = Math.min(blockWidth, width - x);
    const end = offsets[block] + counts[block];
    if (end > bytes.length) {
      throw new SyntaxError(
        `Cannot decode the image: the TIFF file is cut off, its ${bytes.length} bytes end before its strip or tile ` +
          `${block + 1} of ${blocks} does.`,
      );
    }
    const stored = expand(bytes.subarray(offsets[block], end), {
      compression,
      wanted: rows * rowBytes,
      limit: blockHeight * rowBytes,
    });
    for (let row = 0; row < rows; row++) {
      const values = inByteOrder(stored.subarray(row * rowBytes, (row + 1) * rowBytes), layout, {
        count: (tiled ? blockWidth : columns) * samples,
        step: samples,
      });
      yield {
        x,
        y: y + row,
        columns,
        firstSample: Math.floor(block / (across * down)),
        samples,
        row: values,
      };
    }
  }
}

function expand(
  bytes: Uint8Array,
  { compression, wanted, limit }: { compression: number; wanted: number; limit: number },
): Uint8Array {
  let expanded: Uint8Array;
  switch (compression) {
    case Compression.lzw:
      expanded = expandLzw(bytes, wanted, TIFF_LZW);
      break;
    case Compression.packBits:
      expanded = expandPackBits(bytes, wanted);
      break;
    case Compression.none:
      expanded = bytes;
      break;
    default:
      return inflate(bytes, { format: "TIFF", wanted, limit });
  }
  if (expanded.length < wanted) {
    throw new SyntaxError(
      `Cannot decode the image: a strip or tile of the TIFF file holds ${expanded.length} bytes where ${wanted} are ` +
        `wanted; the file is damaged or not whole.`,
    );
  }
  return expanded;
}

/** A row's samples in the machine's order, with horizontal differencing (TIFF 6.0, section 14) undone. */
function inByteOrder(
  row: Uint8Array,
  { depth, little, differenced }: TiffLayout,
  { count, step }: { count: number; step: number },
): Uint8Array | Uint16Array {
  let samples: Uint8Array | Uint16Array;
  if (depth === 16 && little) {
    samples = new Uint16Array(count);
    for (let i = 0; i < count; i++) samples[i] = row[2 * i] | (row[2 * i + 1] << 8);
  } else {
    samples = unpackSamples(row, { depth, count });
  }
  if (!differenced) return samples;
  // The row may be a view of the caller's file: sum up in a copy. Typed arrays wrap as the format wants.
  const summed = samples.slice();
  for (let i = step; i < count; i++) summed[i] += summed[i - step];
  return summed;
}
