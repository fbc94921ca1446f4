import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { encodeJpeg } from "../../../core/images/encode_jpeg.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { openDataset } from "../../../core/datasets/open_dataset.ts";
import { choosePhotos, contactSheetPixels } from "../../../tasks/data/contact_sheet.ts";
import type { Doubt } from "../../../tasks/data/doubts.ts";
import { examine, type PhotoRecord } from "../../../tasks/data/examine.ts";
import { datasetWarnings, summarise } from "../../../tasks/data/summary.ts";
import { mask, photo, truthOf, writeFiles } from "../../core/datasets/dataset_fixtures.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { runScript } from "../run_script.ts";

type Files = Parameters<typeof writeFiles>[1];

async function examined(files: Files): Promise<Awaited<ReturnType<typeof examine>>> {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, files);
  return await examine(await openDataset(folder.path));
}

/** Pairs of photo and mask, by split and name, each with the crack of a seed. */
function pairs(seeds: Readonly<Record<string, number>>): Files {
  return Object.fromEntries(
    Object.entries(seeds).flatMap(([name, seed]) => [
      [`${name.replace("/", "_img/")}.jpg`, photo(seed)],
      [`${name.replace("/", "_lab/")}.png`, mask(seed)],
    ]),
  );
}

/** A photo of 68 × 48 with a pattern that is not its own mirror image. */
function pattern(seed: number): ImageData {
  const [width, height] = [68, 48];
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    const x = i % width, y = Math.floor(i / width);
    data.fill(
      128 + 100 * Math.sin(x * 0.31 * seed + y * 0.17) * Math.cos(y * 0.23 * seed - x * 0.05),
      4 * i,
      4 * i + 3,
    );
  }
  return new ImageData(data, width, height);
}

Deno.test("examine() counts crack pixels, and says how much darker they are than the rest", async () => {
  const { photos } = await examined(pairs({ "train/a": 1, "test/b": 2 }));
  assert.deepEqual(photos.map(({ split, name }) => [split, name]), [["train", "a"], ["test", "b"]]);
  for (const { size, crack, crackPixels, crackShare, contrast = 0, mask, warnings } of photos) {
    assert.deepEqual([size, crack, crackPixels, crackShare], [[12, 8], true, 16, 1 / 6]);
    assert.ok(contrast > 1 && contrast < 5, `${contrast}`);
    assert.equal(mask, "8-bit PNG of 0/255");
    assert.deepEqual(warnings, []);
  }
});

Deno.test("examine() finds copies of a photo in the same split and in another, re-encoded ones too, and no others", async () => {
  const files: Record<string, Uint8Array | Promise<Uint8Array>> = {};
  const add = (split: string, name: string, kind: "jpg" | "png", image: Promise<Uint8Array>) => {
    files[`${split}_img/${name}.${kind}`] = image;
    files[`${split}_lab/${name}.png`] = encodePng({
      width: 68,
      height: 48,
      channels: 1,
      data: Uint8Array.from({ length: 68 * 48 }, (_, i) => i % 68 === Object.keys(files).length ? 255 : 0),
    });
  };
  add("train", "a", "png", encodePng(pattern(1)));
  add("train", "b", "png", encodePng(pattern(2)));
  add("train", "c", "png", encodePng(pattern(1)));
  add("test", "d", "jpg", encodeJpeg(pattern(2), { quality: 60 }));
  add("test", "e", "png", encodePng(pattern(3)));
  const examination = await examined(files);
  assert.deepEqual(
    examination.duplicates.map(({ first, second, exact, acrossSplits }) => [
      first.name,
      second.name,
      exact,
      acrossSplits,
    ]),
    [["a", "c", true, false], ["b", "d", false, true]],
  );
  assert.deepEqual(examination.photos.map(({ warnings }) => warnings.join()), [
    "",
    "",
    "same photo as train/a",
    "looks like train/b",
    "",
  ]);
  assert.match(
    datasetWarnings(examination, summarise(examination.photos)).join(" "),
    /^1 photo is in two splits: figures/,
  );
});

Deno.test("examine() does not take blank photos for copies, unless every pixel is the same", async () => {
  const blank = (value: number) =>
    encodePng({ width: 20, height: 20, channels: 1, data: new Uint8Array(400).fill(value) });
  const { duplicates } = await examined({
    "crack/a.png": blank(100),
    "crack/b.png": blank(101),
    "no_crack/c.png": blank(101),
  });
  assert.deepEqual(duplicates.map(({ first, second, exact }) => [first.name, second.name, exact]), [
    ["crack/b", "no_crack/c", true],
  ]);
});

