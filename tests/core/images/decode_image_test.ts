import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { encodeWithFastPng, GifWriter, jpegJs } from "../../oracles/image_peers.ts";
import { webpWithExif } from "../../oracles/exif_writer.ts";
import { writePng } from "../../oracles/png_writer.ts";
import { fixture, random } from "./image_fixtures.ts";

const WIDTH = 37;
const HEIGHT = 23;

/** The image that tests/fixtures/make_images.py draws. */
function colourAt(x: number, y: number): [number, number, number, number] {
  return [x * 7, y * 11, 255 - x * 3 - y * 5, 255];
}

function greyAt(x: number): [number, number, number, number] {
  return [x * 7, x * 7, x * 7, 255];
}

/** The largest difference of a decoded sample from `expected`, over all pixels. */
function largestError(image: ImageData, expected: (x: number, y: number) => ArrayLike<number>): number {
  let largest = 0;
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const pixel = expected(x, y);
      for (let c = 0; c < 4; c++) {
        largest = Math.max(largest, Math.abs(image.data[4 * (y * image.width + x) + c] - pixel[c]));
      }
    }
  }
  return largest;
}

async function checkFixture(
  name: string,
  { expected = colourAt, within = 0 }: {
    expected?: (x: number, y: number) => ArrayLike<number>;
    within?: number;
  } = {},
): Promise<void> {
  const image = await decodeImage(fixture(name));
  deepStrictEqual([image.width, image.height], [WIDTH, HEIGHT], name);
  const error = largestError(image, expected);
  ok(error <= within, `${name}: off by ${error}`);
}

Deno.test("decodeImage() decodes baseline and progressive JPEG of every subsampling", async () => {
  for (const subsampling of ["444", "422", "420"]) {
    await checkFixture(`rgb_${subsampling}.jpg`, { within: 9 });
    await checkFixture(`rgb_${subsampling}_progressive.jpg`, { within: 9 });
  }
});

Deno.test("decodeImage() decodes grey and CMYK JPEG", async () => {
  await checkFixture("grey.jpg", { expected: greyAt, within: 2 });
  await checkFixture("grey_progressive.jpg", { expected: greyAt, within: 2 });
  await checkFixture("cmyk.jpg", { within: 3 });
});

Deno.test("decodeImage() turns JPEG and TIFF upright by all orientations", async () => {
  for (let orientation = 1; orientation <= 8; orientation++) {
    await checkFixture(`orientation_${orientation}.jpg`, { within: 6 });
  }
  await checkFixture("orientation_6.tif");
});

Deno.test("decodeImage() turns PNG upright by its eXIf chunk", async () => {
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
  const image = await decodeImage(
    writePng({ width: 2, height: 1, depth: 8, colour: 0, sample: (x) => 10 + x, chunks: { eXIf: tiff } }),
  );
  deepStrictEqual([image.width, image.height, image.data[0], image.data[4]], [1, 2, 10, 11]);
});

Deno.test("decodeImage() agrees with jpeg-js on noise at odd sizes", async () => {
  const next = random(1);
  for (const [width, height] of [[1, 1], [1, 7], [7, 1], [3, 5], [33, 17], [64, 64], [101, 67]]) {
    const data = Uint8Array.from({ length: 4 * width * height }, () => next() * 256);
    const file = new Uint8Array(jpegJs.encode({ width, height, data }, 80).data);
    const oracle = jpegJs.decode(file, { useTArray: true });
    const image = await decodeImage(file);
    deepStrictEqual([image.width, image.height], [width, height]);
    const error = largestError(
      image,
      (x, y) => oracle.data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4),
    );
    ok(error <= 4, `${width} × ${height}: off by ${error}`);
  }
});

