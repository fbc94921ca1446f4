import { concatenated } from "./concatenated.ts";
import { exifOrientation } from "./ifd.ts";

/** What the markers of a JPEG file say before any pixel is decoded. */
export interface JpegHeader {
  /** Columns as stored. */
  readonly width: number;
  /** Rows as stored. */
  readonly height: number;
  /** 8 × 8 blocks over all components: each costs at least one bit of compressed data. */
  readonly blocks: number;
  /** Blocks that its scans pass over, all together: a baseline file's are its blocks, of a progressive one some ten times as many. */
  readonly passes: number;
  /** EXIF orientation, 1..8. */
  readonly orientation: number;
  /** Whether there is an end marker. Without, all scans are begun, but the last may be cut off. */
  readonly ended: boolean;
  /** The ICC profile; `undefined` where there is none, or not all of its parts. */
  readonly profile: Uint8Array | undefined;
}

/** A component of the frame. */
interface JpegComponent {
  readonly blocks: number;
  /** Which of the 64 coefficients of a block the scans have brought to their last bit, one bit each. */
  settled: bigint;
}

/** What the frame header says. */
interface JpegFrame extends Pick<JpegHeader, "width" | "height" | "blocks"> {
  /** By their identifiers. */
  readonly components: ReadonlyMap<number, JpegComponent>;
}

/** All coefficients of a block. */
const SETTLED = 2n ** 64n - 1n;

const SOF0 = 0xc0;
const SOF2 = 0xc2;
const SOF15 = 0xcf;
const DHT = 0xc4;
const JPG = 0xc8;
const DAC = 0xcc;
const RST0 = 0xd0;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP1 = 0xe1;
const APP2 = 0xe2;
const TEM = 0x01;

/**
 * Walks the markers of a JPEG file (ITU-T T.81, annex B) up to the end of the image. The walk is what distinguishes a file
 * that was cut off from a whole one: many decoders fill the rest with grey. A file without an end marker passes where none of its scans is
 * missing: whether the last is whole only its pixels tell. Bytes after the end marker, which cameras
 * write (previews, maker data), are not looked at; nor is the thumbnail, whose own markers lie inside a segment.
 *
 * @throws {SyntaxError} When the file ends before its last scan begins, or has no frame or no scan.
 * @throws {TypeError} When the decoder does not read the kind of frame: arithmetic, lossless, hierarchical, 12-bit.
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  let frame: JpegFrame | undefined;
  let orientation: number | undefined;
  const profileParts: Uint8Array[] = [];
  let scans = 0;
  let passes = 0;
  let ended = false;
  let at = 2;
  while (true) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) break;
    while (bytes[at] === 0xff) at++; // a marker may be led by any number of fill bytes
    const marker = bytes[at++];
    if (marker === undefined) break;
    ended = marker === EOI;
    if (ended) break;
    // 0x00 is a stuffed byte of scan data; these markers stand alone.
    if (marker === 0x00 || marker === TEM || (marker >= RST0 && marker <= SOI)) continue;

    const length = (bytes[at] << 8) | bytes[at + 1];
    if (at + 2 > bytes.length || at + length > bytes.length) break;
    const segment = bytes.subarray(at + 2, at + length);
    at += Math.max(2, length);
    if (marker === SOS) {
      scans++;
      const settled = settledBy(segment);
      for (let i = 0; i < segment[0]; i++) {
        const component = frame?.components.get(segment[1 + 2 * i]);
        if (component === undefined) continue;
        passes += component.blocks;
        component.settled |= settled;
      }
    } else if (marker === APP1 && orientation === undefined && startsWith(segment, "Exif\0\0")) {
      orientation = exifOrientation(segment.subarray(6));
    } else if (marker === APP2 && startsWith(segment, "ICC_PROFILE\0")) {
      profileParts.push(segment.subarray(12));
    } else if (
      marker >= SOF0 && marker <= SOF15 && marker !== DHT && marker !== JPG && marker !== DAC &&
      frame === undefined
    ) {
      frame = readFrame(marker, segment);
    }
  }
  const whole = frame !== undefined &&
    [...frame.components.values()].every(({ settled }) => settled === SETTLED);
  if (!ended && !whole) throw cutOff(bytes);
  if (frame === undefined || scans === 0) {
    throw new SyntaxError(
      `Cannot decode the image: the JPEG file has ${frame === undefined ? "no frame header" : "no scan"} ` +
        `before its end marker.`,
    );
  }
  const { width, height, blocks } = frame;
  return {
    width,
    height,
    blocks,
    passes,
    orientation: orientation ?? 1,
    ended,
    profile: joinedProfile(profileParts),
  };
}

/** A profile of its parts, each of which begins with its number, from 1 on, and their count (ICC.1:2022, B.4). */
function joinedProfile(parts: readonly Uint8Array[]): Uint8Array | undefined {
  const [first] = parts;
  if (first === undefined || parts.length !== first[1]) return undefined;
  const ordered = parts.toSorted((a, b) => a[0] - b[0]);
  if (ordered.some((part, i) => part[0] !== i + 1)) return undefined;
  return concatenated(ordered.map((part) => part.subarray(2)));
}

/** The coefficients that a scan brings to their last bit, by the end of its header (T.81, B.2.3): all, or, of a progressive file, those from Ss to Se where Al is 0. */
function settledBy(scan: Uint8Array): bigint {
  const [first, last, approximation] = scan.subarray(1 + 2 * scan[0]);
  if (last === undefined || last > 63 || last < first || (approximation & 15) > 0) return 0n;
  return (2n ** BigInt(last - first + 1) - 1n) << BigInt(first);
}

/** Says that a file ends too early. */
export function cutOff(bytes: Uint8Array): SyntaxError {
  return new SyntaxError(
    `Cannot decode the image: the JPEG file is cut off, its ${bytes.length} bytes end before the end marker FF D9.`,
  );
}

function startsWith(segment: Uint8Array, letters: string): boolean {
  return segment.length > letters.length &&
    Array.from(letters).every((letter, i) => segment[i] === letter.charCodeAt(0));
}

function readFrame(marker: number, segment: Uint8Array): JpegFrame {
  const components = segment[5] ?? 0;
  if (segment.length < 6 + 3 * components || components < 1) {
    throw new SyntaxError(
      `Cannot decode the image: the JPEG frame header has ${segment.length} bytes where ` +
        `${6 + 3 * Math.max(1, components)} are wanted.`,
    );
  }
  if (marker > SOF2 || segment[0] !== 8) {
    throw new TypeError(
      `Cannot decode the image: its JPEG frame is of type SOF${marker - SOF0} with ${
        segment[0]
      } bits a sample where ` +
        `baseline, extended or progressive Huffman coding (SOF0 to SOF2) with 8 bits is wanted.`,
    );
  }
  const height = (segment[1] << 8) | segment[2];
  const width = (segment[3] << 8) | segment[4];
  const factors = Array.from({ length: components }, (_, i) => {
    const factor = segment[7 + 3 * i];
    return { id: segment[6 + 3 * i], h: factor >> 4, v: factor & 15 };
  });
  const hMax = Math.max(1, ...factors.map(({ h }) => h));
  const vMax = Math.max(1, ...factors.map(({ v }) => v));
  const counted = new Map<number, JpegComponent>();
  let blocks = 0;
  for (const { id, h, v } of factors) {
    const count = Math.ceil(width * h / hMax / 8) * Math.ceil(height * v / vMax / 8);
    counted.set(id, { blocks: count, settled: 0n });
    blocks += count;
  }
  return { width, height, blocks, components: counted };
}
