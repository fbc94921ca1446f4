import assert from "node:assert/strict";
import { dirname } from "node:path";
import { assertTruths, cfdTruth, type Files, mask, names, photo, withDataset } from "./dataset_fixtures.ts";

Deno.test("openDataset() reads DCD: train_img and train_lab, in the order train, test", () =>
  withDataset({
    "test_img/1.jpg": photo(1),
    "test_lab/1.png": mask(1),
    "train_img/10.jpg": photo(2),
    "train_lab/10.png": mask(2),
    "train_img/9.jpg": photo(3),
    "train_lab/9.png": mask(3),
  }, async (dataset) => {
    assert.equal(dataset.layout, "dcd");
    assert.deepEqual(names(dataset), ["train 9", "train 10", "test 1"]);
    assert.deepEqual([...dataset.splits], [["train", 2], ["test", 1]]);
    assert.deepEqual(dataset.notes, ["Truth: 8-bit PNG of 0/255; bright is crack."]);
    await assertTruths(dataset, [3, 2, 1]);
  }));

Deno.test("openDataset() reads CFD: regions 2 and 4 are crack, 042 is left out", async () => {
  const files: Files = {
    "image/004.jpg": photo(1),
    "groundTruth/004.mat": cfdTruth(1),
    "image/042.jpg": photo(2),
    "groundTruth/042.mat": cfdTruth(2),
    "image/073.jpg": photo(3),
    "groundTruth/073.mat": cfdTruth(3),
    "image/005.jpg": photo(4),
    "groundTruth/005.mat": cfdTruth(4),
  };
  await withDataset(files, async (dataset) => {
    assert.equal(dataset.layout, "cfd");
    assert.deepEqual(names(dataset), ["all 004", "all 005", "all 073"]);
    assert.match(dataset.notes.join(" "), /Photo 042 is left out/);
    await assertTruths(dataset, [1, 4, 3]);
  });
  await withDataset(
    files,
    (dataset) => assert.deepEqual(names(dataset), ["train 005", "val 004", "test 073"]),
    {
      splits: "paper",
    },
  );
});

Deno.test("openDataset() reads AEL: Im_NAMEor with GT_NAME, in any folders, dark is crack", () =>
  withDataset({
    "IMAGES_GT/Im_GT_AIGLE_RN_C19aor.png": photo(1, "png"),
    "IMAGES_GT/Im_GT_ESAR_30a.jpg": photo(2),
    "IMAGES_GT/Im_LCMS_23aor.png": photo(3, "png"),
    "GROUND_TRUTH/GT_AIGLE_RN_C19a.png": mask(1, 0, 255),
    "GROUND_TRUTH/GT_ESAR_30a.png": mask(2, 0, 255),
    "GROUND_TRUTH/GT_LCMS_23a.png": mask(3, 0, 255),
  }, async (dataset) => {
    assert.equal(dataset.layout, "ael");
    assert.deepEqual(names(dataset), ["train ESAR_30a", "val LCMS_23a", "test AIGLE_RN_C19a"]);
    assert.match(dataset.notes.join(" "), /dark \(inverted\) is crack/);
    await assertTruths(dataset, [2, 3, 1]);
  }, { splits: "paper" }));

Deno.test("openDataset() reads CRACK500's list files, and one list alone", async () => {
  const files: Files = {
    "train.txt":
      "\ufefftraincrop/a 1.jpg traincrop/a 1.png\r\ntraincrop/b.jpg traincrop/b.png\r\n\r\nnonsense\r\n" +
      "../c.jpg traincrop/b.png\r\ntraincrop/../../c.jpg ../c.png\r\n",
    "test.txt": "testcrop/c.jpg testcrop/c.png\ntestcrop/gone.jpg testcrop/gone.png\n",
    "readme.txt": "Not a list.\n",
    "traincrop/a 1.jpg": photo(1),
    "traincrop/a 1.png": mask(1, 200, 30),
    "traincrop/b.jpg": photo(2),
    "traincrop/b.png": mask(2),
    "traincrop/not listed.jpg": photo(4),
    "testcrop/c.jpg": photo(3),
    "testcrop/c.png": mask(3),
  };
  await withDataset(files, async (dataset, root) => {
    assert.equal(dataset.layout, "crack500");
    assert.deepEqual(names(dataset), ["train a 1", "train b", "test c"]);
    assert.deepEqual(
      dataset.problems.map((
        { kind, message },
      ) => [kind, message.replaceAll(root, "").replaceAll(dirname(root), "UP")]).sort(),
      [
        [
          "list entry",
          'Cannot use entry 3 of /train.txt: it is "nonsense" where a photo and a mask are wanted.',
        ],
        [
          "list entry",
          `Cannot use entry 4 of /train.txt: UP/c.jpg lies outside the folder of the list; put the list into a folder that holds all it names.`,
        ],
        [
          "list entry",
          `Cannot use entry 5 of /train.txt: UP/c.jpg lies outside the folder of the list; put the list into a folder that holds all it names.`,
        ],
        ["truth without photo", "Cannot use entry 2 of /test.txt: there is no file /testcrop/gone.jpg."],
      ],
    );
    await assertTruths(dataset, [1, 2, 3]);
  });
  await withDataset(files, (dataset) => assert.deepEqual(names(dataset), ["test c"]), { at: "/test.txt" });
});

