import assert from "node:assert/strict";
import { join } from "node:path";
import { openPatchFolder, type PatchFolder } from "../../../core/datasets/patch_folder.ts";
import { patchLabelsOfMask, possibleCrack } from "../../../core/datasets/patch_labels.ts";
import { readPhoto } from "../../../core/datasets/sample.ts";
import { encodeJpeg } from "../../../core/images/encode_jpeg.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { cutSquare, type Orientation } from "../../../core/sampling/cut_window.ts";
import { gridStarts } from "../../../core/sampling/training_grid.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { seeded } from "../testing.ts";
import { writeFiles } from "./dataset_fixtures.ts";

type Files = Record<string, Uint8Array | string>;

interface TestPhoto {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A photo of random grey, so that no two places look alike. */
function photo(width: number, height: number, seed: number): TestPhoto {
  const random = seeded(seed);
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < data.length; i += 3) data.fill(256 * random(), i, i + 3);
  return { width, height, data };
}

function png({ width, height, data }: TestPhoto): Promise<Uint8Array> {
  return encodePng({ width, height, channels: 3, data });
}

function cut({ width, height, data }: TestPhoto, { x, y, size }: { x: number; y: number; size: number }, {
  orientation = 0,
}: { orientation?: Orientation } = {}): Promise<Uint8Array> {
  const target = new Uint8Array(3 * size * size);
  cutSquare({ width, height, channels: 3, data }, { x, y, size }, { orientation, target });
  return encodePng({ width: size, height: size, channels: 3, data: target });
}

/** The files of all patches of a photo's grid. */
async function grid(
  name: string,
  whole: TestPhoto,
  { size, stride, isCrack }: { size: number; stride: number; isCrack: (x: number, y: number) => boolean },
): Promise<Files> {
  const files: Files = {};
  for (const y of gridStarts(whole.height, { size, stride })) {
    for (const x of gridStarts(whole.width, { size, stride })) {
      files[`${isCrack(x, y) ? "crack" : "no_crack"}/${name}_${x}_${y}.png`] = await cut(whole, {
        x,
        y,
        size,
      });
    }
  }
  return files;
}

/** Opens a folder of these patches beside these photos, named by their files below the folder of photos. */
async function withPatches(
  patches: Files,
  photos: Readonly<Record<string, TestPhoto>>,
  use: (opened: PatchFolder, root: string) => Promise<void> | void,
  { splitOf = () => "all" }: { splitOf?: (name: string) => string } = {},
): Promise<void> {
  await using folder = await temporaryFolder();
  const root = folder.path;
  await writeFiles(join(root, "patches"), { "crack/.keep": "", "no_crack/.keep": "", ...patches });
  const whole = [];
  for (const [path, of] of Object.entries(photos)) {
    await writeFiles(join(root, "photos"), { [`${path}.png`]: png(of) });
    const imagePath = join(root, "photos", `${path}.png`);
    const split = splitOf(path);
    const name = split === "all" ? path : path.replace(`${split}/`, "");
    whole.push({ name, split, imagePath, image: () => readPhoto(imagePath) });
  }
  await use(await openPatchFolder(join(root, "patches"), whole), root);
}

Deno.test("openPatchFolder() knows what patchLabelsOfMask() of the mask knows, whatever the photos are called and however large they are", async () => {
  const size = 8, stride = 4;
  const photos = { "wall_1": photo(21, 13, 1), "day 2/IMG_3_4": photo(16, 8, 2), "small": photo(5, 30, 3) };
  const names = ["wall_1", "day_2_IMG_3_4", "small"];
  const masks = Object.values(photos).map(({ width, height }, i) => {
    const data = new Uint8Array(width * height);
    data[[100, 5, 40][i]] = 255;
    return { width, height, data };
  });
  const expected = masks.map((mask) => patchLabelsOfMask(mask, { size, stride }));
  let patches: Files = {};
  for (const [i, whole] of Object.values(photos).entries()) {
    const isCrack = (px: number, py: number) =>
      expected[i].patches.find(({ x, y }) => x === px && y === py)!.crack;
    patches = { ...patches, ...await grid(names[i], whole, { size, stride, isCrack }) };
  }
  await withPatches(patches, photos, async ({ samples, count, problems, notes }) => {
    assert.deepEqual([problems, notes], [[], []]);
    assert.deepEqual(samples.map(({ name }) => name), Object.keys(photos));
    const all = expected.flatMap(({ patches }) => patches);
    const crackPatches = all.filter(({ crack }) => crack).length;
    assert.deepEqual(count, { photos: 3, patches: all.length, crackPatches, crackPhotos: 3 });
    for (const [i, sample] of samples.entries()) {
      const { image, truth } = await sample.read();
      assert.deepEqual([image.width, image.height], [truth.width, truth.height]);
      assert.equal(truth.size, size);
      // The last one cannot be told from two flush patches.
      if (i < 2) assert.equal(truth.stride, stride);
      assert.equal(truth.patches.length, expected[i].patches.length);
      assert.deepEqual(possibleCrack(truth), possibleCrack(expected[i]));
    }
  });
});

