import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { inflateStart } from "../../../core/images/codecs/inflate.ts";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { type TiffEntry, writeTiff } from "../../oracles/tiff_writer.ts";
import { fixture, random } from "./image_fixtures.ts";

/** Grey of 8 bits, deflated. */
const greyEntries = (width: number, height: number): readonly TiffEntry[] => [
  [256, 4, [width]],
  [257, 4, [height]],
  [258, 3, [8]],
  [259, 3, [8]],
  [262, 3, [1]],
];

function greyOf({ data }: ImageData): number[] {
  return Array.from(data).filter((_, i) => i % 4 === 0);
}

Deno.test("inflateStart() gives the start of a stream, and never far more", () => {
  const next = random(13);
  for (const wanted of [1, 500, 70_000]) {
    for (const noise of [0, 1000, 100_000]) {
      const content = new Uint8Array(3_000_000);
      for (let i = 0; i < noise; i++) content[i] = Math.floor(256 * next());
      const start = inflateStart(deflateSync(content), wanted);
      ok(start.length >= wanted && start.length <= 4 * wanted + 2 ** 16, `${start.length} for ${wanted}`);
      deepStrictEqual(Uint8Array.from(start), content.slice(0, start.length));
    }
  }
  strictEqual(inflateStart(deflateSync(new Uint8Array(10)), 500).length, 10);
});

Deno.test("decodeImage() takes the first of a TIFF's repeated tags", async () => {
  const repeated = Array.from({ length: 2000 }, (): TiffEntry => [256, 4, [5]]);
  const file = writeTiff([{
    content: deflateSync(Uint8Array.of(7, 8, 9)),
    entries: (at) => [
      ...greyEntries(3, 1),
      [273, 4, [at]],
      [279, 4, [11]],
      ...repeated,
    ],
  }]);
  const image = await decodeImage(file);
  deepStrictEqual([image.width, image.height, ...greyOf(image)], [3, 1, 7, 8, 9]);
});

Deno.test("decodeImage() takes the first of a photo's repeated orientations", async () => {
  const entry = (value: number) => [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0];
  const exif = [
    ...Array.from("Exif\0\0MM\0*", (letter) => letter.charCodeAt(0)),
    ...[0, 0, 0, 8, 1, 244], // 500 entries at byte 8
    ...entry(6),
    ...Array.from({ length: 499 }, () => entry(1)).flat(),
  ];
  const length = exif.length + 2;
  const plain = fixture("rgb_420.jpg");
  const file = Uint8Array.from([
    ...plain.subarray(0, 2),
    ...[0xff, 0xe1, length >> 8, length & 255],
    ...exif,
    ...plain.subarray(2),
  ]);
  const [upright, turned] = [await decodeImage(plain), await decodeImage(file)];
  deepStrictEqual([turned.width, turned.height], [upright.height, upright.width]);
});

Deno.test("decodeImage() inflates of a TIFF's tile the rows in use", async () => {
  const side = 4096;
  const tile = new Uint8Array(side * side);
  for (let y = 0; y < 3; y++) for (let x = 0; x < 5; x++) tile[y * side + x] = 10 * y + x + 1;
  const compressed = deflateSync(tile);
  // What follows the rows in use is not looked at: not even whether it is damaged.
  compressed.fill(0xff, compressed.length >> 1);
  const file = writeTiff([{
    content: compressed,
    entries: (at) => [
      ...greyEntries(5, 3),
      [322, 4, [side]],
      [323, 4, [side]],
      [324, 4, [at]],
      [325, 4, [compressed.length]],
    ],
  }]);
  deepStrictEqual(greyOf(await decodeImage(file)), [1, 2, 3, 4, 5, 11, 12, 13, 14, 15, 21, 22, 23, 24, 25]);
});

Deno.test("decodeImage() refuses TIFF strips that share bytes, and tiles far wider than the image", async () => {
  const strip = deflateSync(new Uint8Array(4));
  const shared = (count: number) =>
    writeTiff([{
      content: strip,
      entries: (at) => [
        ...greyEntries(4, count),
        [278, 4, [1]],
        [273, 4, Array<number>(count).fill(at)],
        [279, 4, Array<number>(count).fill(strip.length)],
      ],
    }]);
  // Two fit into the file's size, as strips do that overlap by mistake.
  deepStrictEqual(greyOf(await decodeImage(shared(2))), Array(8).fill(0));
  await rejects(decodeImage(shared(500)), {
    name: "SyntaxError",
    message: /500 strips or tiles have \d+ bytes where the whole file has \d+: they share bytes/,
  });
  // As long as the claim needs it.
  const padded = new Uint8Array(120_000);
  const wide = writeTiff([{
    content: padded,
    entries: (at) => [
      ...greyEntries(2, 200),
      [322, 4, [2 ** 19]],
      [323, 4, [200]],
      [324, 4, [at]],
      [325, 4, [padded.length]],
    ],
  }]);
  await rejects(decodeImage(wide), {
    name: "SyntaxError",
    message: /tiles of 524288 × 200 want 104857600 bytes where its 2 × 200 pixels have 400\.$/,
  });
});

Deno.test("decodeImage() refuses a progressive JPEG whose scans pass over it again and again", async () => {
  const plain = fixture("grey_progressive.jpg");
  const markerAt = (marker: number, from = 0) =>
    plain.findIndex((byte, i) => i >= from && byte === 0xff && plain[i + 1] === marker);
  const scan = markerAt(0xda), frame = markerAt(0xc2);
  const file = (scans: number) => {
    const head = plain.slice(0, scan);
    // 4096 × 4096 pixels, and comments that make the file long enough for them.
    head.set([16, 0, 16, 0], frame + 5);
    const comment = new Uint8Array(40_000);
    comment.set([0xff, 0xfe, 39_998 >> 8, 39_998 & 255]);
    const body = plain.slice(scan, markerAt(0xff, scan) < 0 ? plain.length - 2 : markerAt(0xd9, scan));
    return new Blob([head, comment, ...Array<Uint8Array<ArrayBuffer>>(scans).fill(body), plain.slice(-2)])
      .bytes();
  };
  await rejects(decodeImage(await file(40)), {
    name: "SyntaxError",
    message:
      /scans of the JPEG file \(4096 × 4096\) pass over its blocks \d+ times where at most 32 are wanted/,
  });
});