Deno.test("examine() names empty masks, mostly bright ones, and one that serves two photos", async () => {
  const { photos } = await examined({
    ...pairs({ "train/a": 1, "train/b": 2, "train/c": 3, "train/d": 4 }),
    "train_lab/b.png": mask(1),
    "train_lab/c.png": mask(0, 0, 0),
    "train_lab/d.png": mask(4, 0, 255),
  });
  assert.deepEqual(photos.map(({ warnings }) => warnings), [
    [],
    ["same mask as train/a"],
    ["empty mask"],
    [
      "The mask is inverted, unlike the others of its set, and was turned: 83 % of its pixels were crack",
    ],
  ]);
});

Deno.test("datasetWarnings() reports where masks are those of other photos, and where no photo shows a crack", async () => {
  const shuffled = await examined({
    ...pairs({ "train/a": 1, "train/b": 3, "train/c": 5, "test/d": 2 }),
    "train_lab/a.png": mask(3),
    "train_lab/b.png": mask(5),
    "train_lab/c.png": mask(1),
    "test_lab/d.png": mask(0, 0, 0),
  });
  const warnings = datasetWarnings(shuffled, summarise(shuffled.photos))
    .filter((warning) => !/not fit/.test(warning));
  assert.match(warnings[0], /^In train, crack is not darker than the rest \(median contrast -?0\.\d\d\): /);
  assert.deepEqual(warnings.slice(1), ["In test, no photo shows a crack."]);
  const matched = await examined(pairs({ "train/a": 1, "train/b": 3 }));
  assert.deepEqual(datasetWarnings(matched, summarise(matched.photos)), []);
});

Deno.test("summarise() gives the least, the median and the greatest share of crack, and that of all pixels", () => {
  const record = (crackPixels: number, width: number, split = "all"): PhotoRecord => ({
    split,
    name: `${crackPixels}`,
    image: "",
    size: [width, 10],
    crack: crackPixels > 0,
    crackPixels,
    crackShare: crackPixels / width / 10,
    warnings: [],
  });
  const failed: PhotoRecord = { split: "all", name: "x", image: "", failure: "Cannot read x.", warnings: [] };
  const [all, test] = summarise([
    record(0, 10),
    record(50, 10),
    record(20, 20),
    failed,
    record(1, 10, "test"),
  ]);
  assert.deepEqual([all.photos, all.unreadable, all.withCrack, all.withoutCrack], [4, 1, 2, 1]);
  assert.deepEqual(all.sizes, [{ value: "10 × 10", count: 2 }, { value: "20 × 10", count: 1 }]);
  assert.deepEqual(all.crackShare, { all: 70 / 400, least: 0, median: 0.1, greatest: 0.5 });
  assert.equal(test.crackShare?.median, 0.01);
});

Deno.test("choosePhotos() shows what there is to look at, half the sheet at most where there is enough else", () => {
  const photos = (marked: (i: number) => boolean, count: number): PhotoRecord[] =>
    Array.from({ length: count }, (_, i) => ({
      split: "all",
      name: `${i}`,
      image: "",
      warnings: marked(i) ? ["empty mask"] : [],
    }));
  assert.deepEqual(choosePhotos(photos((i) => i === 7, 100), 4), [0, 7, 34, 67]);
  assert.deepEqual(choosePhotos(photos((i) => i < 50, 100), 4), [0, 25, 50, 75]);
  assert.deepEqual(choosePhotos(photos(() => true, 8), 4), [0, 2, 4, 6]);
  assert.deepEqual(choosePhotos(photos(() => false, 3), 4), [0, 1, 2]);
});

/** A folder with everything that can be wrong. */
const SICK: Files = {
  ...pairs({ "train/good": 1, "train/no mask": 2, "test/damaged": 3, "test/other size": 4, "test/<&>": 5 }),
  "test_lab/damaged.png": "no picture",
  "test_lab/other size.png": encodePng({ width: 3, height: 2, channels: 1, data: truthOf(4).subarray(0, 6) }),
};