Deno.test("decodeImage() decodes PNG of other encoders", async () => {
  await checkFixture("rgb.png");
  await checkFixture("rgb_interlaced.png");
  await checkFixture("rgba.png", { expected: (x, y) => [...colourAt(x, y).slice(0, 3), y * 11] });
  await checkFixture("palette.png", { expected: (x) => [x * 7, 255 - x * 7, x * 7 >> 1, 255] });
  const next = random(2);
  for (const channels of [1, 2, 3, 4] as const) {
    const data = Uint16Array.from({ length: 33 * 17 * channels }, () => next() * 65536);
    const image = await decodeImage(encodeWithFastPng({ width: 33, height: 17, channels, depth: 16, data }));
    const eight = (x: number, y: number, c: number) => Math.round(data[(y * 33 + x) * channels + c] / 257);
    const expected = (x: number, y: number) =>
      channels < 3
        ? [eight(x, y, 0), eight(x, y, 0), eight(x, y, 0), channels === 2 ? eight(x, y, 1) : 255]
        : [eight(x, y, 0), eight(x, y, 1), eight(x, y, 2), channels === 4 ? eight(x, y, 3) : 255];
    strictEqual(largestError(image, expected), 0);
  }
});

Deno.test("decodeImage() decodes every PNG colour type, depth, filter and interlacing at odd sizes", async () => {
  const depths = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };
  const next = random(3);
  for (const [width, height] of [[1, 1], [1, 7], [7, 1], [3, 5], [33, 17]]) {
    for (const [type, depthsOfType] of Object.entries(depths)) {
      const colour = Number(type);
      for (const depth of depthsOfType) {
        const palette = Array.from({ length: 3 << Math.min(8, depth) }, () => Math.floor(next() * 256));
        const values = Array.from({ length: 4 * width * height }, () => Math.floor(next() * 2 ** depth));
        const sample = (x: number, y: number, c: number) => values[4 * (y * width + x) + c];
        const eight = (x: number, y: number, c: number) =>
          Math.round(255 * sample(x, y, c) / (2 ** depth - 1));
        const expected = (x: number, y: number) => {
          if (colour === 3) return [...palette.slice(3 * sample(x, y, 0), 3 * sample(x, y, 0) + 3), 255];
          if (colour === 2 || colour === 6) {
            return [0, 1, 2, 3].map((c) => c < 3 || colour === 6 ? eight(x, y, c) : 255);
          }
          return [0, 0, 0, 1].map((c) => c === 0 || colour === 4 ? eight(x, y, c) : 255);
        };
        for (const interlaced of [false, true]) {
          const chunks = colour === 3 ? { PLTE: palette } : undefined;
          const image = await decodeImage(
            writePng({ width, height, depth, colour, interlaced, sample, chunks }),
          );
          const label = `${width} × ${height}, type ${colour}, depth ${depth}, interlaced ${interlaced}`;
          deepStrictEqual([image.width, image.height], [width, height], label);
          strictEqual(largestError(image, expected), 0, label);
        }
      }
    }
  }
});

Deno.test("decodeImage() makes alpha of a PNG's tRNS chunk", async () => {
  const row = { width: 3, height: 1, sample: (x: number) => x };
  const grey = await decodeImage(writePng({ ...row, depth: 2, colour: 0, chunks: { tRNS: [0, 1] } }));
  deepStrictEqual([...grey.data], [0, 0, 0, 255, 85, 85, 85, 0, 170, 170, 170, 255]);
  const rgb = await decodeImage(
    writePng({ ...row, depth: 8, colour: 2, chunks: { tRNS: [0, 2, 0, 2, 0, 2] } }),
  );
  deepStrictEqual([...rgb.data], [0, 0, 0, 255, 1, 1, 1, 255, 2, 2, 2, 0]);
  // Two 16-bit values that round to the same 8 bits: only the exact one is transparent.
  const deep = { ...row, depth: 16, colour: 0, chunks: { tRNS: [2, 1] } };
  const sixteen = await decodeImage(writePng({ ...deep, sample: (x) => [0x201, 0x202, 0xffff][x] }));
  deepStrictEqual([...sixteen.data], [2, 2, 2, 0, 2, 2, 2, 255, 255, 255, 255, 255]);
  const palette = await decodeImage(
    writePng({ ...row, depth: 2, colour: 3, chunks: { PLTE: [9, 8, 7, 6, 5, 4, 3, 2, 1], tRNS: [0, 128] } }),
  );
  deepStrictEqual([...palette.data], [9, 8, 7, 0, 6, 5, 4, 128, 3, 2, 1, 255]);
});