Deno.test("openPatchFolder() counts eight orientations of a patch once, and takes patches.json's word for them", async () => {
  const whole = photo(8, 8, 4);
  const patches: Files = {};
  for (let orientation = 0; orientation < 8; orientation++) {
    const turned = { orientation: orientation as Orientation };
    patches[`crack/a_0_0_${orientation}.png`] = await cut(whole, { x: 0, y: 0, size: 4 }, turned);
    patches[`no_crack/a_4_0_${orientation}.png`] = await cut(whole, { x: 4, y: 0, size: 4 }, turned);
  }
  await withPatches(patches, { a: whole }, async ({ samples: [sample], count }) => {
    assert.equal(count.patches, 2);
    assert.deepEqual([...possibleCrack(await sample.truth())].slice(0, 8), [1, 1, 1, 1, 0, 0, 0, 0]);
  });
  // Without it, a_0_0_3 would be at (0, 3) of the photo a_0.
  await withPatches(
    { ...patches, "patches.json": '{ "eightfold": true }' },
    { a: whole, a_0: photo(8, 8, 5) },
    ({ samples, notes }) => {
      assert.deepEqual(samples.map(({ name }) => name), ["a"]);
      assert.deepEqual(notes, ["Of 1 of 2 photos no patch was labelled."]);
    },
  );
});

Deno.test("openPatchFolder() finds photos of the same name in two splits by what data:patches puts before it", async () => {
  const photos = { "train/1": photo(8, 4, 6), "test/1": photo(8, 4, 7) };
  const splitOf = (path: string) => path.split("/")[0];
  const patches = {
    "crack/train-1_0_0.png": await cut(photos["train/1"], { x: 0, y: 0, size: 4 }),
    "no_crack/test-1_4_0.png": await cut(photos["test/1"], { x: 4, y: 0, size: 4 }),
  };
  await withPatches(patches, photos, async ({ samples }) => {
    assert.deepEqual(samples.map(({ split, name }) => [split, name]), [["train", "1"], ["test", "1"]]);
    assert.deepEqual((await samples[1].truth()).patches, [{ x: 4, y: 0, width: 4, height: 4, crack: false }]);
  }, { splitOf });
  await withPatches(
    { ...patches, "crack/1_4_0.png": await cut(photos["train/1"], { x: 4, y: 0, size: 4 }) },
    photos,
    ({ problems }) => {
      assert.equal(problems.length, 1);
      assert.match(
        problems[0].message,
        /1_4_0\.png: it may be a patch of .+train\/1\.png or of .+test\/1\.png\.$/,
      );
    },
    { splitOf },
  );
});

Deno.test("openPatchFolder() names patches that contradict each other, and knows nothing of their places then", async () => {
  const whole = photo(12, 4, 8);
  const at = (x: number) => cut(whole, { x, y: 0, size: 4 });
  const patches = {
    "crack/a_0_0.png": await at(0),
    "no_crack/a_0_0.png": await at(0),
    "crack/a_4_0.png": await at(4),
    // The bytes of a patch in the other class.
    "no_crack/a_2_0.png": await at(4),
    "no_crack/a_8_0.png": await at(8),
  };
  await withPatches(patches, { a: whole }, async ({ samples: [sample], count, problems }, root) => {
    assert.deepEqual(
      problems.map(({ kind, message }) => [kind, message.replaceAll(`${root}/patches/`, "")]),
      [
        [
          "contradictory labels",
          "Cannot use crack/a_0_0.png and no_crack/a_0_0.png: they are one patch, and it is in both classes; delete one of them.",
        ],
        [
          "contradictory labels",
          "Cannot use crack/a_4_0.png and no_crack/a_2_0.png: they are one patch, and it is in both classes; delete one of them.",
        ],
      ],
    );
    assert.deepEqual(count, { photos: 1, patches: 1, crackPatches: 0, crackPhotos: 0 });
    assert.deepEqual([...possibleCrack(await sample.truth())].slice(0, 12), [
      ...Array(8).fill(2),
      0,
      0,
      0,
      0,
    ]);
  });
});

