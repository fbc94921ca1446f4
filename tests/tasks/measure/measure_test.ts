import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { encodeJpeg } from "../../../core/images/encode_jpeg.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import type { Manifest } from "../../../tasks/measure/manifest.ts";
import { measurePhotos, type MeasurePhotosOptions } from "../../../tasks/measure/measure_photos.ts";
import { drawCracks } from "../../core/measure/drawn_cracks.ts";
import { sharedCompute } from "../../core/testing.ts";
import { type ExifContent, withExif } from "../../oracles/exif_writer.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { type Outcome, runScript } from "../run_script.ts";

const open = sharedCompute();

function measure(cwd: string, ...args: readonly string[]): Promise<Outcome> {
  return runScript("tasks/measure.ts", args, { permissions: ["--allow-read", "--allow-write"], cwd });
}

/** 33° 51′ 21.6″ S, 151° 12′ 36″ W. */
const EXIF: ExifContent = {
  main: [[0x0110, "text", "Camera, digital"]],
  exif: [[0x9003, "text", "2024:03:01 10:22:33"]],
  gps: [
    [1, "text", "S"],
    [2, "fractions", [33, 51, 21.6]],
    [3, "text", "W"],
    [4, "fractions", [151, 12, 36]],
  ],
};

/** `masks/` and `photos/` of drawn cracks, 60 pixels long and as wide as a name's number; of `alone` there is no photo. */
async function prepare(folder: string): Promise<void> {
  for (const name of ["masks/day 1", "photos/day 1"]) {
    await Deno.mkdir(join(folder, name), { recursive: true });
  }
  for (const [name, width] of [["day 1/4", 4], ["9", 9], ["=alone", 6]] as const) {
    const crack = { x: 45.4, y: 30.4, angle: 0, length: 60, width };
    const { photo, mask } = drawCracks([crack], { width: 90, height: 60, noise: 2 });
    const png = await encodePng({ ...mask, channels: 1, data: mask.data.map((value) => 255 * value) });
    await Deno.writeFile(join(folder, `masks/${name}.png`), png);
    if (name !== "=alone") {
      await Deno.writeFile(join(folder, `photos/${name}.png`), await encodePng(photo));
    }
  }
}

/** A table by its headings. */
async function readTable(path: string): Promise<Record<string, string>[]> {
  const [heading, ...rows] = (await Deno.readTextFile(path)).trimEnd().split("\r\n").map((line) =>
    line.split(",")
  );
  return rows.map((row) => Object.fromEntries(row.map((cell, i) => [heading[i], cell])));
}