Deno.test("data:doctor prints a table and names what is wrong, one sentence each, and ends with 1", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, SICK);
  await Deno.remove(join(folder.path, "train_lab/no mask.png"));
  const { code, out, err } = await runScript("tasks/data/doctor.ts", ["dataset", "-q"].with(0, folder.path), {
    permissions: ["--allow-read"],
  });
  assert.equal(err, "");
  const text = out.replaceAll(folder.path, "DIR");
  assert.match(
    text,
    /^DIR: layout dcd\.\n {2}Truth: 8-bit PNG of 0\/255; 8-bit PNG of 0\/1; bright is crack\.\n/,
  );
  assert.match(
    text,
    /^split +photos +with crack +without .*\ntrain +1 +1 +0 +16\.67 % .*\ntest +3 +1 +0 +16\.67 %/m,
  );
  assert.match(
    text,
    /Cannot be used \(3\):\n {2}Cannot use DIR\/train_img\/no mask\.jpg: there is no truth of the name no mask\.\n/,
  );
  assert.match(
    text,
    / {2}DIR\/test_lab\/damaged\.png: Cannot decode the image: its first bytes, 6e 6f 20 70, are those of/,
  );
  assert.match(text, / {2}Cannot use DIR\/test_img\/other size\.jpg: it is 12 × 8, but its mask is 3 × 2\./);
  assert.equal(code, 1);
});

Deno.test("data:doctor prints JSON and draws a contact sheet of the photos that it names", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, SICK);
  const sheet = join(folder.path, "sheets/sheet.svg");
  const { code, out } = await runScript(
    "tasks/data/doctor.ts",
    [folder.path, "--json", "--quiet", "--sheet", sheet, "--cells", "4"],
    { permissions: ["--allow-read", `--allow-write=${folder.path}`] },
  );
  assert.equal(code, 1);
  const { layout, splits, photos, problems, sheet: drawn } = JSON.parse(out);
  assert.equal(layout, "dcd");
  assert.deepEqual(splits.map(({ photos }: { photos: number }) => photos), [2, 3]);
  assert.deepEqual([photos.length, problems.length], [5, 0]);
  assert.deepEqual(drawn, {
    file: sheet,
    cells: ["train/good", "train/no mask", "test/damaged", "test/other size"],
  });
  const svg = await Deno.readTextFile(sheet);
  assert.deepEqual([...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text), [
    "train/good",
    "16.7 % crack",
    "train/no mask",
    "16.7 % crack",
    "test/damaged",
    "cannot be used",
    "test/other size",
    "cannot be used",
  ]);
  assert.equal(svg.match(/stroke="#d00"/g)?.length, 2);
  // The outline lies beside the crack of columns 1 and 2, in a photo that is not enlarged.
  const [first] = [...svg.matchAll(/base64,([^"]+)/g)].map(([, data]) => Uint8Array.fromBase64(data));
  const { width, height, data } = await decodeImage(first);
  assert.deepEqual([width, height], [12, 8]);
  const redness = (x: number) => data[4 * (4 * width + x)] - data[4 * (4 * width + x) + 1];
  assert.ok(redness(0) > 60 && redness(3) > 60 && redness(8) < 30, [0, 3, 8].map(redness).join());
});

Deno.test("contactSheetPixels() shows photos in rows of six, those with something to look at in a red frame", async () => {
  await using folder = await temporaryFolder();
  const seeds = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((seed) => [`train/${seed}`, seed]));
  await writeFiles(folder.path, {
    ...pairs(seeds),
    "train_lab/3.png": mask(3, 0, 0),
    "train_img/7.jpg": "no picture",
  });
  const dataset = await openDataset(folder.path);
  const { photos } = await examine(dataset);
  const { width, height, channels, data } = await contactSheetPixels(dataset, photos, [0, 1, 2, 3, 4, 5, 6]);
  // A photo of 12 × 8, which is not enlarged, and half a square for the one that cannot be read.
  assert.deepEqual([width, height, channels, data.length], [
    16 + 6 * 256,
    16 + 8 + 16 + 120 + 16,
    3,
    3 * width * height,
  ]);
  const at = (x: number, y: number) => [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
  const [white, red, grey] = [[255, 255, 255], [221, 0, 0], [221, 221, 221]];
  const left = (column: number) => 16 + 256 * column + 114;
  for (const column of [0, 1, 2, 3, 4, 5]) {
    assert.deepEqual(at(left(column) - 4, 12), column === 2 ? red : white, `frame of ${column}`);
    assert.deepEqual(at(left(column) - 5, 12), white);
    const image = await dataset.samples[column].image();
    // A pixel far from the crack, whose outline is drawn.
    const x = column < 3 ? 11 : 0;
    assert.deepEqual(at(left(column) + x, 16), [...image.data.subarray(4 * x, 4 * x + 3)]);
  }
  assert.deepEqual([at(16, 40), at(255, 159), at(12, 36), at(256, 100), at(280, 100)], [
    ...[grey, grey, red, red],
    white,
  ]);
});

Deno.test("data:doctor escapes names on the contact sheet", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, pairs({ "test/<&>": 5 }));
  const sheet = join(folder.path, "sheet.svg");
  const { code } = await runScript("tasks/data/doctor.ts", [folder.path, "-q", "--sheet", sheet], {
    permissions: ["--allow-read", `--allow-write=${folder.path}`],
  });
  assert.equal(code, 0);
  assert.match(await Deno.readTextFile(sheet), />test\/&lt;&amp;&gt;<\/text>/);
});