Deno.test("openDataset() reads CRACK500's JPEG and PNG files side by side, crops and whole photos apart", () =>
  withDataset({
    "traincrop/a.jpg": photo(1),
    "traincrop/a.png": mask(1),
    "traindata/w.jpg": photo(2),
    "traindata/w_mask.png": mask(2),
    "testcrop/c.jpg": photo(3),
    "testcrop/c.png": mask(3),
  }, async (dataset) => {
    assert.equal(dataset.layout, "crack500");
    assert.deepEqual(names(dataset), ["test c", "traincrop a", "traindata w"]);
    await assertTruths(dataset, [3, 1, 2]);
  }));

for (
  const [where, name] of Object.entries({
    "without splits": (_: string, folder: string) => folder,
    "with splits above": (split: string, folder: string) => `${split}/${folder}`,
    "with splits below": (split: string, folder: string) => `${folder}/${split}`,
  })
) {
  Deno.test(`openDataset() reads images/ and masks/ ${where}`, () =>
    withDataset({
      [`${name("train", "images")}/day 1/a.jpg`]: photo(1),
      [`${name("train", "masks")}/day 1/a.png`]: mask(1, 1),
      [`${name("valid", "images")}/b.png`]: photo(2, "png"),
      [`${name("valid", "masks")}/b_mask.png`]: mask(2, 1),
    }, async (dataset) => {
      assert.equal(dataset.layout, "folder");
      const [first, second] = where === "without splits" ? ["all", "all"] : ["train", "val"];
      assert.deepEqual(names(dataset).sort(), [`${first} day 1/a`, `${second} b`].sort());
      assert.deepEqual(dataset.notes, ["Truth: 8-bit PNG of 0/1; bright is crack."]);
      await assertTruths(dataset, where === "without splits" ? [2, 1] : [1, 2]);
    }));
}

Deno.test("openDataset() reads folders of classes, with splits and without", async () => {
  const files: Files = { "crack/a.jpg": photo(1), "no_crack/a.jpg": photo(2), "no_crack/b.jpg": photo(3) };
  await withDataset(files, async (dataset) => {
    assert.equal(dataset.layout, "classes");
    assert.deepEqual(names(dataset), ["all crack/a", "all no_crack/a", "all no_crack/b"]);
    assert.deepEqual(await Promise.all(dataset.samples.map((sample) => sample.truth())), [
      true,
      false,
      false,
    ]);
  });
  const split = Object.fromEntries(Object.entries(files).map(([name, content]) => [`test/${name}`, content]));
  await withDataset(
    split,
    (dataset) => assert.deepEqual(names(dataset), ["test crack/a", "test no_crack/a", "test no_crack/b"]),
  );
});

Deno.test("openDataset() reports what finds no partner or is there twice, and goes on", () =>
  withDataset({
    "images/a.jpg": photo(1),
    "images/a.png": photo(1, "png"),
    "images/b.jpg": photo(2),
    "masks/a.png": mask(1),
    "masks/c.png": mask(3),
  }, (dataset, root) => {
    assert.deepEqual(names(dataset), ["all a"]);
    assert.deepEqual(dataset.problems.map(({ message }) => message.replaceAll(root, "")), [
      "Cannot use /images/a.png: /images/a.jpg bears the same name, and photos are told apart by it.",
      "Cannot use /images/b.jpg: there is no truth of the name b.",
      "Cannot use /masks/c.png: there is no photo of the name c.",
    ]);
  }));