Deno.test("measure writes tables, a manifest and a page, goes on after bad files, and joins its shards", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await prepare(path);
  // One of the photos is a camera's.
  const photo = await decodeImage(await Deno.readFile(join(path, "photos/9.png")));
  await Deno.remove(join(path, "photos/9.png"));
  const jpeg = await encodeJpeg(photo, { quality: 95 });
  await Deno.writeFile(join(path, "photos/9.jpg"), withExif(jpeg, EXIF));
  const grey = (values: number[]) =>
    encodePng({ width: values.length, height: 1, channels: 1, data: Uint8Array.from(values) });
  await Deno.writeFile(join(path, "masks/three values.png"), await grey([0, 9, 20]));
  await Deno.writeFile(join(path, "masks/other size.png"), await grey([0, 255]));
  await Deno.writeFile(join(path, "photos/other size.png"), await grey([1, 2, 3]));
  const args = [
    "masks",
    "--photos",
    "photos",
    "--out",
    "out",
    "--mm-per-pixel",
    "0.5",
    "--bands",
    "sn-640312a",
  ];

  const part = await measure(path, ...args, "--shard", "1/2", "--quiet");
  assert.ok([0, 1].includes(part.code), part.err);
  assert.match(
    part.out,
    /^Tables: {3}none as yet: when all parts are done, the same command without --shard joins/m,
  );
  const { code, out, err } = await measure(path, ...args);
  assert.equal(code, 1, err);
  assert.match(
    err,
    /three values\.png: Cannot tell crack from background: the mask has 3 values, 0, 9 and 20/,
  );
  assert.match(
    err,
    /other size\.png: Cannot measure a mask of 2 × 1 in a photo of 3 × 1: the same size is wanted\./,
  );
  assert.match(out, /^Measured \d photos? in .*; 2 failed; 3 cracks in 3\.$/m);

  const cracks = await readTable(join(path, "out/cracks.csv"));
  assert.deepEqual(cracks.map(({ photo }) => photo), ["'=alone", "9", "day 1/4"]);
  for (const crack of cracks) {
    const width = { "'=alone": 6, "9": 9, "day 1/4": 4 }[crack.photo]!;
    assert.equal(crack.width_from, crack.photo === "'=alone" ? "mask" : "photo");
    assert.ok(
      Math.abs(Number(crack.width_median_px) - width) < 0.6,
      `${crack.photo}: ${crack.width_median_px}`,
    );
    assert.ok(Math.abs(Number(crack.length_px) - 60) < 1.2, `${crack.photo}: ${crack.length_px}`);
    assert.ok(Math.abs(Number(crack.length_mm) - 30) < 0.6, crack.length_mm);
    assert.equal(
      crack.band,
      width > 6 ? "over 3 mm" : Number(crack.width_max_mm) > 3 ? "over 3 mm" : "1 to 3 mm",
    );
  }
  const photos = await readTable(join(path, "out/photos.csv"));
  assert.deepEqual(
    photos.map(({ cracks, mm_per_pixel }) => [cracks, mm_per_pixel]),
    Array(3).fill(["1", "0.5"]),
  );
  // The comma of the camera's name parts the cell of a reader that knows no quotes.
  assert.deepEqual(
    photos.map(({ latitude, longitude, taken, camera }) => [latitude, longitude, taken, camera]),
    [["", "", "", ""], ["-33.856", "-151.21", "2024-03-01T10:22:33", '"Camera'], ["", "", "", ""]],
  );
  assert.equal((await readTable(join(path, "out/branches.csv"))).length, 3);
  const whole = JSON.parse(await Deno.readTextFile(join(path, "out/measure.json")));
  assert.deepEqual(whole.photos.map(({ name }: { name: string }) => name), ["=alone", "9", "day 1/4"]);
  const { cracks: [crack], orientationMap } = whole.photos[1].measurement;
  assert.equal(crack.branches[0].points, undefined);
  assert.equal(orientationMap.side, 8);
  // From 15.4 to 75.4 in row 30; the square before has half a piece.
  assert.deepEqual(
    orientationMap.cells.map(({ x, y }: { x: number; y: number }) => [x, y]),
    [16, 24, 32, 40, 48, 56, 64, 72].map((x) => [x, 24]),
  );
  const manifest: Manifest = JSON.parse(await Deno.readTextFile(join(path, "out/manifest.json")));
  assert.match(manifest.photos[0].warning!, /^There is no photo of this mask/);
  const page = await Deno.readTextFile(join(path, "out/report.html"));
  assert.match(page, /A guide, not a verdict\./);
  assert.equal(page.match(/<svg class="histogram"/g)?.length, 3);
  assert.equal(page.match(/<circle class="widest"/g)?.length, 3);
  assert.equal(page.match(/<svg class="directions"/g)?.length, 3);
  // Level cracks: lines of one colour, that of the first 10° or of the last, as the key around the rose has it.
  for (const [, lines] of page.matchAll(/<g class="by-direction">(.*?)<\/g>/gs)) {
    assert.match(lines, /^(?:<path d="[ML\d. ]+" stroke="oklab\(0\.917 -0\.098 -?0\.0\d\d\)"\/>){1,2}$/);
  }

  const again = await measure(path, ...args, "--json");
  assert.equal(JSON.parse(again.out).skipped, 3);
  const other = await measure(path, ...args.with(6, "0.25"));
  assert.equal(other.code, 2);
  assert.match(other.err, /they were made with the scale .*0\.5.*, not .*0\.25/);
});

Deno.test("measurePhotos() in parts, joined once and again, writes the bytes of one run in the tables", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await prepare(path);
  const compute = await open();
  const runtime = { deno: "2", tfjs: "none", adapter: "test", software: true, backend: "none" };
  const run = (out: string, overrides: Partial<MeasurePhotosOptions> = {}) =>
    measurePhotos({
      paths: [join(path, "masks")],
      out: join(path, out),
      quiet: true,
      photos: new Map(
        ["9", "day 1/4"].map((name) => [join(path, `masks/${name}.png`), join(path, `photos/${name}.png`)]),
      ),
      scale: { kind: "given", mmPerPixel: 0.3 },
      bands: undefined,
      prune: true,
      title: "Test",
      ...overrides,
    }, () => Promise.resolve({ compute, runtime }));
  const bytesOf = (paths: readonly string[]) => Promise.all(paths.map((table) => Deno.readTextFile(table)));

  const whole = await run("whole");
  const wanted = await bytesOf(whole.tables);
  assert.equal(wanted.length, 4);
  assert.ok(wanted.every((text) => text.length > 200));
  let inParts = 0;
  for (const index of [2, 1, 3]) {
    const { tables, photos } = await run("parts", { shard: { index, count: 3 } });
    assert.deepEqual(tables, []);
    inParts += photos.length;
  }
  assert.equal(inParts, 3);
  for (const _ of ["joined", "again"]) {
    const joined = await run("parts");
    assert.equal(joined.skipped, 3);
    assert.deepEqual(await bytesOf(joined.tables), wanted);
    const left = (await Array.fromAsync(Deno.readDir(join(path, "parts")))).map(({ name }) => name).sort();
    assert.deepEqual(left, [
      ...[".hairline.lock", "branches.csv", "cracks.csv", "manifest.json", "measure.json", "measured"],
      ...["photos.csv", "report.html"],
    ]);
  }
});
