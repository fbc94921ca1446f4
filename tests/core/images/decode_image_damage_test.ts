import { match, rejects, strictEqual } from "node:assert/strict";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { sniffFormat } from "../../../core/images/image_format.ts";
import { writePng } from "../../oracles/png_writer.ts";
import { fixture } from "./image_fixtures.ts";

/** Expects a rejection of exactly this class whose message is one sentence that matches. */
async function refuses(
  bytes: Uint8Array,
  { kind, message, maxPixels }: { kind: ErrorConstructor; message: RegExp; maxPixels?: number },
): Promise<void> {
  await rejects(decodeImage(bytes, { maxPixels }), (error: Error) => {
    strictEqual(error.constructor, kind, error.message);
    match(error.message, /^Cannot decode the image: [^\n]+\.$/);
    match(error.message, message);
    return true;
  });
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** A copy with big- or little-endian 16-bit values written at the given places. */
function patched(
  file: Uint8Array,
  places: readonly (readonly [at: number, value: number])[],
  little = false,
): Uint8Array {
  const copy = file.slice();
  const view = new DataView(copy.buffer);
  for (const [at, value] of places) view.setUint16(at, value, little);
  return copy;
}

/** Where the frame header of a baseline or progressive JPEG starts. */
function frameAt(file: Uint8Array): number {
  return file.findIndex((byte, i) => byte === 0xff && (file[i + 1] === 0xc0 || file[i + 1] === 0xc2));
}

/** Where the value of a tag of the first directory of a little-endian TIFF lies. */
function tagAt(file: Uint8Array, tag: number): number {
  const view = new DataView(file.buffer);
  let at = view.getUint32(4, true) + 2;
  while (view.getUint16(at, true) !== tag) at += 12;
  return at + 8;
}

Deno.test("decodeImage() names what it found where no image is that it reads", async () => {
  await refuses(new Uint8Array(0), { kind: SyntaxError, message: /the file is empty/ });
  await refuses(Uint8Array.of(7), {
    kind: TypeError,
    message: /first bytes, 07, are those of an unknown kind of file/,
  });
  await refuses(ascii("Lorem ipsum dolor sit amet"), {
    kind: TypeError,
    message: /4c 6f 72 65, .* unknown kind/,
  });
  for (
    const [start, name, remedy] of [
      ["\0\0\0\x20ftypheic", "a HEIC file", "; convert it to JPEG first, as a phone does"],
      ["\0\0\0\x20ftypavif", "an AVIF file", "; convert it to JPEG or PNG first"],
      ["%PDF-1.7", "a PDF file", "\\.$"],
      ["MM\0+\0\x08\0\0", "a BigTIFF file", "; save it as TIFF, or as PNG"],
      ["8BPS\0\x01", "a Photoshop file", "; save it as TIFF or PNG first"],
    ]
  ) {
    await refuses(ascii(start), {
      kind: TypeError,
      message: new RegExp(`those of ${name} where a JPEG, PNG, TIFF, WebP, BMP or GIF is wanted${remedy}`),
    });
  }
  await refuses("a.jpg" as unknown as Uint8Array, {
    kind: TypeError,
    message: /input is string where a Uint8Array/,
  });
});

Deno.test("sniffFormat() goes by the first bytes alone", () => {
  const files = {
    jpeg: "grey.jpg",
    png: "rgb.png",
    tiff: "rgb_deflate_differenced_big_endian.tif",
    webp: "rgb_lossy.webp",
    bmp: "bilevel.bmp",
    gif: "moving.gif",
  };
  for (const [decoder, name] of Object.entries(files)) {
    strictEqual(sniffFormat(fixture(name)).decoder, decoder);
  }
  strictEqual(sniffFormat(Uint8Array.of(0x89, 0x50)).decoder, undefined);
});

Deno.test("decodeImage() refuses kinds of JPEG and TIFF that it does not read", async () => {
  const jpeg = fixture("rgb_444.jpg");
  const arithmetic = jpeg.slice();
  arithmetic[frameAt(jpeg) + 1] = 0xc9;
  await refuses(arithmetic, { kind: TypeError, message: /SOF9 with 8 bits .* \(SOF0 to SOF2\)/ });
  const deep = jpeg.slice();
  deep[frameAt(jpeg) + 4] = 12;
  await refuses(deep, { kind: TypeError, message: /SOF0 with 12 bits/ });
  await refuses(fixture("rgb_jpeg.tif"), {
    kind: TypeError,
    message: /compression is 7 where none \(1\), LZW/,
  });
  await refuses(fixture("moving.webp"), {
    kind: TypeError,
    message: /WebP file is an animation where one image/,
  });
  const bmp = fixture("palette.bmp");
  await refuses(patched(bmp, [[30, 1]], true), {
    kind: TypeError,
    message: /compression is 1 with 8 bits a pixel where none \(0\)/,
  });
});

Deno.test("decodeImage() refuses every cut of a file, wherever it is cut", async () => {
  // Bytes at the end that hold no pixel: end markers, padding of the last row, and the trailer.
  const spare: Readonly<Record<string, number>> = {
    "rgb_420.jpg": 2,
    "grey_progressive.jpg": 2,
    "orientation_6.jpg": 2,
    "palette.bmp": 3,
    "palette_interlaced.gif": 1,
  };
  for (
    const name of [
      "rgb.png",
      "rgb_interlaced.png",
      "rgb.tif",
      "rgb_lossless.webp",
      "rgb_lossy.webp",
      ...Object.keys(spare),
    ]
  ) {
    const file = fixture(name);
    // WebP is not known as such by fewer than 12 bytes.
    const start = name.endsWith(".webp") ? 12 : 8;
    for (let length = start; length < file.length - (spare[name] ?? 0); length++) {
      await refuses(file.subarray(0, length), {
        kind: SyntaxError,
        message: /end before|holds|header|no whole/,
      });
    }
  }
});

Deno.test("decodeImage() refuses a header beyond maxPixels before it allocates", async () => {
  const huge = {
    kind: RangeError,
    message: /claims 60000 × 60000 = 3600000000 pixels where at most 134217728 /,
  };
  const sample = () => 0;
  await refuses(writePng({ width: 1, height: 1, depth: 8, colour: 2, sample, claim: [60000, 60000] }), huge);
  const jpeg = fixture("rgb_420.jpg");
  const frame = frameAt(jpeg);
  await refuses(patched(jpeg, [[frame + 5, 60000], [frame + 7, 60000]]), huge);
  const tiff = fixture("rgb_lzw.tif");
  await refuses(patched(tiff, [[tagAt(tiff, 256), 60000], [tagAt(tiff, 257), 60000]], true), huge);
  await refuses(fixture("rgb.png"), {
    kind: RangeError,
    message: /37 × 23 = 851 pixels where at most 850/,
    maxPixels: 850,
  });
  strictEqual((await decodeImage(fixture("rgb.png"), { maxPixels: 851 })).width, 37);
  await refuses(fixture("rgb.png"), { kind: RangeError, message: /maxPixels is NaN/, maxPixels: NaN });
});

Deno.test("decodeImage() refuses a claim within maxPixels that the bytes cannot hold", async () => {
  const hollow = {
    kind: SyntaxError,
    message: /claims more pixels than its \d+ bytes of compressed data can hold/,
  };
  const sample = () => 0;
  await refuses(
    writePng({ width: 1, height: 1, depth: 8, colour: 6, sample, claim: [10000, 10000] }),
    hollow,
  );
  for (const name of ["rgb_420.jpg", "grey_progressive.jpg"]) {
    const jpeg = fixture(name);
    const frame = frameAt(jpeg);
    await refuses(patched(jpeg, [[frame + 5, 10000], [frame + 7, 10000]]), hollow);
  }
  for (const name of ["rgb_lzw.tif", "rgb.tif", "rgba_deflate.tif", "grey_packbits.tif"]) {
    const tiff = fixture(name);
    const claim = patched(tiff, [[tagAt(tiff, 256), 10000], [tagAt(tiff, 257), 10000]], true);
    await refuses(patched(claim, [[tagAt(tiff, 278), 10000]], true), hollow);
  }
});

Deno.test("decodeImage() refuses an empty image and damaged chunks, rows and checksums", async () => {
  const png = { width: 3, height: 2, depth: 8, colour: 0, sample: () => 7 };
  await refuses(writePng({ ...png, claim: [0, 2] }), { kind: SyntaxError, message: /claims 0 × 2 pixels/ });
  await refuses(writePng({ ...png, claim: [3, 3] }), {
    kind: SyntaxError,
    message: /holds 8 bytes where 12 are wanted/,
  });
  await refuses(writePng({ ...png, claim: [3, 1] }), {
    kind: SyntaxError,
    message: /damaged, cut off or larger than/,
  });
  await refuses(writePng({ ...png, colour: 3 }), { kind: SyntaxError, message: /no PLTE/ });
  await refuses(patched(writePng(png), [[18, 4]]), {
    kind: SyntaxError,
    message: /checksum of the PNG file's IHDR/,
  });
  const jpeg = fixture("rgb_444.jpg");
  const frameless = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);
  await refuses(frameless, { kind: SyntaxError, message: /no frame header before its end marker/ });
  const frame = frameAt(jpeg);
  const tableless = Uint8Array.from([0xff, 0xd8, ...jpeg.subarray(frame)]);
  await refuses(tableless, {
    kind: SyntaxError,
    message: /compressed data of the JPEG file \(37 × 23\) is damaged/,
  });
});

Deno.test("decodeImage() reads what encodePng() wrote after a failure in between", async () => {
  const png = await encodePng({ width: 1, height: 1, channels: 1, data: Uint8Array.of(9) });
  await Promise.allSettled([decodeImage(png.subarray(0, 30)), decodeImage(png)]).then(([cut, whole]) => {
    strictEqual(cut.status, "rejected");
    strictEqual(whole.status, "fulfilled");
  });
});
