import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng } from "../../../core/images/encode_png.ts";
import { findMasks, settleDrawnMasks } from "../../../tasks/measure/find_masks.ts";
import { measurePhotos, planMeasurements } from "../../../tasks/measure/measure_photos.ts";
import { correctedMaskPath, ReviewStore, type ReviewUse } from "../../../tasks/studio/review.ts";
import { sharedCompute } from "../../core/testing.ts";
import { writePng } from "../../oracles/png_writer.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { writeRun } from "../run_fixture.ts";

const SIDE = 40;
const open = sharedCompute();

/** A line of so many pixels across the picture. */
function line(length: number): Uint8Array {
  return Uint8Array.from(
    { length: SIDE * SIDE },
    (_, i) => Number(i % SIDE < length && Math.abs(Math.floor(i / SIDE) - 20) < 2),
  );
}

Deno.test("measure takes corrected masks before the run's and leaves rejected ones out, as --reviewed says", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  const photo = new ImageData(new Uint8ClampedArray(4 * SIDE * SIDE).fill(128), SIDE, SIDE);
  const found = { photo, mask: line(20), confidence: new Uint8Array(SIDE * SIDE) };
  const run = await writeRun(
    folder.path,
    ["day 1/a", "day 1/b", "c", "d"].map((name) => ({ name, ...found })),
  );
  const corrected = correctedMaskPath(run, "day 1/b");
  const data = line(36).map((value) => 255 * value);
  const mended = await encodePng({ width: SIDE, height: SIDE, channels: 1, data });
  const store = await ReviewStore.open(run);
  for (const [name, decision] of [["day 1/b", "corrected"], ["c", "rejected"], ["d", "accepted"]] as const) {
    const photo = { name, decision, at: new Date().toISOString(), seconds: 1 };
    await store.save(photo, decision === "corrected" ? mended : undefined);
  }
  const masks = async (reviewed: ReviewUse) => {
    const out = at(`out ${reviewed}`);
    using found = await findMasks([run], { photoFolder: undefined, out, reviewed });
    const { paths, photos, choose } = found;
    const planned = await Array.fromAsync(planMeasurements({ paths, out, choose }));
    for (const { path, name } of planned) assert.equal(photos.get(path), at(`photos/${name}.png`));
    return planned.map(({ name, path }) => [name, path === corrected]);
  };
  assert.deepEqual(await masks("prefer"), [["d", false], ["day 1/a", false], ["day 1/b", true]]);
  assert.deepEqual(await masks("only"), [["d", false], ["day 1/b", true]]);
  assert.deepEqual(await masks("ignore"), [
    ...[["c", false], ["d", false], ["day 1/a", false], ["day 1/b", false]],
  ]);

  const out = at("measured");
  using masksFound = await findMasks([run], { photoFolder: undefined, out });
  const { paths, photos, choose, photoFolders } = masksFound;
  assert.deepEqual(photoFolders(), new Set([at("photos/day 1"), at("photos")]));
  const compute = await open();
  const { description: adapter, software } = compute;
  const runtime = { deno: "", tfjs: "none", adapter, software, backend: "none" };
  const scale = { kind: "given", mmPerPixel: 1 } as const;
  const summary = await measurePhotos(
    { paths, out, photos, choose, scale, quiet: true, prune: true, bands: undefined, title: "Test" },
    () => Promise.resolve({ compute, runtime }),
  );
  assert.deepEqual(Array.from(summary.photos, ({ name, crackPixels }) => [name, crackPixels]), [
    ...[["d", 3 * 20], ["day 1/a", 3 * 20], ["day 1/b", 3 * 36]],
  ]);
});

Deno.test("measure reads masks that people drew by the rule of all tasks: one that is inverted among others, and 16 bits of 0 and 1", async () => {
  await using folder = await temporaryFolder();
  const masks = join(folder.path, "masks"), out = join(folder.path, "measured");
  await Deno.mkdir(masks);
  const write = async (name: string, data: Uint8Array) =>
    await Deno.writeFile(
      join(masks, `${name}.png`),
      await encodePng({ width: SIDE, height: SIDE, channels: 1, data: data.map((value) => 255 * value) }),
    );
  for (const name of ["a", "b", "c"]) await write(name, line(20));
  await write("inverted", line(36).map((value) => 1 - value));
  const wide = line(30);
  const sample = (x: number, y: number) => wide[y * SIDE + x];
  await Deno.writeFile(
    join(masks, "wide.png"),
    writePng({ width: SIDE, height: SIDE, depth: 16, colour: 0, sample }),
  );

  using found = await findMasks([masks], { photoFolder: undefined, out });
  const { paths, photos, drawn, choose } = found;
  const { readerOf, notes } = await settleDrawnMasks(drawn, { out });
  assert.equal(notes.length, 1);
  assert.match(notes[0], /^Truth: .*16-bit PNG of 0\/1.*; bright is crack\.$/);
  const compute = await open();
  const { description: adapter, software } = compute;
  const runtime = { deno: "", tfjs: "none", adapter, software, backend: "none" };
  const summary = await measurePhotos(
    {
      ...{ paths, out, photos, choose, readerOf, scale: { kind: "none" }, quiet: true, prune: true },
      ...{ bands: undefined, title: "Test" },
    },
    () => Promise.resolve({ compute, runtime }),
  );
  const records = [...summary.photos];
  assert.deepEqual(records.map(({ name, crackPixels }) => [name, crackPixels]), [
    ...[["a", 60], ["b", 60], ["c", 60], ["inverted", 108], ["wide", 90]],
  ]);
  const [turned] = records[3].notes ?? [];
  assert.match(turned, /^The mask is inverted, unlike the others of its set, and was turned: 93 % of its/);
});

Deno.test("findMasks() seeks photos by name where no run knows them, or where they are no longer, the mended mask's too", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  const photo = new ImageData(new Uint8ClampedArray(4 * SIDE * SIDE).fill(128), SIDE, SIDE);
  const found = { photo, mask: line(20), confidence: new Uint8Array(SIDE * SIDE) };
  const run = await writeRun(folder.path, ["a", "b", "c"].map((name) => ({ name, ...found })));
  await Deno.mkdir(at("moved"));
  for (const name of ["a", "b"]) await Deno.rename(at(`photos/${name}.png`), at(`moved/${name}.png`));
  const store = await ReviewStore.open(run);
  const data = line(36).map((value) => 255 * value);
  const mended = await encodePng({ width: SIDE, height: SIDE, channels: 1, data });
  await store.save({ name: "b", decision: "corrected", at: new Date().toISOString(), seconds: 1 }, mended);
  using masks = await findMasks([run], { photoFolder: at("moved"), out: at("measured") });
  const { photos, choose, photoFolders } = masks;
  const maskOf = (name: string) => join(run, `masks/${name}.png`);
  assert.equal(choose(maskOf("b")), correctedMaskPath(run, "b"));
  assert.deepEqual(["a", "b", "c", "d"].map((name) => photos.get(choose(maskOf(name))!)), [
    ...[at("moved/a.png"), at("moved/b.png"), at("photos/c.png"), undefined],
  ]);
  assert.ok(photos.has(maskOf("c")) && !photos.has(maskOf("d")));
  assert.deepEqual(photoFolders(), new Set([at("moved"), at("photos")]));
});
