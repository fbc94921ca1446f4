/** A tag: letters, 16 bits, or fractions. */
export type ExifTag =
  | readonly [tag: number, kind: "text", value: string]
  | readonly [tag: number, kind: "short", value: number]
  | readonly [tag: number, kind: "fractions", values: readonly number[]];

/** Directories of EXIF: the first, and those that it points to. */
export interface ExifContent {
  readonly main?: readonly ExifTag[];
  readonly exif?: readonly ExifTag[];
  readonly gps?: readonly ExifTag[];
}

/** Fractions have this denominator. */
const DENOMINATOR = 100_000;

function contentOf(tag: ExifTag): { type: number; count: number; bytes: number[] } {
  const big = (value: number) => [value >>> 24, value >> 16 & 255, value >> 8 & 255, value & 255];
  switch (tag[1]) {
    case "text":
      return {
        type: 2,
        count: tag[2].length + 1,
        bytes: [...tag[2], "\0"].map((letter) => letter.charCodeAt(0)),
      };
    case "short":
      return { type: 3, count: 1, bytes: [tag[2] >> 8, tag[2] & 255] };
    case "fractions":
      return {
        type: 5,
        count: tag[2].length,
        bytes: tag[2].flatMap((value) => [...big(Math.round(value * DENOMINATOR)), ...big(DENOMINATOR)]),
      };
  }
}

/** An APP1 segment of JPEG with these tags, as a camera writes it (EXIF 2.32, big-endian). */
export function exifSegment({ main = [], exif = [], gps = [] }: ExifContent): Uint8Array<ArrayBuffer> {
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8];
  const write16 = (value: number) => tiff.push(value >> 8 & 255, value & 255);
  const write32 = (value: number) =>
    tiff.push(value >>> 24, value >> 16 & 255, value >> 8 & 255, value & 255);
  const sizeOf = (tags: readonly ExifTag[], pointers: number) =>
    2 + 12 * (tags.length + pointers) + 4 +
    tags.map((tag) => contentOf(tag).bytes.length).filter((length) => length > 4).reduce(
      (sum, length) => sum + length,
      0,
    );
  const writeDirectory = (
    tags: readonly ExifTag[],
    pointers: readonly (readonly [tag: number, at: number])[],
  ) => {
    const start = tiff.length;
    write16(tags.length + pointers.length);
    let free = start + 2 + 12 * (tags.length + pointers.length) + 4;
    const values: number[] = [];
    for (const tag of tags.toSorted(([a], [b]) => a - b)) {
      const { type, count, bytes } = contentOf(tag);
      write16(tag[0]);
      write16(type);
      write32(count);
      if (bytes.length > 4) {
        write32(free);
        free += bytes.length;
        values.push(...bytes);
      } else {
        tiff.push(...bytes, ...Array<number>(4 - bytes.length).fill(0));
      }
    }
    for (const [tag, at] of pointers) {
      write16(tag);
      write16(4);
      write32(1);
      write32(at);
    }
    write32(0);
    tiff.push(...values);
  };
  const exifAt = 8 + sizeOf(main, 2), gpsAt = exifAt + sizeOf(exif, 0);
  writeDirectory(main, [[0x8769, exifAt], [0x8825, gpsAt]]);
  writeDirectory(exif, []);
  writeDirectory(gps, []);
  const content = [...new TextEncoder().encode("Exif\0\0"), ...tiff];
  return Uint8Array.from([0xff, 0xe1, (content.length + 2) >> 8, (content.length + 2) & 255, ...content]);
}

/** A WebP file (RFC 9649) with a chunk of these tags behind its others, with or without the mark that JPEG puts before them. */
export function webpWithExif(
  webp: Uint8Array,
  content: ExifContent,
  { mark = false }: { readonly mark?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  // Behind the segment's marker and length, and the mark.
  const exif = exifSegment(content).subarray(mark ? 4 : 10);
  const length = (bytes: number) => [0, 8, 16, 24].map((shift) => bytes >> shift & 255);
  const chunk = [...new TextEncoder().encode("EXIF"), ...length(exif.length), ...exif];
  if (exif.length % 2 === 1) chunk.push(0);
  const file = Uint8Array.from([...webp, ...chunk]);
  file.set(length(file.length - 8), 4);
  return file;
}

/** A JPEG file with these tags. */
export function withExif(jpeg: Uint8Array, content: ExifContent): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...jpeg.subarray(0, 2), ...exifSegment(content), ...jpeg.subarray(2)]);
}
