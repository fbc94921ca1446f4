import assert from "node:assert/strict";
import { join } from "node:path";
import { patchNames } from "../../../core/datasets/patch_names.ts";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { openPatchPhotos } from "../../../tasks/classifier/photos.ts";
import { writeFiles } from "../../core/datasets/dataset_fixtures.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { type Outcome, runScript } from "../run_script.ts";

const [WIDTH, HEIGHT] = [10, 7];
/** Patches of 4 start at 0, 3, 6 along 10 pixels and at 0, 3 along 7. */
const GRID = ["0_0", "0_3", "3_0", "3_3", "6_0", "6_3"];
const SMALL = ["--size", "4", "--stride", "3", "--quiet"];

/** A colour that no other pixel of the photo has. */
function colour(x: number, y: number): number[] {
  return [10 + 20 * x, 5 + 30 * y, 7 * x + 11 * y];
}

function photo(): Promise<Uint8Array> {
  const data = Array.from({ length: WIDTH * HEIGHT }, (_, i) => colour(i % WIDTH, Math.floor(i / WIDTH)));
  return encodePng({ width: WIDTH, height: HEIGHT, channels: 3, data: Uint8Array.from(data.flat()) });
}

/** A mask with these crack pixels, [x, y] each. */
function mask(...crack: [number, number][]): Promise<Uint8Array> {
  const data = new Uint8Array(WIDTH * HEIGHT);
  for (const [x, y] of crack) data[y * WIDTH + x] = 255;
  return encodePng({ width: WIDTH, height: HEIGHT, channels: 1, data });
}

function cut(path: string, out: string, ...options: string[]): Promise<Outcome> {
  return runScript("tasks/data/patches.ts", [path, "--out", out, ...SMALL, ...options], {
    permissions: ["--allow-read", "--allow-write"],
  });
}

/** The files of a class, without extension; hidden ones, too. */
async function filesOf(out: string, class_: "crack" | "no_crack"): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(join(out, class_)));
  return entries.map(({ name }) => name.replace(/\.png$/, "")).sort();
}

async function pixelsOf(path: string): Promise<number[][]> {
  const { width, height, data } = await decodeImage(await Deno.readFile(path));
  assert.deepEqual([width, height], [4, 4]);
  return Array.from({ length: 16 }, (_, i) => [...data.subarray(4 * i, 4 * i + 3)]);
}

Deno.test("data:patches sorts patches by the rule of one crack pixel, and copies their pixels", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data"), out = join(folder.path, "out");
  // (4, 3) is in the patches that start at 3 of {0, 3, 6} and at 0 and 3 of {0, 3}; (9, 6) in the last one alone.
  await writeFiles(data, {
    "images/a.png": photo(),
    "masks/a.png": mask([4, 3]),
    "images/b.png": photo(),
    "masks/b.png": mask([9, 6]),
    "images/c.png": photo(),
    "masks/c.png": mask(),
  });
  const { code, out: printed, err } = await cut(data, out, "--json");
  assert.equal(code, 0, err);
  const { patches, written, kept, failures } = JSON.parse(printed);
  assert.deepEqual([patches, written, kept, failures], [{ crack: 3, no_crack: 15 }, 18, 0, []]);
  const crack = ["a_3_0", "a_3_3", "b_6_3"];
  assert.deepEqual(await filesOf(out, "crack"), crack);
  assert.deepEqual(
    await filesOf(out, "no_crack"),
    ["a", "b", "c"].flatMap((name) => GRID.map((place) => `${name}_${place}`)).filter((name) =>
      !crack.includes(name)
    ),
  );
  for (
    const [file, x, y] of [["crack/a_3_0", 3, 0], ["crack/b_6_3", 6, 3], ["no_crack/c_0_3", 0, 3]] as const
  ) {
    assert.deepEqual(
      await pixelsOf(join(out, `${file}.png`)),
      Array.from({ length: 16 }, (_, i) => colour(x + i % 4, y + Math.floor(i / 4))),
      file,
    );
  }
  // As classifier:train reads a folder.
  const { samples, failures: unread } = await openPatchPhotos({
    folders: [out],
    images: [],
    masks: [],
    datasets: [],
  });
  const cracked = samples.filter(({ truth }) => truth === "crack");
  assert.deepEqual([samples.length, cracked.length, unread], [18, 3, 0]);
});