Deno.test("data:doctor says what a folder holds that is no dataset, and which splits there are", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, pairs({ "train/a": 1 }));
  const doctor = (...args: string[]) =>
    runScript("tasks/data/doctor.ts", args, { permissions: ["--allow-read"] });
  const none = await doctor(join(folder.path, "train_img"), "--layout", "cfd");
  assert.match(none.err, /^Error: Cannot read .*train_img\/image: there is no such file or folder\.\n$/);
  const split = await doctor(folder.path, "--split", "nonsense");
  assert.match(
    split.err,
    /Error: Cannot use the split nonsense of .*: it has no photo with truth; there is train\.\n$/,
  );
  const folderOfPhotos = await doctor(join(folder.path, "train_img"));
  assert.match(
    folderOfPhotos.err,
    /^Error: Cannot open .*train_img: it holds a\.jpg where a dataset is wanted: /,
  );
  assert.deepEqual([none.code, split.code, folderOfPhotos.code], [2, 2, 2]);
});

Deno.test("examine() names photos that are labelled crack in one place and crack-free in another", async () => {
  const examination = await examined({
    "crack/a.png": encodePng(pattern(1)),
    "crack/b.png": encodePng(pattern(2)),
    "no_crack/c.jpg": encodeJpeg(pattern(2), { quality: 60 }),
    "no_crack/d.png": encodePng(pattern(3)),
    "no_crack/e.png": encodePng(pattern(3)),
  });
  assert.deepEqual(
    examination.duplicates.map(({ second, contradictory }) => [second.name, contradictory]),
    [["no_crack/c", true], ["no_crack/e", false]],
  );
  assert.deepEqual(examination.photos[2].warnings, ["looks like crack/b, of the other class"]);
  assert.deepEqual(examination.photos[4].warnings, ["same photo as no_crack/d"]);
  assert.deepEqual(datasetWarnings(examination, summarise(examination.photos)), [
    "1 photo is in both classes, crack and crack-free: nothing can be learnt from that.",
  ]);
});

Deno.test("data:doctor --classifier shipped names the crack-free photo with a crack and the cracked one without", async () => {
  await using folder = await temporaryFolder();
  const sample = (name: string) => Deno.readFile(new URL(`../../../tasks/demo/${name}.jpg`, import.meta.url));
  const plain = (level: number) => {
    const data = new Uint8ClampedArray(4 * 96 * 96).map((_, i) => i % 4 === 3 ? 255 : level + (i * 7 % 11));
    return encodePng(new ImageData(data, 96, 96));
  };
  await writeFiles(folder.path, {
    "crack/296.jpg": sample("296"),
    "crack/plain.png": plain(150),
    "no_crack/304.jpg": sample("304"),
    "no_crack/bright.png": plain(180),
  });
  const doctor = (...options: string[]) =>
    runScript("tasks/data/doctor.ts", [folder.path, "--quiet", ...options], {
      permissions: ["--allow-read"],
    });
  const { code, out, err } = await doctor("--classifier", "shipped", "--json");
  assert.equal(code, 0, err);
  const { doubts }: { doubts: Doubt[] } = JSON.parse(out);
  assert.deepEqual(doubts.slice(0, 2).map(({ name }) => name).sort(), ["crack/plain", "no_crack/304"]);
  for (const { crack, score, disagreement, at: [x, y], patch } of doubts) {
    assert.equal(disagreement, crack ? 1 - score : score);
    assert.ok(x >= 0 && x < patch.width && y >= 0 && y < patch.height);
  }
  const shown = await doctor("--classifier", "shipped");
  assert.match(
    shown.out,
    /\nWhere the classifier contradicts .+\nLabelled crack-free, most is found in:\n {2}\d\.\d\d {2}no_crack\/304: at \d+, \d+\n/,
  );
  assert.match(shown.out, /\nLabelled crack, least is found in:\n {2}0\.\d\d {2}crack\/plain: /);
  const missing = await doctor("--classifier", join(folder.path, "nothing"));
  assert.equal(missing.code, 2);
  assert.match(missing.err, /Cannot read .+nothing: there is no such file or folder\./);
});
