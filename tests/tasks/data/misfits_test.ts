import assert from "node:assert/strict";
import { openDataset } from "../../../core/datasets/open_dataset.ts";
import { encodeJpeg } from "../../../core/images/encode_jpeg.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { examine } from "../../../tasks/data/examine.ts";
import { contrastOf, outlineOf } from "../../../tasks/data/mask_fit.ts";
import { exifOrientation } from "../../../tasks/data/misfits.ts";
import { writeFiles } from "../../core/datasets/dataset_fixtures.ts";
import { seeded } from "../../core/testing.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const SIDE = 48;

/** Where a photo of a seed has its crack: a wandering line, which no turn of the photo brings onto itself. */
function isCrack(seed: number, i: number): boolean {
  const x = i % SIDE, y = Math.floor(i / SIDE);
  return y > 4 && y < 30 && Math.abs(x - (8 + 3 * seed + y / 4 + 2 * Math.sin(y / 3 + seed))) < 1.2;
}

/** Noisy ground, a dark crack. */
function photo(seed: number): ImageData {
  const random = seeded(seed + 1), data = new Uint8ClampedArray(4 * SIDE * SIDE).fill(255);
  for (let i = 0; i < SIDE * SIDE; i++) {
    data.fill((isCrack(seed, i) ? 70 : 150) + 20 * random(), 4 * i, 4 * i + 3);
  }
  return new ImageData(data, SIDE, SIDE);
}

/** The mask of a photo; `from`: which of its pixels lies at each place. */
function mask(seed: number, from = (i: number) => i): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => isCrack(seed, from(i)) ? 255 : 0);
  return encodePng({ width: SIDE, height: SIDE, channels: 1, data });
}

/** A JPEG with an EXIF orientation: APP1 with a TIFF header and the one tag 274. */
async function oriented(image: ImageData, orientation: number): Promise<Uint8Array> {
  const jpeg = await encodeJpeg(image, { quality: 95 });
  const exif = [
    ...[..."Exif\0\0MM\0*"].map((letter) => letter.charCodeAt(0)),
    ...[0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0],
  ];
  const app1 = [0xff, 0xe1, 0, exif.length + 2, ...exif];
  return Uint8Array.from([...jpeg.subarray(0, 2), ...app1, ...jpeg.subarray(2)]);
}

/** What is said of each photo of pairs. */
async function warningsOf(
  pairs: readonly (readonly [photo: Uint8Array | Promise<Uint8Array>, mask: Promise<Uint8Array>])[],
): Promise<string[]> {
  await using folder = await temporaryFolder();
  await writeFiles(
    folder.path,
    Object.fromEntries(pairs.flatMap(([image, mask], i) => [[`images/${i}.jpg`, image], [
      `masks/${i}.png`,
      mask,
    ]])),
  );
  const { photos } = await examine(await openDataset(folder.path));
  return photos.map(({ warnings, failure, misfit }) => {
    assert.equal(misfit ?? false, warnings.length > 0);
    return failure ?? warnings.join();
  });
}

const jpeg = (seed: number) => encodeJpeg(photo(seed), { quality: 95 });
const mirrored = (i: number) => i - i % SIDE + SIDE - 1 - i % SIDE;

Deno.test("examine() finds the mask that is mirrored and the two that are exchanged, and no other", async () => {
  const warnings = await warningsOf([
    [jpeg(0), mask(0)],
    [jpeg(1), mask(1)],
    [jpeg(2), mask(2, mirrored)],
    [jpeg(3), mask(3)],
    [jpeg(4), mask(5)],
    [jpeg(5), mask(4)],
    [jpeg(6), mask(6)],
  ]);
  assert.deepEqual(warnings.map((text) => text.replace(/contrast .*(?=\))/, "…")), [
    "",
    "",
    "its mask fits only when mirrored left to right",
    "",
    "the mask of 5 fits it better: exchanged? (…)",
    "the mask of 4 fits it better: exchanged? (…)",
    "",
  ]);
});

Deno.test("examine() names the mask that belongs to none of the photos", async () => {
  const others = [0, 1, 2, 3, 4].map((seed) => [jpeg(seed), mask(seed)] as const);
  const warnings = await warningsOf([...others, [jpeg(5), mask(7.5)]]);
  assert.deepEqual(warnings.slice(0, 5), ["", "", "", "", ""]);
  assert.match(
    warnings[5],
    /^crack is not told from what lies beside it: another photo's mask, or shifted\? \(/,
  );
});

Deno.test("examine() names masks that were drawn on photos as they are stored, square ones too", async () => {
  const turned = await oriented(photo(1), 6);
  assert.equal(exifOrientation(turned), 6);
  assert.deepEqual(await warningsOf([[turned, mask(1)], [oriented(photo(2), 3), mask(2)]]), [
    "its mask was drawn on the photo as it is stored, before its EXIF orientation, 6, turns it: it fits when turned by 90° clockwise",
    "its mask was drawn on the photo as it is stored, before its EXIF orientation, 3, turns it: it fits when turned by 180°",
  ]);
  const wide = new ImageData(new Uint8ClampedArray(4 * 20 * 10).fill(200), 20, 10);
  const [failure] = await warningsOf([[
    oriented(wide, 8),
    encodePng({ width: 20, height: 10, channels: 1, data: new Uint8Array(200) }),
  ], [jpeg(1), mask(1)]]);
  assert.match(
    failure,
    /its mask, 20 × 10, was drawn on the photo as it is stored; its EXIF orientation, 8, makes it 10 × 20;/,
  );
});

Deno.test("contrastOf() is the difference of means over the deviation, and finds no contrast where a size differs", () => {
  // Crack in the first column; columns 3 to 7 are beside it.
  const [width, height] = [12, 3];
  const data = Uint8Array.from({ length: 36 }, (_, i) => Number(i % width === 0));
  const form = { file: "", values: "", crack: "" };
  const outline = outlineOf({ width, height, data, form }) ?? assert.fail("no outline");
  assert.deepEqual([...outline.beside].map((i) => i % width), [3, 4, 5, 6, 7, 3, 4, 5, 6, 7, 3, 4, 5, 6, 7]);
  // Crack 10, 20, 30 by row: mean 20, variance 200/3. Beside 100 and nothing else.
  const grey = Uint8Array.from(
    { length: 36 },
    (_, i) => i % width === 0 ? 10 * (1 + Math.floor(i / width)) : 100,
  );
  const contrast = contrastOf(outline, { width, height, grey }) ?? assert.fail("no contrast");
  assert.ok(Math.abs(contrast - 80 / Math.sqrt(200 / 6)) < 1e-9, `${contrast}`);
  assert.equal(contrastOf(outline, { width: height, height: width, grey }), undefined);
  assert.equal(contrastOf(outline, { width, height, grey: grey.fill(7) }), undefined);
});
