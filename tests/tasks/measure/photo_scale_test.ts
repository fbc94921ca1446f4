import assert from "node:assert/strict";
import { encodeJpeg } from "../../../core/images/encode_jpeg.ts";
import { openScales, parseScales, scaleOf } from "../../../tasks/measure/photo_scale.ts";

/** EXIF tags: number, type (5: a fraction, 3: 16 bits), and value. */
type Tag = readonly [tag: number, type: 3 | 5, value: number];

/** A JPEG with these tags, as a camera writes them: TIFF 6.0 in an APP1 segment, all tags in the EXIF directory. */
async function photoWith(tags: readonly Tag[]): Promise<Uint8Array> {
  const jpeg = await encodeJpeg(new ImageData(4, 3));
  // Two directories of 12 bytes a tag, then the fractions.
  const exifAt = 8 + 2 + 12 + 4, valuesAt = exifAt + 2 + 12 * tags.length + 4;
  const tiff = new DataView(new ArrayBuffer(valuesAt + 8 * tags.length));
  const entry = (at: number, tag: number, type: number, value: number) => {
    tiff.setUint16(at, tag);
    tiff.setUint16(at + 2, type);
    tiff.setUint32(at + 4, 1);
    if (type === 3) tiff.setUint16(at + 8, value);
    else tiff.setUint32(at + 8, value);
  };
  tiff.setUint32(0, 0x4d4d002a);
  tiff.setUint32(4, 8);
  tiff.setUint16(8, 1);
  entry(10, 0x8769, 4, exifAt);
  tiff.setUint16(exifAt, tags.length);
  tags.forEach(([tag, type, value], i) => {
    const at = valuesAt + 8 * i;
    entry(exifAt + 2 + 12 * i, tag, type, type === 5 ? at : value);
    tiff.setUint32(at, Math.round(value * 1000));
    tiff.setUint32(at + 4, 1000);
  });
  const bytes = new TextEncoder().encode("Exif\0\0");
  const segment = new Uint8Array(4 + bytes.length + tiff.byteLength);
  segment.set([0xff, 0xe1, (segment.length - 2) >> 8, (segment.length - 2) & 255]);
  segment.set(bytes, 4);
  segment.set(new Uint8Array(tiff.buffer), 4 + bytes.length);
  return new Uint8Array([...jpeg.subarray(0, 2), ...segment, ...jpeg.subarray(2)]);
}

const FOCAL_LENGTH = 0x920a,
  DISTANCE = 0x9206,
  RESOLUTION = 0xa20e,
  UNIT = 0xa210,
  WIDTH = 0xa002,
  HEIGHT = 0xa003;

Deno.test("scaleOf() completes what the command says of the camera from the photo", async () => {
  // 6000 pixels of 4 µm: 24 mm.
  const tags: Tag[] = [[FOCAL_LENGTH, 5, 50], [DISTANCE, 5, 1.5], [WIDTH, 3, 6000], [HEIGHT, 3, 4000], [
    RESOLUTION,
    5,
    2500,
  ], [UNIT, 3, 3]];
  const photo = { bytes: await photoWith(tags.toSorted((a, b) => a[0] - b[0])), width: 3000, height: 2000 };
  const noted = await openScales({ exif: true });
  assert.deepEqual(await scaleOf(noted, "a", photo), { mmPerPixel: 24 * 1500 / (3000 * 50) });
  const given = await openScales({ exif: false, distance: 3000 });
  assert.deepEqual(await scaleOf(given, "a", photo), { mmPerPixel: 24 * 3000 / (3000 * 50) });
});

Deno.test("scaleOf() says what a photo without EXIF data lacks", async () => {
  const photo = { bytes: await encodeJpeg(new ImageData(4, 3)), width: 4, height: 3 };
  const source = await openScales({ exif: false, focalLength: 35 });
  assert.deepEqual(await scaleOf(source, "a", photo), {
    problem:
      "Its EXIF data does not tell the scale: it is measured in pixels; give --sensor-width and --distance.",
  });
  assert.match((await scaleOf(source, "a", undefined)).problem!, /^There is no photo to tell the scale from/);
});

Deno.test("parseScales() reads tables of photos, and names the line that is none", () => {
  const text = '\ufeffphoto,mm per pixel\r\nIMG_1.jpg, 0.25\r\n"a, b.png";1e-1\r\n\r\n';
  assert.deepEqual(parseScales("s.csv", text), { "img_1": 0.25, "a, b": 0.1 });
  for (const wrong of ["a,0", "a,-1", "a,1\nb,x", "a,1\nb"]) {
    assert.throws(
      () => parseScales("s.csv", wrong),
      /^UsageError: Cannot use s\.csv: its line [12] is ".*", a photo and its/,
      wrong,
    );
  }
  assert.throws(() => parseScales("s.csv", ""), { message: "Cannot use s.csv: there is no scale in it." });
});

Deno.test("openScales() takes the scale from one place", async () => {
  await assert.rejects(openScales({ exif: true, mmPerPixel: 1 }), {
    message:
      "Cannot take the scale from two places: give --mm-per-pixel, or --scales, or what is known of the camera.",
  });
  assert.deepEqual(await openScales({ exif: false }), { kind: "none" });
});
