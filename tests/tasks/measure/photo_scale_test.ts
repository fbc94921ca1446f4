import assert from "node:assert/strict";
import { encodeJpeg } from "../../../core/images/encode_jpeg.ts";
import { type ExifTag, withExif } from "../../oracles/exif_writer.ts";
import { ReviewStore } from "../../../tasks/studio/review.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { openScales, parseScales, scaleOf } from "../../../tasks/measure/photo_scale.ts";

/** A JPEG with these tags of EXIF. */
async function photoWith(exif: readonly ExifTag[]): Promise<Uint8Array> {
  return withExif(await encodeJpeg(new ImageData(4, 3)), { exif });
}

const FOCAL_LENGTH = 0x920a,
  DISTANCE = 0x9206,
  RESOLUTION = 0xa20e,
  UNIT = 0xa210,
  WIDTH = 0xa002,
  HEIGHT = 0xa003;

Deno.test("scaleOf() completes what the command says of the camera from the photo", async () => {
  // 6000 pixels of 4 µm: 24 mm.
  const bytes = await photoWith([
    [FOCAL_LENGTH, "fractions", [50]],
    [DISTANCE, "fractions", [1.5]],
    [WIDTH, "short", 6000],
    [HEIGHT, "short", 4000],
    [RESOLUTION, "fractions", [2500]],
    [UNIT, "short", 3],
  ]);
  const photo = { bytes, width: 3000, height: 2000 };
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
  assert.deepEqual(parseScales("s.csv", "photo;mm\na;0,2\nb\t1,5\nB.png;1.5"), { a: 0.2, b: 1.5 });
  assert.throws(() => parseScales("s.csv", "a,1\nA.jpg,2"), {
    message: "Cannot use s.csv: its line 2 gives a the scale 2, an earlier one 1; one is wanted.",
  });
  for (const wrong of ["a,0", "a,-1", "a,0,2", "a,1\nb,x", "a,1\nb"]) {
    assert.throws(
      () => parseScales("s.csv", wrong),
      /^UsageError: Cannot use s\.csv: its line [12] is ".*", a photo and its/,
      wrong,
    );
  }
  assert.throws(() => parseScales("s.csv", ""), { message: "Cannot use s.csv: there is no scale in it." });
});

Deno.test("openScales() takes scales that were drawn in the studio where nothing else is said", async () => {
  await using folder = await temporaryFolder();
  const store = await ReviewStore.open(folder.path);
  const noted = { at: "", seconds: 0 };
  await store.save({ name: "day 1/A", mmPerPixel: 0.25, ...noted });
  await store.save({ name: "b", decision: "accepted", ...noted });
  const runs = [folder.path];
  const drawn = await openScales({ exif: false, runs });
  assert.equal((await scaleOf(drawn, "day 1/A", undefined)).mmPerPixel, 0.25);
  assert.match((await scaleOf(drawn, "b", undefined)).problem ?? "", /the studio has no scale for b/);
  assert.equal((await openScales({ exif: false, mmPerPixel: 1, runs })).kind, "given");
  assert.equal((await openScales({ exif: false, runs: [`${folder.path}/none`] })).kind, "none");
});

Deno.test("openScales() takes the scale from one place", async () => {
  await assert.rejects(openScales({ exif: true, mmPerPixel: 1 }), {
    message:
      "Cannot take the scale from two places: give --mm-per-pixel, or --scales, or what is known of the camera.",
  });
  assert.deepEqual(await openScales({ exif: false }), { kind: "none" });
});
