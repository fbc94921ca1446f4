import assert from "node:assert/strict";
import { encodeJpeg } from "../../../core/images/encode_jpeg.ts";
import { readExifOrigin } from "../../../tasks/files/exif.ts";
import { type ExifContent, webpWithExif, withExif } from "../../oracles/exif_writer.ts";

const MAKE = 0x010f, MODEL = 0x0110, TAKEN = 0x9003, OFFSET = 0x9011;
const LATITUDE_REF = 1, LATITUDE = 2, LONGITUDE_REF = 3, LONGITUDE = 4, STATUS = 9;

async function originOf(content: ExifContent) {
  return await readExifOrigin(withExif(await encodeJpeg(new ImageData(4, 3)), content));
}

/** 33° 51′ 21.6″ S, 151° 12′ 36″ E. */
const SYDNEY = [
  [LATITUDE_REF, "text", "S"],
  [LATITUDE, "fractions", [33, 51, 21.6]],
  [LONGITUDE_REF, "text", "E"],
  [LONGITUDE, "fractions", [151, 12, 36]],
] as const;

Deno.test("readExifOrigin() reads where, when and with what a photo was taken", async () => {
  const origin = await originOf({
    main: [[MAKE, "text", "NIKON CORPORATION"], [MODEL, "text", "NIKON D850  "]],
    exif: [[TAKEN, "text", "2024:03:01 10:22:33"], [OFFSET, "text", "+11:00"]],
    gps: SYDNEY,
  });
  assert.deepEqual({ ...origin, latitude: 0, longitude: 0 }, {
    ...{ latitude: 0, longitude: 0 },
    taken: "2024-03-01T10:22:33+11:00",
    camera: "NIKON D850",
  });
  assert.ok(Math.abs(origin!.latitude! + (33 + 51 / 60 + 21.6 / 3600)) < 1e-9);
  assert.ok(Math.abs(origin!.longitude! - (151 + 12 / 60 + 36 / 3600)) < 1e-9);
  assert.deepEqual(await originOf({ main: [[MAKE, "text", "Fairphone"], [MODEL, "text", "FP4"]] }), {
    camera: "Fairphone FP4",
  });
});

Deno.test("readExifOrigin() reads WebP's, behind the mark of JPEG as well, and nothing of a file that is cut off", async () => {
  const webp = await Deno.readFile(new URL("../../fixtures/images/rgb_lossless.webp", import.meta.url));
  assert.equal(await readExifOrigin(webp), undefined);
  const content: ExifContent = {
    main: [[MODEL, "text", "FP4"]],
    exif: [[TAKEN, "text", "2024:03:01 10:22:33"]],
    gps: SYDNEY,
  };
  for (const mark of [false, true]) {
    const file = webpWithExif(webp, content, { mark });
    assert.deepEqual(await readExifOrigin(file), await originOf(content));
    assert.equal(await readExifOrigin(file.subarray(0, -20)), undefined);
  }
});

Deno.test("readExifOrigin() leaves out what is not noted, and what a camera notes that does not know", async () => {
  assert.equal(await readExifOrigin(await encodeJpeg(new ImageData(4, 3))), undefined);
  assert.equal(await readExifOrigin(Uint8Array.of(1, 2, 3)), undefined);
  for (const clock of ["0000:00:00 00:00:00", "    :  :     :  :  ", "2024:13:40 10:22:33", "yesterday"]) {
    assert.equal(await originOf({ exif: [[TAKEN, "text", clock]] }), undefined, clock);
  }
  assert.deepEqual(
    await originOf({ exif: [[TAKEN, "text", "2024:03:01 10:22:33"], [OFFSET, "text", "   :  "]] }),
    {
      taken: "2024-03-01T10:22:33",
    },
  );
  assert.equal(await originOf({ gps: [...SYDNEY, [STATUS, "text", "V"]] }), undefined);
  assert.equal(await originOf({ gps: SYDNEY.slice(0, 2) }), undefined);
  assert.equal(
    await originOf({ gps: [...SYDNEY.slice(0, 3), [LONGITUDE, "fractions", [999, 0, 0]]] }),
    undefined,
  );
});
