import { crc32, deflateSync } from "node:zlib";
import { argumentsSchema, checkArguments, ofType } from "../arguments.ts";
import { concatenated } from "./codecs/concatenated.ts";
import { paeth, PNG_SIGNATURE, PngColour, PngFilter } from "./codecs/png_format.ts";

/** Bytes that {@linkcode encodePng} takes besides an `ImageData`. */
export interface PngSource {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** 1: grey, 3: RGB, 4: RGBA. */
  readonly channels: 1 | 3 | 4;
  /** Row-major, interleaved, `width * height * channels` bytes, 0..255. */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Of one channel: then its values are the numbers of colours, which stand here as red, green, blue, 3 × 256 bytes at most. */
  readonly palette?: Uint8Array;
}

const ARGUMENTS = argumentsSchema({
  image: ofType<object>("an image, or its width, height, channels and data,", "object"),
});

const COLOUR = { 1: PngColour.grey, 3: PngColour.rgb, 4: PngColour.rgba } as const;

/**
 * Encodes pixels as a PNG file of 8 bits a sample (ISO/IEC 15948), without loss. An RGBA image without a transparent
 * pixel is written as RGB: it decodes to the same pixels.
 *
 * @example
 * ```ts
 * import { encodePng } from "../../mod.ts";
 *
 * const mask = Uint8Array.of(0, 255, 255, 0);
 * const png = await encodePng({ width: 2, height: 2, channels: 1, data: mask });
 * console.log(png.subarray(0, 4)); // [137, 80, 78, 71]
 * ```
 *
 * @param image An `ImageData`, or plain pixels of 1, 3 or 4 channels.
 * @returns The whole file.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {TypeError} When `data` is not bytes.
 * @throws {RangeError} When a side is not a whole number from 1 to 2^31 − 1, `channels` is not 1, 3 or 4, `data` is
 * not as long as these say, or the palette lacks a colour.
 */
export function encodePng(image: ImageData | PngSource): Promise<Uint8Array<ArrayBuffer>> {
  return Promise.try(() => {
    checkArguments("encode the PNG", ARGUMENTS, { image });
    const { width, height, channels, data, palette } = opaqueToRgb(checked(image));
    const header = new DataView(new ArrayBuffer(13));
    header.setUint32(0, width);
    header.setUint32(4, height);
    header.setUint8(8, 8);
    header.setUint8(9, palette === undefined ? COLOUR[channels] : PngColour.palette);
    const rowBytes = width * channels;
    return concatenated([
      PNG_SIGNATURE,
      chunk("IHDR", new Uint8Array(header.buffer)),
      ...(palette === undefined ? [] : [chunk("PLTE", palette)]),
      chunk(
        "IDAT",
        deflateSync(
          // Numbers of colours are not near each other as colours are.
          palette === undefined
            ? filterRows(data, { height, rowBytes, step: channels })
            : plainRows(data, { height, rowBytes }),
        ),
      ),
      chunk("IEND", new Uint8Array(0)),
    ]);
  });
}

function checked(image: ImageData | PngSource): PngSource {
  const { width, height } = image;
  const data = image.data;
  const channels = "channels" in image ? image.channels : 4;
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    throw new TypeError(`Cannot encode the PNG: data is ${typeof data} where bytes are wanted.`);
  }
  for (const [name, side] of [["width", width], ["height", height]] as const) {
    if (!(Number.isInteger(side) && side >= 1 && side < 2 ** 31)) {
      throw new RangeError(
        `Cannot encode the PNG: ${name} is ${side} where a whole number from 1 to 2147483647 is wanted.`,
      );
    }
  }
  if (COLOUR[channels] === undefined) {
    throw new RangeError(`Cannot encode the PNG: channels is ${channels} where 1, 3 or 4 is wanted.`);
  }
  if (data.length !== width * height * channels) {
    throw new RangeError(
      `Cannot encode the PNG: data has ${data.length} bytes where ${width} × ${height} × ${channels} = ` +
        `${width * height * channels} are wanted.`,
    );
  }
  const palette = "palette" in image ? image.palette : undefined;
  if (palette === undefined) return { width, height, channels, data };
  if (
    channels !== 1 || palette.length % 3 !== 0 || palette.length > 768 ||
    3 * maximumOf(data) >= palette.length
  ) {
    throw new RangeError(
      `Cannot encode the PNG: its palette has ${palette.length} bytes, for ${channels} channels of values up to ` +
        `${maximumOf(data)}, where 3 for each value of one channel are wanted.`,
    );
  }
  return { width, height, channels, data, palette };
}

