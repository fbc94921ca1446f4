import assert from "node:assert/strict";
import { join } from "node:path";
import { crackInstances } from "../../../core/annotations/annotated_photo.ts";
import { writeAnnotations } from "../../../core/annotations/write_annotations.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { listMasks } from "../../../tasks/annotations/run_masks.ts";
import { unpackArchive } from "../../../tasks/files/unpack.ts";
import { correctedMaskPath, readReview } from "../../../tasks/studio/review.ts";
import type { SavedKind, SavedPhoto } from "../../../tasks/studio/page/saved.ts";
import { SavedFiles } from "../../../tasks/studio/page/saved_files.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const WIDTH = 40, HEIGHT = 13;

/** A photo with a bar of crack, five pixels high, of which one was mended. */
async function savedPhoto(name: string, mended: boolean): Promise<SavedPhoto> {
  const before = Uint8Array.from(
    { length: WIDTH * HEIGHT },
    (_, i) => Number(Math.abs(Math.floor(i / WIDTH) - 6) < 3),
  );
  const mask = before.slice();
  if (mended) mask[0] = 1;
  const pixels = Uint8Array.from(before, (crack) => crack === 1 ? 40 : 160);
  return {
    ...{ name, file: `${name}.png`, width: WIDTH, height: HEIGHT, mask, before },
    confidence: before.map((crack) => 200 * crack),
    facts: { name },
    review: {
      ...{ decision: mended ? "corrected" : "rejected", at: "2026-01-01T00:00:00.000Z", seconds: 3 },
      ...{ changedPixels: mended ? 1 : 0, mmPerPixel: 0.5 },
    },
    photo: await encodePng({ width: WIDTH, height: HEIGHT, channels: 1, data: pixels }),
  };
}

async function saved(kind: SavedKind, photos: readonly SavedPhoto[]) {
  const files = new SavedFiles(kind, () => openCompute());
  for (const photo of photos) await files.add(photo);
  const { name, content } = await files.finish();
  return { name, bytes: await content.bytes() };
}

Deno.test("annotations of a page are those of the commands, one file bare, several as an archive", async () => {
  const photo = await savedPhoto("a", true);
  const { name, bytes } = await saved("labelme", [photo]);
  assert.equal(name, "a.json");
  const mask = { width: WIDTH, height: HEIGHT, data: photo.mask };
  const cracks = crackInstances(mask, { confidence: photo.confidence });
  assert.deepEqual(cracks.map(({ area }) => area), [1, 5 * WIDTH]);
  const [wanted] = await Array.fromAsync(
    writeAnnotations([{ name: "a", file: "a.png", width: WIDTH, height: HEIGHT, cracks }], {
      format: "labelme",
    }),
  );
  assert.equal(new TextDecoder().decode(bytes), wanted.content);
  assert.equal((await saved("masks", [photo, await savedPhoto("b", false)])).name, "hairline-masks.zip");
});

Deno.test("cracks are measured as measure does, in millimetres where a scale was drawn", async () => {
  const { name, bytes } = await saved("cracks", [await savedPhoto("a,1", false)]);
  assert.equal(name, "cracks.csv");
  const [heading, row, end] = new TextDecoder().decode(bytes).split("\r\n");
  assert.equal(end, "");
  const cells = row.match(/"[^"]*"|[^,]+|(?<=,)(?=,|$)/g)!;
  const cell = (name: string) => cells[heading.split(",").indexOf(name)];
  assert.equal(cell("photo"), `"a,1"`);
  // A bar of five pixels from side to side: 40 pixels, of which the centre line may lack the ends.
  assert.ok(Math.abs(Number(cell("width_median_px")) - 5) < 0.25, row);
  assert.ok(Math.abs(Number(cell("length_px")) - WIDTH) <= 5, row);
  assert.ok(Math.abs(Number(cell("length_mm")) - Number(cell("length_px")) / 2) < 0.01, row);
  assert.equal(cell("area_mm2"), String(5 * WIDTH / 4));
});

Deno.test("a whole review is a run that tasks take: corrected masks first, rejected ones left out", async () => {
  await using folder = await temporaryFolder();
  const { name, bytes } = await saved("review", [
    await savedPhoto("a", true),
    await savedPhoto("b", false),
  ]);
  assert.equal(name, "hairline-review.zip");
  const archive = join(folder.path, name);
  await Deno.writeFile(archive, bytes);
  const run = await unpackArchive(archive, join(folder.path, "run"));
  const masks = await listMasks(run, { photos: [] });
  assert.deepEqual(masks.map(({ name, mask }) => ({ name, mask })), [
    { name: "a", mask: correctedMaskPath(run, "a") },
  ]);
  const { data } = await decodeImage(await Deno.readFile(masks[0].mask));
  const { mask } = await savedPhoto("a", true);
  assert.deepEqual(Uint8Array.from(mask, (_, i) => data[4 * i] / 255), mask);
  const review = await readReview(run);
  assert.deepEqual(review.get("b"), {
    ...{ name: "b", decision: "rejected", at: "2026-01-01T00:00:00.000Z", seconds: 3 },
    ...{ changedPixels: 0, mmPerPixel: 0.5 },
  });
});

Deno.test("what stops the files is said of the photo that it stops at, and later", async () => {
  const files = new SavedFiles("cracks", () => Promise.reject(new Error("there is no device")));
  const photo = await savedPhoto("a", true);
  await files.add(photo);
  await assert.rejects(files.add(photo), /there is no device/);
  await assert.rejects(files.finish(), /there is no device/);
});
