import { type IfdValues, readIfd } from "./ifd.ts";
import { bitsUpTo } from "./sixteen_bits.ts";
import { type PicturePage, picturePage } from "./tiff_pages.ts";

/** Tags of TIFF 6.0, and GDAL's of what stands for no data. */
const Tag = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  maxSampleValue: 281,
  planar: 284,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  extraSamples: 338,
  sampleFormat: 339,
  sMaxSampleValue: 341,
  iccProfile: 34675,
  gdalNoData: 42113,
} as const;

/** Values of the photometric interpretation. */
export const Photometric = { whiteIsZero: 0, blackIsZero: 1, rgb: 2, palette: 3, mask: 4, cmyk: 5 } as const;

/** Values of the compression tag that are read. */
export const Compression = { none: 1, lzw: 5, deflate: 8, packBits: 32773, oldDeflate: 32946 } as const;

/** How the picture of a TIFF file is stored. */
export interface TiffLayout {
  readonly width: number;
  readonly height: number;
  readonly little: boolean;
  /** Bits a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** Samples a pixel, extra ones (alpha) included. */
  readonly samples: number;
  /** Samples of one pixel lie in planes of their own. */
  readonly planar: boolean;
  /** One of Compression. */
  readonly compression: number;
  /** One of Photometric. */
  readonly photometric: number;
  /** Samples are stored as differences from their left neighbour. */
  readonly differenced: boolean;
  /** What the first extra sample is. */
  readonly alpha: "none" | "straight" | "premultiplied";
  /** Red of every entry, then green, then blue, 16 bits each. */
  readonly colorMap: IfdValues;
  readonly orientation: number;
  /** A strip is a block as wide as the image; tiles all have the full size and may reach beyond the image. */
  readonly tiled: boolean;
  readonly blockWidth: number;
  readonly blockHeight: number;
  /** Where each block lies in the file, row by row, plane by plane. */
  readonly offsets: IfdValues;
  readonly byteCounts: IfdValues;
  /** Bits that the file says its samples use; `undefined` where it does not say. */
  readonly declaredBits: number | undefined;
  /** The value that a pixel without data has in all its colours; `undefined` where there is none. */
  readonly noData: number | undefined;
  /** The ICC profile, where there is one. */
  readonly profile: Uint8Array | undefined;
  /** Where the directory of the mask begins that says which pixels are of the picture. */
  readonly maskAt: number | undefined;
  /** What the file holds besides, in a sentence. */
  readonly pagesNote: string | undefined;
}

/** Colour samples of each photometric interpretation. */
export const COLOUR_SAMPLES: Readonly<Record<number, number>> = {
  [Photometric.whiteIsZero]: 1,
  [Photometric.blackIsZero]: 1,
  [Photometric.rgb]: 3,
  [Photometric.palette]: 1,
  [Photometric.cmyk]: 4,
};

/**
 * Reads how the picture of a TIFF file is stored, which {@linkcode picturePage} chooses where there are several, and refuses what {@linkcode decodeTiff} does not read.
 *
 * @param maskAt Where the directory of a mask begins, to read that one.
 * @throws {SyntaxError} When the directory is missing, damaged or contradicts itself.
 * @throws {TypeError} When the image is of a kind that is not read.
 */
