import { crc32 } from "node:zlib";
import { concatenated } from "./concatenated.ts";
import { exifOrientation } from "./ifd.ts";
import { inflateStart } from "./inflate.ts";
import { PngColour } from "./png_format.ts";

/** What the chunks of a PNG file hold, pixel data still compressed. */
export interface PngChunks {
  readonly width: number;
  readonly height: number;
  /** Bits a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** One of PngColour. */
  readonly colour: number;
  /** Adam7. */
  readonly interlaced: boolean;
  /** Red, green, blue of each entry. */
  readonly palette: Uint8Array | undefined;
  /** The tRNS chunk: alpha of the palette's entries, or the one grey or colour that is transparent. */
  readonly transparency: Uint8Array | undefined;
  /** The sBIT chunk: how many bits of each channel mean something. */
  readonly significantBits: Uint8Array | undefined;
  /** The zlib stream, in one piece. */
  readonly compressed: Uint8Array;
  /** EXIF orientation, 1..8. */
  readonly orientation: number;
  /** The ICC profile; `undefined` where there is none, or the file says that its colours are sRGB's. */
  readonly profile: Uint8Array | undefined;
}

/** Longer profiles are not looked at: the longest in use, of printing presses, have two or three million bytes. */
const MOST_PROFILE_BYTES = 2 ** 22;

const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  [PngColour.grey]: [1, 2, 4, 8, 16],
  [PngColour.rgb]: [8, 16],
  [PngColour.palette]: [1, 2, 4, 8],
  [PngColour.greyAlpha]: [8, 16],
  [PngColour.rgba]: [8, 16],
};

/**
 * Takes a PNG file (ISO/IEC 15948, clause 11) apart. The checksums of the chunks that the pixels depend on are
 * checked; pixel data carries its own.
 *
 * @param bytes From the signature on.
 * @throws {SyntaxError} When a chunk is damaged, missing or cut off.
 */
export function readPngChunks(bytes: Uint8Array): PngChunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: Uint8Array | undefined;
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  let significantBits: Uint8Array | undefined;
  let orientation = 1;
  let profile: Uint8Array | undefined;
  let isSrgb = false;
  const pixelData: Uint8Array[] = [];
  for (let at = 8, type = ""; type !== "IEND";) {
    const end = at + 8 <= bytes.length ? at + 8 + view.getUint32(at) : Infinity;
    if (end + 4 > bytes.length) {
      throw new SyntaxError(
        `Cannot decode the image: the PNG file is cut off, its ${bytes.length} bytes end before its IEND chunk does.`,
      );
    }
    type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const content = bytes.subarray(at + 8, end);
    const intact = () => crc32(bytes.subarray(at + 4, end)) === view.getUint32(end);
    if (type === "IHDR" || type === "PLTE" || type === "tRNS") {
      if (!intact()) {
        throw new SyntaxError(
          `Cannot decode the image: the checksum of the PNG file's ${type} chunk is wrong.`,
        );
      }
      if (type === "IHDR") header ??= content;
      else if (type === "PLTE") palette ??= content;
      else transparency ??= content;
    } else if (type === "IDAT") {
      pixelData.push(content);
    } else if (type === "eXIf" && intact()) {
      orientation = exifOrientation(content);
    } else if (type === "sBIT" && intact()) {
      significantBits = content;
    } else if (type === "sRGB") {
      isSrgb = true;
    } else if (type === "iCCP" && intact()) {
      profile ??= inflatedProfile(content);
    }
    at = end + 4;
  }
  if (header?.length !== 13) {
    throw new SyntaxError("Cannot decode the image: the PNG file has no IHDR chunk of 13 bytes.");
  }
  const headerView = new DataView(header.buffer, header.byteOffset, header.length);
  const [depth, colour, compression, filter, interlace] = header.subarray(8);
  if (!DEPTHS[colour]?.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) {
    throw new SyntaxError(
      `Cannot decode the image: the PNG header has bit depth ${depth}, colour type ${colour}, compression ` +
        `${compression}, filter ${filter} and interlace ${interlace}, which the format does not have.`,
    );
  }
  if (colour === PngColour.palette && palette === undefined) {
    throw new SyntaxError("Cannot decode the image: the PNG file has palette colours but no PLTE chunk.");
  }
  return {
    width: headerView.getUint32(0),
    height: headerView.getUint32(4),
    depth,
    colour,
    interlaced: interlace === 1,
    palette,
    transparency,
    significantBits,
    compressed: concatenated(pixelData),
    orientation,
    profile: isSrgb ? undefined : profile,
  };
}

/** The profile behind its name, a zero and the number of its compression. Of one that is damaged nothing is left. */
function inflatedProfile(content: Uint8Array): Uint8Array {
  try {
    const inflated = inflateStart(content.subarray(content.indexOf(0) + 2), MOST_PROFILE_BYTES);
    return inflated.length > MOST_PROFILE_BYTES ? new Uint8Array(0) : inflated;
  } catch {
    return new Uint8Array(0);
  }
}