Deno.test("decodeImage() decodes TIFF of every compression, layout, byte order and depth", async () => {
  for (
    const name of [
      "rgb",
      "rgb_lzw",
      "rgb_lzw_differenced_strips",
      "rgb_deflate_differenced_big_endian",
      "rgb_tiles",
      "rgb_lzw_tiles_planar",
      "rgb16_deflate",
      "rgb16_deflate_planar",
      "rgb16_lzw_differenced_big_endian",
      "cmyk_lzw",
    ]
  ) await checkFixture(`${name}.tif`);
  await checkFixture("rgba_deflate.tif", { expected: (x, y) => [...colourAt(x, y).slice(0, 3), y * 11] });
  await checkFixture("grey_packbits.tif", { expected: greyAt });
  await checkFixture("grey_min_is_white.tif", { expected: greyAt });
  await checkFixture("bilevel_deflate.tif", {
    expected: (x) => x * 7 > 127 ? [255, 255, 255, 255] : [0, 0, 0, 255],
  });
  await checkFixture("palette_lzw.tif", { expected: (x) => [x * 7, 255 - x * 7, x * 7 >> 1, 255] });
});

Deno.test("decodeImage() decodes lossless and lossy WebP, with alpha, upright", async () => {
  await checkFixture("rgb_lossless.webp");
  await checkFixture("rgba_lossless.webp", { expected: (x, y) => [...colourAt(x, y).slice(0, 3), y * 11] });
  await checkFixture("orientation_6.webp");
  const lying = fixture("rgb_lossless.webp"), { width, height } = await decodeImage(lying);
  for (const mark of [false, true]) {
    const turned = await decodeImage(webpWithExif(lying, { main: [[274, "short", 6]] }, { mark }));
    deepStrictEqual([turned.width, turned.height], [height, width]);
  }
  // 4:2:0 in the limited range of video, which lossy WebP always is.
  await checkFixture("rgb_lossy.webp", { within: 12 });
});

Deno.test("decodeImage() decodes BMP of palettes and colours", async () => {
  await checkFixture("rgb.bmp");
  await checkFixture("palette.bmp", { expected: (x) => [x * 7, 255 - x * 7, x * 7 >> 1, 255] });
  await checkFixture("bilevel.bmp", {
    expected: (x) => x * 7 > 127 ? [255, 255, 255, 255] : [0, 0, 0, 255],
  });
});

/** A BMP file with an information header of 40 bytes and what follows it: masks, palette, rows. */
function bmp(
  { width, height, bits, compression = 0, behind }: {
    width: number;
    height: number;
    bits: number;
    compression?: number;
    behind: { head?: number[]; rows: number[] };
  },
): Uint8Array {
  const { head = [], rows } = behind;
  const file = new Uint8Array(54 + head.length + rows.length);
  const view = new DataView(file.buffer);
  file.set([0x42, 0x4d]);
  view.setUint32(10, 54 + head.length, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, bits, true);
  view.setUint32(30, compression, true);
  file.set(head, 54);
  file.set(rows, 54 + head.length);
  return file;
}

Deno.test("decodeImage() reads BMP by its bit masks, top down and bottom up, and alpha where there is some", async () => {
  // 5 bits of red, green and blue: 31 is 255, 16 is round(255 · 16 / 31) = 132.
  const fiveBits = bmp({
    ...{ width: 2, height: 1, bits: 16 },
    behind: { rows: [0x00, 0x7c, 0x10, 0x02] },
  });
  deepStrictEqual([...(await decodeImage(fiveBits)).data], [255, 0, 0, 255, 0, 132, 132, 255]);
  // 5, 6 and 5, by masks: 32 of 63 is round(129.5…) = 130.
  const sixBits = bmp({
    ...{ width: 1, height: 1, bits: 16, compression: 3 },
    behind: { head: [0, 0xf8, 0, 0, 0xe0, 7, 0, 0, 0x1f, 0, 0, 0], rows: [0x00, 0x04, 0, 0] },
  });
  deepStrictEqual([...(await decodeImage(sixBits)).data], [0, 130, 0, 255]);
  const masks = [0xff, 0, 0, 0, 0, 0xff, 0, 0, 0, 0, 0xff, 0, 0, 0, 0, 0xff];
  const alpha = { width: 1, height: -2, bits: 32, compression: 6 };
  const half = bmp({ ...alpha, behind: { head: masks, rows: [1, 2, 3, 0, 4, 5, 6, 128] } });
  deepStrictEqual([...(await decodeImage(half)).data], [1, 2, 3, 0, 4, 5, 6, 128]);
  const unset = bmp({ ...alpha, height: 2, behind: { head: masks, rows: [1, 2, 3, 0, 4, 5, 6, 0] } });
  deepStrictEqual([...(await decodeImage(unset)).data], [4, 5, 6, 255, 1, 2, 3, 255]);
  const unused = bmp({ width: 1, height: 1, bits: 32, behind: { rows: [1, 2, 3, 9] } });
  deepStrictEqual([...(await decodeImage(unused)).data], [3, 2, 1, 255]);
});