Deno.test("openDataset() opens one split, and says which there are where it is not or is empty", async () => {
  const files: Files = {
    "train_img/a.jpg": photo(1),
    "train_lab/a.png": mask(1),
    "test_img/b.jpg": photo(2),
    "test_lab/b.png": mask(2),
    "val_img/.keep": "",
    "val_lab/.keep": "",
  };
  await withDataset(files, (dataset) => assert.deepEqual(names(dataset), ["test b"]), { split: "test" });
  await withDataset(
    files,
    (dataset, root) =>
      assert.deepEqual(dataset.problems.map(({ kind, message }) => [kind, message.replace(root, "")]), [
        ["empty split", "Cannot use the split val: there is no photo in /val_img."],
      ]),
  );
  for (const split of ["val", "nonsense"]) {
    await assert.rejects(withDataset(files, () => {}, { split }), {
      name: "RangeError",
      message:
        /it has no photo with truth; there is test, train\.$|it has no photo with truth; there is train, test\.$/,
    });
  }
});

Deno.test("openDataset() refuses a folder that is no dataset, and an empty one, in a sentence", async () => {
  await assert.rejects(withDataset({ "holiday/a.jpg": photo(1), "b.pdf": "" }, () => {}), {
    name: "TypeError",
    message:
      /it holds holiday\/, b\.pdf where a dataset is wanted: train_img\/.*, or crack\/ and no_crack\/\.$/,
  });
  await assert.rejects(withDataset({ "masks/a.png": mask(1), "images/b.jpg": photo(1) }, () => {}), {
    name: "RangeError",
    message: /there is no photo with its truth in it \(2 files do not fit, the first: .*b\.jpg\)\.$/,
  });
  await assert.rejects(withDataset({ "a.jpg": photo(1) }, () => {}, { at: "/gone" }), Deno.errors.NotFound);
});

Deno.test("openDataset() pairs names that differ in case, in the coding of umlauts, or in what makes them masks", () =>
  withDataset({
    "images/IMG_1.JPG": photo(1),
    "masks/img_1.PNG": mask(1),
    ["images/Brücke.jpg".normalize("NFC")]: photo(2),
    ["masks/Brücke.png".normalize("NFD")]: mask(2),
    "images/c.jpg": photo(3),
    "masks/mask_c.png": mask(3),
    "images/d.jpg": photo(4),
    "masks/d.jpg.png": mask(4),
    "images/e_1.jpg": photo(5),
    "masks/e_1-label.png": mask(5),
    "images/wand_4711.jpg": photo(6),
    "masks/wand_4712.png": mask(6),
  }, async (dataset, root) => {
    assert.deepEqual(
      dataset.samples.map(({ name, truthPath }) => [name, truthPath!.slice(root.length).normalize("NFC")]),
      [
        ["Brücke", "/masks/Brücke.png"],
        ["c", "/masks/mask_c.png"],
        ["d", "/masks/d.jpg.png"],
        ["e_1", "/masks/e_1-label.png"],
        ["IMG_1", "/masks/img_1.PNG"],
      ],
    );
    await assertTruths(dataset, [2, 3, 4, 5, 1]);
    assert.deepEqual(dataset.problems.map(({ message }) => message.replaceAll(root, "")), [
      "Cannot use /images/wand_4711.jpg: there is no truth of the name wand_4711; the nearest name is that of /masks/wand_4712.png.",
      "Cannot use /masks/wand_4712.png: there is no photo of the name wand_4712; the nearest name is that of /images/wand_4711.jpg.",
    ]);
  }));

Deno.test("openDataset() keeps splits and pairs beside a stray image, and says what lies in the place of masks", async () => {
  await withDataset({
    "images/train/a.jpg": photo(1),
    "masks/train/a.png": mask(1),
    "images/test/b.jpg": photo(2),
    "masks/test/b.png": mask(2),
    "images/stray.jpg": photo(3),
  }, (dataset, root) => {
    assert.deepEqual(names(dataset), ["train a", "test b"]);
    assert.deepEqual(dataset.problems.map(({ path }) => path.slice(root.length)), ["/images/stray.jpg"]);
  });
  await withDataset({
    "traincrop/a.jpg": photo(1),
    "traincrop/a.png": mask(1),
    "stray.jpg": photo(3),
  }, (dataset) => assert.deepEqual(names(dataset), ["train a"]));
  await withDataset({
    "train.txt": "p\\a.jpg m\\a.png\r\n",
    "p/a.jpg": photo(1),
    "m/a.png": mask(1),
  }, async (dataset) => await assertTruths(dataset, [1]));
  await assert.rejects(withDataset({ "images/a.jpg": photo(1), "labels/a.json": "{}" }, () => {}), {
    message:
      /Cannot find masks in .*labels: it holds 1 \.json file \(such as a\.json; annotations of labelme, .* by the task annotations:import\)/,
  });
});
