import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng } from "../../../core/images/encode_png.ts";
import { type Dataset, openDataset } from "../../../tasks/classifier/dataset.ts";
import { holdBack } from "../../../tasks/classifier/hold_back.ts";
import { readTruth } from "../../../tasks/classifier/read_truth.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

function rgba(
  ...colours: [red: number, green: number, blue: number][]
): { data: Uint8ClampedArray<ArrayBuffer> } {
  return { data: new Uint8ClampedArray(colours.flatMap((colour) => [...colour, 255])) };
}

Deno.test("readTruth() takes masks of 0/1, 0/255, coloured and soft ones", () => {
  const grey = (value: number): [number, number, number] => [value, value, value];
  assert.deepEqual([...readTruth(rgba(grey(0), grey(1)))], [0, 1]);
  assert.deepEqual([...readTruth(rgba(grey(0), grey(255), grey(1)))], [0, 1, 0]);
  assert.deepEqual([...readTruth(rgba(grey(127), grey(128)))], [0, 1]);
  assert.deepEqual([...readTruth(rgba([0, 0, 0], [128, 0, 0], [0, 0, 255]))], [0, 1, 1]);
  assert.deepEqual([...readTruth(rgba(grey(0), grey(0)))], [0, 0]);
});

async function writeGrey(path: string, width: number, height: number, value: number): Promise<void> {
  const data = new Uint8Array(width * height).fill(value);
  await Deno.writeFile(path, await encodePng({ width, height, channels: 1, data }));
}

Deno.test("openDataset() pairs photos with masks by name, tells what it cannot use and goes on", async () => {
  await using folder = await temporaryFolder();
  const [images, masks] = ["images", "masks"].map((name) => join(folder.path, name));
  await Promise.all([images, masks].map((path) => Deno.mkdir(path)));
  for (const [i, name] of ["a", "b", "c", "d"].entries()) {
    await writeGrey(join(images, `${name}.png`), 6, 5, 50 + i);
    if (name !== "b") await writeGrey(join(masks, `${name}.png`), 6, name === "c" ? 4 : 5, i === 0 ? 255 : 0);
  }
  const told: string[] = [];
  const dataset = await openDataset({ folders: [], images: [images], masks: [masks], datasets: [] }, {
    // Each photo has 90 bytes: one at a time is held, the others are read again.
    memory: 100,
    onPhoto: (photo, failure) =>
      void told.push(failure === undefined ? photo.name : failure.replaceAll(folder.path, "")),
  });
  assert.deepEqual(dataset.names, ["a", "d"]);
  assert.deepEqual(dataset.labels, ["mask", "mask"]);
  assert.equal(dataset.failures, 2);
  assert.deepEqual(told, [
    "a",
    "Cannot use /images/b.png: there is no mask of the name b.",
    "Cannot use /images/c.png: it is 6 × 5, but its mask is 6 × 4.",
    "d",
  ]);
  for (const index of [0, 1, 0]) {
    const { width, height, pixels, truth } = await dataset.photo(index);
    assert.deepEqual([width, height, pixels.length], [6, 5, 90]);
    assert.deepEqual([...new Set(pixels)], [index === 0 ? 50 : 53]);
    assert.equal(typeof truth === "boolean" ? -1 : truth.length, index === 0 ? 30 : 0);
  }
  const some = await openDataset({ folders: [], images: [images], masks: [masks], datasets: [] }, {
    skip: 3,
    limit: 5,
  });
  assert.deepEqual(some.names, ["d"]);
});

Deno.test("openDataset() takes the photos of a dataset's split, with truth in its own form", async () => {
  await using folder = await temporaryFolder();
  for (const split of ["train", "test"]) {
    await Deno.mkdir(join(folder.path, `${split}_img`));
    await Deno.mkdir(join(folder.path, `${split}_lab`));
    await writeGrey(join(folder.path, `${split}_img`, "a.png"), 6, 5, 50);
    await writeGrey(join(folder.path, `${split}_lab`, "a.png"), 6, 5, split === "train" ? 255 : 0);
  }
  const open = (split?: string) =>
    openDataset({ folders: [], images: [], masks: [], datasets: [folder.path], split });
  assert.deepEqual((await open()).names, ["train/a", "test/a"]);
  const train = await open("train");
  assert.deepEqual([train.names, train.labels], [["train/a"], ["mask"]]);
  const { truth } = await train.photo(0);
  assert.equal(typeof truth === "boolean" ? -1 : truth.length, 30);
  await assert.rejects(open("val"), /Cannot use the split val of .*; there is test, train\./);
  await assert.rejects(
    openDataset({ folders: [folder.path], images: [], masks: [], datasets: [], split: "train" }),
    /Cannot choose a split without a dataset/,
  );
});

Deno.test("holdBack() keeps neighbours together, and a share of each class", () => {
  const dataset = (labels: Dataset["labels"]): Dataset => ({
    count: labels.length,
    labels,
    names: labels.map((label, i) => `${label}${i}`),
    failures: 0,
    photo: () => Promise.reject(new Error("Not asked for.")),
    subset: (indices) => dataset(indices.map((i) => labels[i])),
  });
  const { training, heldBack } = holdBack(dataset(["crack", "crack", "crack", "no_crack", "no_crack"]), 0.4);
  assert.deepEqual(training.labels, ["crack", "crack", "no_crack"]);
  assert.deepEqual(heldBack?.labels, ["crack", "no_crack"]);
  assert.equal(holdBack(dataset(["mask"]), 0).heldBack, undefined);
  assert.throws(() => holdBack(dataset(["mask"]), 0.2), /Cannot hold back a share of 0.2 of 1 photos/);
});