Deno.test("decodeImage() decodes the first image of GIF, interlaced or not", async () => {
  const expected = (x: number) => [x * 7, 255 - x * 7, x * 7 >> 1, 255];
  for (const name of ["palette.gif", "palette_interlaced.gif", "moving.gif"]) {
    await checkFixture(name, { expected });
  }
});

Deno.test("decodeImage() decodes GIF of noise, whose codes fill the table, as another encoder wrote it", async () => {
  const [width, height] = [149, 101];
  const next = random(4);
  const indices = Array.from({ length: width * height }, () => Math.floor(next() * 256));
  const palette = Array.from({ length: 256 }, () => Math.floor(next() * 2 ** 24));
  const file = new Uint8Array(4 * indices.length + 1024);
  const writer = new GifWriter(file, width + 2, height + 1, { palette });
  writer.addFrame(1, 1, width, height, indices, { transparent: 7 });
  const image = await decodeImage(file.subarray(0, writer.end()));
  deepStrictEqual([image.width, image.height], [width + 2, height + 1]);
  // Beside the image there is nothing, and nothing is where the transparent index is; its colour stays.
  strictEqual(
    largestError(image, (x, y) => {
      if (x === 0 || y === 0 || x > width) return [0, 0, 0, 0];
      const index = indices[(y - 1) * width + x - 1];
      const colour = palette[index];
      return [colour >> 16, colour >> 8 & 255, colour & 255, index === 7 ? 0 : 255];
    }),
    0,
  );
});

Deno.test("decodeImage() leaves its input as it was, wherever that lies in its buffer", async () => {
  for (
    const name of [
      "rgb_420.jpg",
      "rgb.png",
      "rgb.tif",
      "rgb_lzw_differenced_strips.tif",
      "rgb_lossy.webp",
      "palette.gif",
      "palette.bmp",
    ]
  ) {
    const file = fixture(name);
    const padded = new Uint8Array(file.length + 10).fill(0xff);
    padded.set(file, 3);
    const view = padded.subarray(3, 3 + file.length);
    const image = await decodeImage(view);
    deepStrictEqual(image.data, (await decodeImage(file)).data, name);
    deepStrictEqual(view, file, name);
  }
});

Deno.test("decodeImage() gives overlapping calls their own images", async () => {
  const names = ["rgb_420.jpg", "rgb.png", "grey.jpg", "rgb_lzw.tif", "rgb_lossy.webp", "orientation_6.webp"];
  const alone: ImageData[] = [];
  for (const name of names) alone.push(await decodeImage(fixture(name)));
  const together = await Promise.all(
    [...names, ...names, ...names].map((name) => decodeImage(fixture(name))),
  );
  together.forEach((image, i) => deepStrictEqual(image.data, alone[i % names.length].data));
});

Deno.test("decodeImage() ignores what cameras write after a JPEG's end marker", async () => {
  const file = fixture("rgb_422.jpg");
  const longer = new Uint8Array(2 * file.length + 7);
  longer.set(file);
  longer.set(file, file.length + 7);
  deepStrictEqual((await decodeImage(longer)).data, (await decodeImage(file)).data);
});