Deno.test("openPatchFolder() says what is wanted where one class or all places are missing, and reports what lacks either", async () => {
  const whole = photo(8, 4, 9);
  const first = await cut(whole, { x: 0, y: 0, size: 4 }), second = await cut(whole, { x: 4, y: 0, size: 4 });
  const open = (files: Files) => withPatches(files, { a: whole }, () => assert.fail("was opened"));
  await assert.rejects(open({ "crack/a_0_0.png": first }), {
    name: "RangeError",
    message: /0 patches in its no_crack\/, and at least 1 of both classes is wanted\.$/,
  });
  await assert.rejects(open({ "crack/0001.png": first, "no_crack/0002.png": second }), {
    name: "TypeError",
    message:
      /none of its 2 files is named as a patch of a photo is, such as crack\/PHOTO_X_Y\.png .+ the first: .+0001\.png: its name holds no place/,
  });
  await assert.rejects(
    open({ "crack/b_0_0.png": first, "no_crack/b_4_0.png": second }),
    /no photo of the name b\.$/,
  );
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { "crack/a_0_0.png": first });
  await assert.rejects(openPatchFolder(folder.path, []), {
    name: "TypeError",
    message: /the folders crack\/ and no_crack\/ are wanted in it, both of them\.$/,
  });
  await withPatches(
    { "crack/a_0_0.png": first, "no_crack/note.png": second, "no_crack/b_4_0.png": second },
    { a: whole },
    ({ problems, count }) => {
      assert.deepEqual(problems.map(({ kind }) => kind), ["patch without photo", "patch without place"]);
      assert.equal(count.patches, 1);
    },
  );
});

Deno.test("A sample refuses a photo of another size or another photo than its patches were cut from", async () => {
  const whole = photo(16, 16, 10);
  const patches = {
    "crack/a_8_8.png": await cut(whole, { x: 8, y: 8, size: 8 }),
    "no_crack/a_0_0.png": await cut(whole, { x: 0, y: 0, size: 8 }),
  };
  const read = (other: TestPhoto) =>
    withPatches(patches, { a: other }, async ({ samples: [sample] }) => {
      await sample.read();
    });
  await read(whole);
  await assert.rejects(
    read(photo(15, 16, 10)),
    /it is 15 × 16, and its patch .+a_8_8\.png of 8 × 8 lies beyond it/,
  );
  await assert.rejects(read(photo(16, 16, 11)), /at the place of its patch .+ it looks unlike it/);
});

Deno.test("A sample knows JPEG patches of a PNG photo by their looks, and patches of several sizes by their own", async () => {
  const whole = photo(24, 16, 12);
  // JPEG blurs noise: a smooth photo, as photos are.
  whole.data.forEach((_, i) => whole.data[i] = 120 + 80 * Math.sin(i / 3 % 24 / 4) * Math.cos(i / 72 / 3));
  const jpeg = async (x: number, y: number, size: number) => {
    const data = new Uint8ClampedArray(4 * size * size).fill(255);
    for (let i = 0; i < size * size; i++) {
      const from = 3 * ((y + Math.floor(i / size)) * 24 + x + i % size);
      data.set(whole.data.subarray(from, from + 3), 4 * i);
    }
    return await encodeJpeg(new ImageData(data, size, size), { quality: 70 });
  };
  const patches = { "crack/a_0_0.jpg": await jpeg(0, 0, 16), "no_crack/a_16_8.jpg": await jpeg(16, 8, 8) };
  await withPatches(patches, { a: whole }, async ({ samples: [sample] }) => {
    const { truth } = await sample.read();
    assert.deepEqual(truth.patches, [
      { x: 0, y: 0, width: 16, height: 16, crack: true },
      { x: 16, y: 8, width: 8, height: 8, crack: false },
    ]);
    assert.equal(truth.size, 16);
  });
});
