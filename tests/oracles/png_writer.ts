import { crc32, deflateSync } from "node:zlib";

/** What {@linkcode writePng} writes. */
export interface PngImage {
  readonly width: number;
  readonly height: number;
  /** Bits a sample. */
  readonly depth: number;
  /** Colour type: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
  readonly colour: number;
  readonly interlaced?: boolean;
  /** The stored value, 0..2^depth − 1, of channel `c` at column `x` of row `y`. */
  readonly sample: (x: number, y: number, c: number) => number;
  /** Content of further chunks, before the pixel data. */
  readonly chunks?: Readonly<Record<string, readonly number[]>>;
  /** Width and height to claim in the header instead of the true ones. */
  readonly claim?: readonly [number, number];
}

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const PASSES = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [
  0,
  1,
  1,
  2,
]];

/** Writes any kind of PNG, sample by sample, with the five row filters in turn. */
export function writePng(image: PngImage): Uint8Array<ArrayBuffer> {
  const { width, height, depth, colour, interlaced = false, sample, chunks = {}, claim = [width, height] } =
    image;
  const channels = CHANNELS[colour];
  const step = Math.max(1, channels * depth / 8);
  const stream: number[] = [];
  for (const [x0, y0, dx, dy] of interlaced ? PASSES : [[0, 0, 1, 1]]) {
    if (x0 >= width) continue; // a pass without columns has no rows either
    let above: number[] = [];
    let filter = 0;
    for (let y = y0; y < height; y += dy) {
      let bits = "";
      for (let x = x0; x < width; x += dx) {
        for (let c = 0; c < channels; c++) bits += sample(x, y, c).toString(2).padStart(depth, "0");
      }
      const row = (bits.match(/.{1,8}/g) ?? []).map((byte) => parseInt(byte.padEnd(8, "0"), 2));
      stream.push(filter, ...row.map((byte, i) => (byte - predict(filter, { row, above, step, i })) & 255));
      above = row;
      filter = (filter + 1) % 5;
    }
  }
  const big = (value: number) => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
  const file = [137, 80, 78, 71, 13, 10, 26, 10];
  const write = (type: string, content: readonly number[]) => {
    const body = [...type].map((letter) => letter.charCodeAt(0)).concat(content);
    file.push(...big(content.length), ...body, ...big(crc32(Uint8Array.from(body))));
  };
  write("IHDR", [...big(claim[0]), ...big(claim[1]), depth, colour, 0, 0, interlaced ? 1 : 0]);
  for (const [type, content] of Object.entries(chunks)) write(type, content);
  // Two IDAT chunks: readers must join them.
  const compressed = [...deflateSync(Uint8Array.from(stream))];
  write("IDAT", compressed.slice(0, 5));
  write("IDAT", compressed.slice(5));
  write("IEND", []);
  return Uint8Array.from(file);
}

function predict(
  filter: number,
  { row, above, step, i }: { row: number[]; above: number[]; step: number; i: number },
): number {
  const left = row[i - step] ?? 0;
  const up = above[i] ?? 0;
  const corner = above[i - step] ?? 0;
  const p = left + up - corner;
  // The nearest of the three to p; the earlier one wins a tie.
  const paeth = [left, up, corner].reduce((a, b) => Math.abs(p - b) < Math.abs(p - a) ? b : a);
  return [0, left, up, (left + up) >> 1, paeth][filter];
}
