/** A kind of file, by its first bytes. */
export interface SniffedFormat {
  /** The kind as {@linkcode decodeImage} knows it; `undefined` for a file it does not read. */
  readonly decoder: "jpeg" | "png" | "tiff" | "webp" | "bmp" | "gif" | undefined;
  /** What a person calls it: "a JPEG file", "a HEIC file", "an unknown kind of file". */
  readonly name: string;
  /** How to make a file of it that is read, of an image of a kind that is not. */
  readonly remedy?: string;
}

/** The kinds of file that {@linkcode decodeImage} reads, as sentences name them. */
export const READ_FORMATS = "JPEG, PNG, TIFF, WebP, BMP or GIF";

const HEIC_REMEDY =
  "convert it to JPEG first, as a phone does when it exports a photo, and ImageMagick or heif-convert";

/** Bytes at an offset that identify a kind of file; the first row that fits decides. */
const SIGNATURES: readonly (SniffedFormat & { readonly at: number; readonly bytes: string })[] = [
  { decoder: "jpeg", name: "a JPEG file", at: 0, bytes: "\xff\xd8\xff" },
  { decoder: "png", name: "a PNG file", at: 0, bytes: "\x89PNG\r\n\x1a\n" },
  { decoder: "tiff", name: "a TIFF file", at: 0, bytes: "II*\0" },
  { decoder: "tiff", name: "a TIFF file", at: 0, bytes: "MM\0*" },
  { decoder: undefined, name: "a BigTIFF file", at: 0, bytes: "II+\0", remedy: "save it as TIFF, or as PNG" },
  { decoder: undefined, name: "a BigTIFF file", at: 0, bytes: "MM\0+", remedy: "save it as TIFF, or as PNG" },
  { decoder: "gif", name: "a GIF file", at: 0, bytes: "GIF8" },
  { decoder: "bmp", name: "a BMP file", at: 0, bytes: "BM" },
  { decoder: "webp", name: "a WebP file", at: 8, bytes: "WEBP" },
  {
    decoder: undefined,
    name: "an AVIF file",
    at: 4,
    bytes: "ftypavif",
    remedy: "convert it to JPEG or PNG first",
  },
  { decoder: undefined, name: "a HEIC file", at: 4, bytes: "ftyphei", remedy: HEIC_REMEDY },
  { decoder: undefined, name: "a HEIC file", at: 4, bytes: "ftyphevc", remedy: HEIC_REMEDY },
  { decoder: undefined, name: "a HEIF file", at: 4, bytes: "ftypmif1", remedy: HEIC_REMEDY },
  {
    decoder: undefined,
    name: "a Canon CR3 file",
    at: 4,
    bytes: "ftypcrx ",
    remedy: "develop it into JPEG or TIFF first",
  },
  {
    decoder: undefined,
    name: "a JPEG XL file",
    at: 0,
    bytes: "\xff\x0a",
    remedy: "convert it to JPEG or PNG first",
  },
  {
    decoder: undefined,
    name: "a JPEG XL file",
    at: 4,
    bytes: "JXL ",
    remedy: "convert it to JPEG or PNG first",
  },
  { decoder: undefined, name: "a JPEG 2000 file", at: 4, bytes: "jP  ", remedy: "convert it to PNG first" },
  {
    decoder: undefined,
    name: "a Photoshop file",
    at: 0,
    bytes: "8BPS",
    remedy: "save it as TIFF or PNG first",
  },
  { decoder: undefined, name: "a PDF file", at: 0, bytes: "%PDF" },
  { decoder: undefined, name: "a ZIP archive", at: 0, bytes: "PK\x03\x04" },
];

/**
 * Identifies the kind of a file by its first bytes, never by its name.
 *
 * @param bytes The file, or at least its first 12 bytes.
 */
export function sniffFormat(bytes: Uint8Array): SniffedFormat {
  const found = SIGNATURES.find(({ at, bytes: signature }) =>
    Array.from(signature).every((character, i) => bytes[at + i] === character.charCodeAt(0))
  );
  return found === undefined
    ? { decoder: undefined, name: "an unknown kind of file" }
    : { decoder: found.decoder, name: found.name, remedy: found.remedy };
}