Deno.test("data:patches --eightfold writes eight different files of the same pixels, the first upright", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data"), out = join(folder.path, "out");
  await writeFiles(data, { "images/a.png": photo(), "masks/a.png": mask([4, 3]) });
  const { code, out: printed, err } = await cut(data, out, "--eightfold", "--json");
  assert.equal(code, 0, err);
  assert.deepEqual(JSON.parse(printed).patches, { crack: 16, no_crack: 32 });
  const orientations = await Promise.all(
    Array.from({ length: 8 }, (_, k) => pixelsOf(join(out, `crack/a_3_3_${k}.png`))),
  );
  assert.equal(new Set(orientations.map(String)).size, 8);
  assert.equal(new Set(orientations.map((pixels) => pixels.map(String).sort().join())).size, 1);
  assert.deepEqual(orientations[0][1], colour(4, 3));
});

Deno.test("data:patches goes on where it stopped, keeps whole files, and refuses to mix options", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data"), out = join(folder.path, "out");
  await writeFiles(data, { "images/a.png": photo(), "masks/a.png": mask([4, 3]) });
  assert.equal((await cut(data, out)).code, 0);
  const lost = join(out, "crack/a_3_0.png"), marked = join(out, "no_crack/a_0_0.png");
  const whole = await Deno.readFile(lost);
  await Deno.remove(lost);
  // What a killed run leaves.
  await Deno.writeFile(join(out, "crack/.a_3_0.png.part"), whole.subarray(0, 20));
  await Deno.writeTextFile(marked, "kept");
  const { code, out: printed, err } = await cut(data, out, "--json");
  assert.equal(code, 0, err);
  const { patches, written, kept } = JSON.parse(printed);
  assert.deepEqual([patches, written, kept], [{ crack: 2, no_crack: 4 }, 1, 5]);
  assert.deepEqual(await Deno.readFile(lost), whole);
  assert.equal(await Deno.readTextFile(marked), "kept");
  assert.deepEqual(await filesOf(out, "crack"), ["a_3_0", "a_3_3"]);

  const other = await cut(data, out, "--eightfold");
  assert.equal(other.code, 2);
  assert.match(other.err, /with other options/);
});

Deno.test("data:patches names photos without mask and files it cannot read, and cuts the others", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data"), out = join(folder.path, "out");
  await writeFiles(data, {
    "images/a.png": photo(),
    "masks/a.png": mask([4, 3]),
    "images/broken.png": (await photo()).subarray(0, 60),
    "masks/broken.png": mask(),
    "images/single.png": photo(),
  });
  const { code, out: printed, err } = await cut(data, out, "--json");
  assert.equal(code, 1);
  const { patches, failures } = JSON.parse(printed);
  assert.deepEqual([patches, failures.length], [{ crack: 2, no_crack: 4 }, 2]);
  assert.match(err, /broken\.png/);
  assert.match(err, /single\.png/);
  assert.doesNotMatch(err, /fault of Hairline/);
});

Deno.test("data:patches distinguishes photos of the same name in two splits, and takes one split", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data"), out = join(folder.path, "out"), test = join(folder.path, "test");
  await writeFiles(data, {
    "train_img/a.png": photo(),
    "train_lab/a.png": mask([4, 3]),
    "test_img/a.png": photo(),
    "test_lab/a.png": mask([9, 6]),
  });
  assert.equal((await cut(data, out)).code, 0);
  assert.deepEqual(await filesOf(out, "crack"), ["test-a_6_3", "train-a_3_0", "train-a_3_3"]);
  assert.equal((await cut(data, test, "--split", "test")).code, 0);
  assert.deepEqual(await filesOf(test, "crack"), ["a_6_3"]);
});

Deno.test("data:patches refuses photos that are labelled as a whole", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  await writeFiles(data, { "crack/a.png": photo(), "no_crack/b.png": photo() });
  const { code, err } = await cut(data, join(folder.path, "out"));
  assert.equal(code, 2);
  assert.match(err, /masks are wanted/);
});

Deno.test("patchNames() are names of files, each of one photo", () => {
  const names = (...samples: [split: string, name: string][]) =>
    patchNames(samples.map(([split, name]) => ({ split, name })));
  assert.deepEqual(names(["all", "road 1/é:2"], ["all", ".b"]), ["road_1_é_2", "_b"]);
  assert.deepEqual(names(["train", "a"], ["test", "A"], ["test", "b"]), ["train-a", "test-A", "b"]);
  const [first, second, third] = names(["all", "a/b"], ["all", "a_b"], ["all", "c"]);
  assert.match(first, /^a_b-[0-9a-f]{8}$/);
  assert.match(second, /^a_b-[0-9a-f]{8}$/);
  assert.notEqual(first, second);
  assert.equal(third, "c");
});
