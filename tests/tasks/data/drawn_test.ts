import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { MOTIFS } from "../../../core/sampling/drawn/motifs.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { type Outcome, runScript } from "../run_script.ts";

const [SIZE, COLUMNS, GAP, SEAM] = [24, 3, 8, 2];

function draw(out: string, ...options: string[]): Promise<Outcome> {
  return runScript("tasks/data/drawn.ts", [
    "--out",
    out,
    "--size",
    `${SIZE}`,
    "--columns",
    `${COLUMNS}`,
    ...options,
  ], {
    permissions: ["--allow-read", "--allow-write"],
  });
}

/** The red values of an example, and of its truth. */
function example(sheet: ImageData, row: number, column: number): { shown: number[]; truth: number[] } {
  const top = GAP + row * (SIZE + GAP), left = GAP + column * (2 * SIZE + SEAM + GAP);
  const part = (from: number) =>
    Array.from({ length: SIZE * SIZE }, (_, i) => {
      const x = from + i % SIZE, y = top + Math.floor(i / SIZE);
      return sheet.data[4 * (y * sheet.width + x)];
    });
  return { shown: part(left), truth: part(left + SIZE + SEAM) };
}

async function read(path: string): Promise<ImageData> {
  return await decodeImage(await Deno.readFile(path));
}

Deno.test("data:drawn writes a row of examples a motif, with their truth", async () => {
  await using folder = await temporaryFolder();
  const out = join(folder.path, "new", "sheet.png");
  const { code, out: text, err } = await draw(out);
  assert.equal(code, 0, err);
  assert.equal(text, `${out}: 3 examples a row. Rows from the top: ${MOTIFS.join(", ")}.\n`);
  const sheet = await read(out);
  assert.deepEqual(
    [sheet.width, sheet.height],
    [GAP + COLUMNS * (2 * SIZE + SEAM + GAP), GAP + MOTIFS.length * (SIZE + GAP)],
  );
  for (const [row, motif] of MOTIFS.entries()) {
    const hasCrack = [0, 1, 2].some((column) => example(sheet, row, column).truth.some((value) => value > 0));
    assert.equal(hasCrack, motif === "cracks" || motif === "cracked-joints", motif);
  }
});

Deno.test("data:drawn draws on the photos given, on each of its own column, and the same for the same seed", async () => {
  await using folder = await temporaryFolder();
  const photos = join(folder.path, "photos");
  await Deno.mkdir(photos);
  for (const [name, grey] of [["a", 90], ["b", 210]] as const) {
    // Smaller than an example: it is mirrored.
    const data = new Uint8Array(20 * 30 * 3).fill(grey);
    await Deno.writeFile(
      join(photos, `${name}.png`),
      await encodePng({ width: 20, height: 30, channels: 3, data }),
    );
  }
  const sheets = [];
  for (const [name, seed] of [["1", "5"], ["2", "5"], ["3", "6"]]) {
    const out = join(folder.path, `${name}.png`);
    const { code, out: text, err } = await draw(out, "--ground", photos, "--motif", "cracks", "--seed", seed);
    assert.equal(code, 0, err);
    assert.match(text, /Rows from the top: cracks\.\n$/);
    sheets.push(await read(out));
  }
  const [sheet, same, other] = sheets;
  assert.deepEqual(sheet.data, same.data);
  assert.notDeepEqual(sheet.data, other.data);
  for (const [column, ground] of [90, 210, 90].entries()) {
    const { shown } = example(sheet, 0, column);
    assert.equal(shown.toSorted((a, b) => a - b)[Math.floor(0.95 * shown.length)], ground);
  }
});

Deno.test("data:drawn refuses a photo that is none, and a motif that it does not know", async () => {
  await using folder = await temporaryFolder();
  const broken = join(folder.path, "broken.png");
  await Deno.writeTextFile(broken, "no photo");
  const unread = await draw(join(folder.path, "a.png"), "--ground", broken);
  assert.equal(unread.code, 1);
  assert.match(unread.err, /^Error: Cannot use .*broken\.png: cannot .+\.\n$/);
  const unknown = await draw(join(folder.path, "b.png"), "--motif", "snow");
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /snow/);
  assert.deepEqual((await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name), [
    "broken.png",
  ]);
});
