import assert from "node:assert/strict";
import { join } from "node:path";
import { openDataset } from "../../../core/datasets/open_dataset.ts";
import { countLabels, possibleCrack, requireBothClasses } from "../../../core/datasets/patch_labels.ts";
import { patchNames } from "../../../core/datasets/patch_names.ts";
import { decodeSample, patchTruth } from "../../../core/sampling/decoded_photo.ts";
import { cutPhoto } from "../../../tasks/data/patch_files.ts";
import { decodePhotos } from "../../../tasks/training/decoded_photos.ts";
import {
  describeLabels,
  listPatchLabels,
  type PatchLabelPaths,
} from "../../../tasks/training/list_patch_labels.ts";
import { mask, photo, writeFiles } from "../../core/datasets/dataset_fixtures.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const GRID = { size: 4, stride: 2 };

function list(paths: Partial<PatchLabelPaths>) {
  return listPatchLabels({ images: [], masks: [], datasets: [], ...paths }, { grid: GRID, wanted: "photos" });
}

/** A dataset of four photos, two of them of the same name in two splits. */
async function writeDataset(root: string): Promise<void> {
  await writeFiles(root, {
    "train_img/1.png": photo(1, "png"),
    "train_lab/1.png": mask(1),
    "train_img/a/b c.png": photo(2, "png"),
    "train_lab/a/b c.png": mask(2),
    "test_img/1.png": photo(3, "png"),
    "test_lab/1.png": mask(3),
    "test_img/blank.png": photo(4, "png"),
    "test_lab/blank.png": mask(4, 0, 0),
  });
}

Deno.test("listPatchLabels() reads of the files of data:patches what it makes of the masks that they were cut by", async () => {
  await using folder = await temporaryFolder();
  const root = join(folder.path, "data"), out = join(folder.path, "patches");
  await writeDataset(root);
  const { samples } = await openDataset(root);
  const names = patchNames(samples);
  await Deno.mkdir(join(out, "crack"), { recursive: true });
  await Deno.mkdir(join(out, "no_crack"));
  for (const [i, sample] of samples.entries()) {
    const cut = { folder: out, name: names[i], ...GRID, eightfold: false, onFile: () => {} };
    await cutPhoto(await decodeSample(sample, patchTruth), cut);
  }
  const cut = await list({ patches: [out], patchPhotos: [root] });
  const masked = await list({ datasets: [root] });
  assert.deepEqual([cut.problems, masked.problems], [[], []]);
  assert.deepEqual(cut.samples.map(({ truth }) => truth), new Array(4).fill("patches"));
  const opened = await decodePhotos(cut.samples, { truthOf: (truth) => truth });
  const known = await decodePhotos(masked.samples, { truthOf: (truth) => truth });
  assert.equal(opened.count, 4);
  const labels = [];
  for (let i = 0; i < 4; i++) {
    const [one, other] = [await opened.photo(i), await known.photo(i)];
    assert.deepEqual(one.pixels, other.pixels);
    assert.deepEqual(possibleCrack(one.truth), possibleCrack(other.truth));
    labels.push(one.truth);
  }
  // 12 × 8 pixels: starts 0, 2 … 8 and 0, 2, 4; a crack of two columns, in two or three of the five.
  const count = countLabels(labels);
  assert.equal(count.patches, 4 * 15);
  assert.equal(count.crackPhotos, 3);
  assert.equal(
    describeLabels(count),
    `4 photos with 60 labelled patches, 15 a photo: ${count.crackPatches} with crack, ${
      60 - count.crackPatches
    } without.`,
  );
  requireBothClasses(count);
});

Deno.test("listPatchLabels() takes a plain folder of photos, and photos that are labelled as a whole beside it", async () => {
  await using folder = await temporaryFolder();
  const [photos, out, classes] = ["photos", "patches", "classes"].map((name) => join(folder.path, name));
  await writeFiles(photos, { "a.png": photo(1, "png") });
  await writeFiles(out, { "crack/a_0_0.png": photo(1, "png"), "no_crack/b_0_0.png": photo(2, "png") });
  await writeFiles(classes, { "crack/x.png": photo(3), "no_crack/y.png": photo(4) });
  const { samples, problems } = await list({ patches: [out], patchPhotos: [photos], folders: [classes] });
  assert.deepEqual(samples.map(({ name, truth }) => [name, truth]), [
    ["a", "patches"],
    ["crack/x", "crack"],
    ["no_crack/y", "no_crack"],
  ]);
  assert.match(problems.join(), /b_0_0\.png: there is no photo of the name b\.$/);
  const truths = await Promise.all(samples.map(({ sample }) => sample.truth()));
  assert.deepEqual(truths.map(({ patches: [{ width, height, crack }] }) => [width, height, crack]), [
    [12, 8, true],
    [12, 8, true],
    [12, 8, false],
  ]);
});

Deno.test("listPatchLabels() leaves out photos that lie in both classes, and names them", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, {
    "crack/a.jpg": photo(1),
    "crack/b.jpg": photo(2),
    "no_crack/c.jpg": photo(1),
    "no_crack/d.jpg": photo(3),
    "no_crack/e.jpg": photo(3),
  });
  const { samples, problems } = await list({ folders: [folder.path] });
  assert.deepEqual(samples.map(({ name }) => name), ["crack/b", "no_crack/d", "no_crack/e"]);
  assert.deepEqual(problems.map((problem) => problem.replaceAll(`${folder.path}/`, "")), [
    "Cannot use crack/a.jpg and no_crack/c.jpg: they are one photo, and it is in both classes; delete one of them.",
  ]);
});

Deno.test("listPatchLabels() and requireBothClasses() say what is missing", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, {
    "crack/1.png": photo(1),
    "no_crack/2.png": photo(2),
    "photos/a.png": photo(3),
  });
  const photos = join(folder.path, "photos");
  await assert.rejects(list({ patches: [folder.path] }), /1 folders of patches with 0 of whole photos/);
  await assert.rejects(list({ patches: [folder.path], patchPhotos: [photos] }), {
    name: "UsageError",
    message: /none of its 2 files is named as a patch of a photo is/,
  });
  await assert.rejects(
    list({ patches: [photos], patchPhotos: [photos] }),
    /crack\/ and no_crack\/ are wanted/,
  );
  await assert.rejects(list({}), /Cannot train without photos: give photos\.$/);
  for (const crackPatches of [0, 7]) {
    assert.throws(() => requireBothClasses({ photos: 1, patches: 7, crackPatches, crackPhotos: 1 }), {
      name: "RangeError",
      message: `Cannot learn from 7 labelled patches: ${crackPatches} show crack and ${
        7 - crackPatches
      } do not, and at least 1 of both is wanted.`,
    });
  }
});