export function readTiffLayout(bytes: Uint8Array, maskAt?: number): TiffLayout {
  const page: PicturePage = maskAt === undefined ? picturePage(bytes) : { start: maskAt };
  const fields = readIfd(bytes, new Set(Object.values(Tag)), { start: page.start });
  if (fields === undefined) {
    throw new SyntaxError(
      `Cannot decode the image: the TIFF file has no whole image file directory in its ${bytes.length} bytes.`,
    );
  }
  const all = (tag: number): IfdValues => fields.get(tag) ?? new Uint8Array(0);
  const one = (tag: number, otherwise: number): number => fields.get(tag)?.[0] ?? otherwise;
  const width = one(Tag.width, 0);
  const height = one(Tag.height, 0);
  const samples = one(Tag.samplesPerPixel, 1);
  const depths = new Set(fields.get(Tag.bits) ?? [1]);
  const [depth] = depths;
  const format = one(Tag.sampleFormat, 1);
  const photometric = one(Tag.photometric, -1);
  const compression = one(Tag.compression, Compression.none);
  const predictor = compression === Compression.none ? 1 : one(Tag.predictor, 1);
  const isMask = maskAt !== undefined && photometric === Photometric.mask;
  const colours = isMask ? 1 : COLOUR_SAMPLES[photometric];
  const fillOrder = one(Tag.fillOrder, 1);

  refuse(
    "photometric interpretation",
    photometric,
    colours !== undefined,
    "0, 1, 2, 3 or 5 (grey, RGB, palette, CMYK)",
  );
  refuse(
    "compression",
    compression,
    Object.values<number>(Compression).includes(compression),
    "none (1), LZW (5), deflate (8) or PackBits (32773)",
  );
  refuse("sample format", format, format === 1, "unsigned whole numbers (1)");
  refuse("fill order", fillOrder, fillOrder === 1, "1");
  refuse(
    "bits per sample",
    [...depths].slice(0, 4).join(", "),
    depths.size === 1 && [1, 2, 4, 8, 16].includes(depth) &&
      !(photometric === Photometric.palette && depth > 8),
    "1, 2, 4, 8 or 16, the same for every sample (at most 8 for a palette)",
  );
  refuse(
    "predictor",
    predictor,
    predictor === 1 || (predictor === 2 && depth >= 8),
    "1, or 2 with 8 or 16 bits",
  );

  const tiled = fields.has(Tag.tileWidth);
  const layout: TiffLayout = {
    width,
    height,
    little: bytes[0] === 0x49,
    depth,
    samples,
    planar: samples > 1 && one(Tag.planar, 1) === 2,
    compression,
    photometric,
    differenced: predictor === 2,
    alpha: samples > colours
      ? (["none", "premultiplied", "straight"] as const)[one(Tag.extraSamples, 0)] ?? "none"
      : "none",
    colorMap: all(Tag.colorMap),
    orientation: one(Tag.orientation, 1) <= 8 ? one(Tag.orientation, 1) || 1 : 1,
    tiled,
    blockWidth: tiled ? one(Tag.tileWidth, 0) : width,
    blockHeight: tiled ? one(Tag.tileHeight, 0) : Math.min(one(Tag.rowsPerStrip, height), height),
    offsets: all(tiled ? Tag.tileOffsets : Tag.stripOffsets),
    byteCounts: all(tiled ? Tag.tileByteCounts : Tag.stripByteCounts),
    declaredBits: bitsUpTo(fields.get(Tag.sMaxSampleValue)?.[0] ?? fields.get(Tag.maxSampleValue)?.[0]),
    noData: wholeNumber(all(Tag.gdalNoData)),
    profile: bytesOf(fields.get(Tag.iccProfile)),
    maskAt: page.mask,
    pagesNote: page.note,
  };
  if (
    samples < colours || samples > colours + 8 ||
    (photometric === Photometric.palette && layout.colorMap.length < 3 << depth)
  ) {
    throw new SyntaxError(
      `Cannot decode the image: the TIFF header has ${samples} samples a pixel and ${layout.colorMap.length} palette ` +
        `values, which do not fit its photometric interpretation ${photometric}.`,
    );
  }
  return layout;
}

function bytesOf(values: IfdValues | undefined): Uint8Array | undefined {
  return values instanceof Uint8Array ? values : undefined;
}

/** The number that a field of letters holds, such as `255` or, as GDAL writes it for some, `0.0`; nothing where it is none that a sample can be. */
function wholeNumber(letters: IfdValues): number | undefined {
  const text = String.fromCharCode(...letters.subarray(0, 32)).replace(/\0[^]*$/, "").trim();
  return /^\d+(?:\.0*)?$/.test(text) ? Number(text) : undefined;
}

function refuse(what: string, found: number | string, read: boolean, wanted: string): void {
  if (read) return;
  throw new TypeError(
    `Cannot decode the image: the TIFF file's ${what} is ${
      found === -1 ? "missing" : found
    } where ${wanted} is wanted.`,
  );
}