function maximumOf(data: Uint8Array | Uint8ClampedArray): number {
  let most = 0;
  for (const value of data) most = Math.max(most, value);
  return most;
}

function opaqueToRgb(source: PngSource): PngSource {
  const { width, height, channels, data } = source;
  if (channels !== 4) return source;
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return source;
  const rgb = new Uint8Array(3 * width * height);
  for (let i = 0, s = 0; i < rgb.length; i += 3, s += 4) {
    rgb[i] = data[s];
    rgb[i + 1] = data[s + 1];
    rgb[i + 2] = data[s + 2];
  }
  return { width, height, channels: 3, data: rgb };
}

/** Rows as they are. */
function plainRows(
  data: Uint8Array | Uint8ClampedArray,
  { height, rowBytes }: { height: number; rowBytes: number },
): Uint8Array {
  const out = new Uint8Array(height * (rowBytes + 1));
  for (let y = 0; y < height; y++) {
    out[y * (rowBytes + 1)] = PngFilter.none;
    out.set(data.subarray(y * rowBytes, (y + 1) * rowBytes), y * (rowBytes + 1) + 1);
  }
  return out;
}

const FILTERS = [PngFilter.none, PngFilter.sub, PngFilter.up, PngFilter.paeth] as const;

/**
 * Filters every row with whichever of None, Sub, Up and Paeth leaves the least sum of absolute (signed) differences,
 * the heuristic that ISO/IEC 15948, 12.7 recommends.
 */
function filterRows(
  data: Uint8Array | Uint8ClampedArray,
  { height, rowBytes, step }: { height: number; rowBytes: number; step: number },
): Uint8Array {
  const out = new Uint8Array(height * (rowBytes + 1));
  let above: Uint8Array | Uint8ClampedArray = new Uint8Array(rowBytes);
  let best: Uint8Array = new Uint8Array(rowBytes), tried: Uint8Array = new Uint8Array(rowBytes);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * rowBytes, (y + 1) * rowBytes);
    let least = Infinity;
    for (const filter of FILTERS) {
      const cost = filterRow(tried, { filter, row, above, step, most: least });
      if (cost >= least) continue;
      least = cost;
      out[y * (rowBytes + 1)] = filter;
      [best, tried] = [tried, best];
    }
    out.set(best, y * (rowBytes + 1) + 1);
    above = row;
  }
  return out;
}

/** Writes a filtered row and returns its sum of absolute differences; once that reaches `most`, as is soon so in masks, it stops. */
function filterRow(
  out: Uint8Array,
  { filter, row, above, step, most }: {
    filter: number;
    row: Uint8Array | Uint8ClampedArray;
    above: Uint8Array | Uint8ClampedArray;
    step: number;
    most: number;
  },
): number {
  let cost = 0;
  if (filter === PngFilter.none) {
    out.set(row);
    for (let i = 0; i < row.length; i++) cost += row[i] < 128 ? row[i] : 256 - row[i];
    return cost;
  }
  for (let i = 0; i < row.length && cost < most; i++) {
    const left = i >= step ? row[i - step] : 0;
    let predicted = 0;
    if (filter === PngFilter.sub) predicted = left;
    else if (filter === PngFilter.up) predicted = above[i];
    else if (filter === PngFilter.paeth) predicted = paeth(left, above[i], i >= step ? above[i - step] : 0);
    const difference = (row[i] - predicted) & 255;
    out[i] = difference;
    cost += difference < 128 ? difference : 256 - difference;
  }
  return cost;
}

function chunk(type: string, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(content, 8);
  view.setUint32(content.length + 8, crc32(bytes.subarray(4, content.length + 8)));
  return bytes;
}
