import assert from "node:assert/strict";
import { join } from "node:path";
import { readMask } from "../../../core/datasets/read_mask.ts";
import { encodeJpeg } from "../../../core/images/encode_jpeg.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { decodeSample, patchTruth, pixelTruth } from "../../../core/sampling/decoded_photo.ts";
import { openPatchPhotos } from "../../../tasks/classifier/photos.ts";
import { openTrainingData } from "../../../tasks/segmenter/photos.ts";
import { type DecodedPhotos, holdBack } from "../../../tasks/training/decoded_photos.ts";
import { listSamples } from "../../../tasks/training/list_samples.ts";
import { maskedSample, type NamedSample } from "../../../tasks/training/named_sample.ts";
import { withExif } from "../../oracles/exif_writer.ts";
import { writePng } from "../../oracles/png_writer.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

async function writeGrey(path: string, width: number, height: number, value: number): Promise<void> {
  const data = new Uint8Array(width * height).fill(value);
  await Deno.writeFile(path, await encodePng({ width, height, channels: 1, data }));
}

Deno.test("maskedSample() takes masks of 0/1, 0/255, coloured and soft ones", async () => {
  await using folder = await temporaryFolder();
  const [path, mask] = ["photo.png", "mask.png"].map((name) => join(folder.path, name));
  const truth = async (...colours: [red: number, green: number, blue: number][]): Promise<number[]> => {
    const data = Uint8Array.from(colours.flat());
    await writeGrey(path, colours.length, 1, 90);
    await Deno.writeFile(mask, await encodePng({ width: colours.length, height: 1, channels: 3, data }));
    const readTruth = (bytes: Uint8Array) => readMask(bytes, "recognise");
    const { sample } = maskedSample({ name: "a", path, mask, soft: false, extra: false, readTruth });
    const cracks = await decodeSample(sample, patchTruth), pixels = await decodeSample(sample, pixelTruth);
    assert.ok(pixels.truth instanceof Uint8Array);
    assert.deepEqual(
      cracks.truth,
      Uint32Array.from([...pixels.truth.entries()].flatMap(([i, value]) => value === 255 ? [i] : [])),
    );
    return [...pixels.truth].map((value) => value / 255);
  };
  const grey = (value: number): [number, number, number] => [value, value, value];
  assert.deepEqual(await truth(grey(0), grey(1)), [0, 1]);
  assert.deepEqual(await truth(grey(0), grey(255), grey(254)), [0, 1, 1]);
  assert.deepEqual(await truth(grey(127), grey(128)), [0, 1]);
  assert.deepEqual(await truth([0, 0, 0], [0, 0, 60]), [0, 1]);
  assert.deepEqual(await truth(grey(0), grey(0)), [0, 0]);
  const soft = maskedSample({ name: "a", path, mask, soft: true, extra: false });
  await truth(grey(51), [0, 200, 10]);
  assert.deepEqual((await decodeSample(soft.sample, pixelTruth)).truth, Uint8Array.of(51, 200));
  assert.deepEqual((await decodeSample(soft.sample, patchTruth)).truth, Uint32Array.of(1));
});

Deno.test("maskedSample() names the file whose mask is damaged or of another size", async () => {
  await using folder = await temporaryFolder();
  const [path, mask] = ["photo.png", "mask.png"].map((name) => join(folder.path, name));
  const { sample } = maskedSample({ name: "a", path, mask, soft: false, extra: false });
  await writeGrey(path, 6, 5, 90);
  await writeGrey(mask, 6, 4, 0);
  await assert.rejects(sample.read(), /Cannot use .*photo\.png: it is 6 × 5, but its mask is 6 × 4\.$/);
  await Deno.writeTextFile(mask, "no image");
  await assert.rejects(sample.read(), /mask\.png: Cannot /);
});

Deno.test("openPatchPhotos() pairs photos with masks by name, reports what it cannot use and goes on", async () => {
  await using folder = await temporaryFolder();
  const [images, masks] = ["images", "masks"].map((name) => join(folder.path, name));
  await Promise.all([images, masks].map((path) => Deno.mkdir(path)));
  for (const [i, name] of ["a", "b", "c", "d"].entries()) {
    await writeGrey(join(images, `${name}.png`), 6, 5, 50 + i);
    if (name !== "b") await writeGrey(join(masks, `${name}.png`), 6, name === "c" ? 4 : 5, i === 0 ? 255 : 0);
  }
  const reported: string[] = [];
  const photos = await openPatchPhotos({ folders: [], images: [images], masks: [masks], datasets: [] }, {
    // Each photo has 90 bytes: one at a time is held, the others are read again.
    memory: 100,
    onPhoto: (photo, failure) =>
      void reported.push(failure === undefined ? photo.name : failure.replaceAll(folder.path, "")),
  });
  assert.deepEqual(photos.samples.map(({ name, truth }) => [name, truth]), [["a", "mask"], ["d", "mask"]]);
  assert.equal(photos.failures, 2);
  assert.deepEqual(reported, [
    "a",
    "Cannot use /images/b.png: there is no mask of the name b.",
    "Cannot use /images/c.png: it is 6 × 5, but its mask is 6 × 4.",
    "d",
  ]);
  for (const index of [0, 1, 0]) {
    const { width, height, pixels, truth } = await photos.photo(index);
    assert.deepEqual([width, height, pixels.length], [6, 5, 90]);
    assert.deepEqual([...new Set(pixels)], [index === 0 ? 50 : 53]);
    assert.equal(truth instanceof Uint32Array ? truth.length : -1, index === 0 ? 30 : 0);
  }
  const some = await openPatchPhotos({ folders: [], images: [images], masks: [masks], datasets: [] }, {
    skip: 3,
    limit: 5,
  });
  assert.deepEqual(some.samples.map(({ name }) => name), ["d"]);
});

Deno.test("openPatchPhotos() tells what was guessed of photos once for all of a kind, and nothing of those read as they are", async () => {
  await using folder = await temporaryFolder();
  const [images, masks] = ["images", "masks"].map((name) => join(folder.path, name));
  await Promise.all([images, masks].map((path) => Deno.mkdir(path)));
  const jpeg = await encodeJpeg(new ImageData(8, 8));
  // 12 bits in 16, of which the file says nothing.
  const wide = writePng({ width: 8, height: 8, depth: 16, colour: 0, sample: () => 4000 });
  const withoutEnd = jpeg.subarray(0, -2);
  // Turned by 180°, and by 90°, which a square hides.
  const turned = async (orientation: number, height: number) =>
    withExif(await encodeJpeg(new ImageData(8, height)), { main: [[274, "short", orientation]] });
  const files = {
    ...{ "a.jpg": jpeg, "b.jpg": withoutEnd, "c.png": wide, "d.jpg": withoutEnd },
    ...{ "e.jpg": await turned(3, 5), "f.jpg": await turned(6, 8) },
    ...{ "g.jpg": await turned(6, 5), "h.jpg": await turned(1, 8) },
  };
  for (const [name, bytes] of Object.entries(files)) {
    await Deno.writeFile(join(images, name), bytes);
    const [width, height] = name.startsWith("g") ? [5, 8] : [8, name.startsWith("e") ? 5 : 8];
    await writeGrey(join(masks, `${name[0]}.png`), width, height, 255);
  }
  const lines: string[] = [];
  const paths = { folders: [], images: [images], masks: [masks], datasets: [] };
  await openPatchPhotos(paths, { onNote: (line) => lines.push(line.replaceAll(folder.path, "")) });
  assert.deepEqual(lines.filter((line) => line.includes("/images/")), [
    "2 photos, the first of them /images/b.jpg: Its end marker is missing, but none of its rows is.",
    "/images/c.png: None of its 16-bit samples exceeds 4095: they were read as 12 bits.",
    ...[["e", 3], ["f", 6]].map(([name, orientation]) =>
      `/images/${name}.jpg: Its EXIF orientation, ${orientation}, turns it, and by its size its mask may be of either: data:doctor tells whether it fits.`
    ),
  ]);
});

Deno.test("openPatchPhotos() takes the photos of a dataset's split, with truth in its own form", async () => {
  await using folder = await temporaryFolder();
  for (const split of ["train", "test"]) {
    await Deno.mkdir(join(folder.path, `${split}_img`));
    await Deno.mkdir(join(folder.path, `${split}_lab`));
    await writeGrey(join(folder.path, `${split}_img`, "a.png"), 6, 5, 50);
    await writeGrey(join(folder.path, `${split}_lab`, "a.png"), 6, 5, split === "train" ? 255 : 0);
  }
  const open = (split?: string) =>
    openPatchPhotos({ folders: [], images: [], masks: [], datasets: [folder.path], split });
  assert.deepEqual((await open()).samples.map(({ name }) => name), ["train/a", "test/a"]);
  const train = await open("train");
  assert.deepEqual(train.samples.map(({ name, truth }) => [name, truth]), [["train/a", "mask"]]);
  const { truth } = await train.photo(0);
  assert.equal(truth instanceof Uint32Array ? truth.length : -1, 30);
  await assert.rejects(open("val"), /Cannot use the split val of .*; there is test, train\./);
  await assert.rejects(
    openPatchPhotos({ folders: [folder.path], images: [], masks: [], datasets: [], split: "train" }),
    /Cannot choose a split without a dataset/,
  );
});

/** Photos of which nothing is known but how they are labelled. */
function photosOf(samples: readonly Pick<NamedSample, "truth" | "extra">[]): DecodedPhotos<boolean> {
  const image = () => Promise.reject(new Error("Not asked for."));
  const named = samples.map(({ truth, extra }, i): NamedSample => ({
    name: `${truth}${i}`,
    sample: { name: `${i}`, split: "all", imagePath: `${i}.png`, image, truth: image, read: image },
    truth,
    extra,
  }));
  return {
    count: named.length,
    samples: named,
    failures: 0,
    photo: image,
    subset: (indices) => photosOf(indices.map((i) => samples[i])),
  };
}

Deno.test("holdBack() keeps neighbours together, a share of each class, and trains on extra ones", () => {
  const of = (...truths: NamedSample["truth"][]) =>
    photosOf(truths.map((truth) => ({ truth, extra: false })));
  const truths = ({ samples }: DecodedPhotos<boolean>) => samples.map(({ truth }) => truth);
  const { training, heldBack } = holdBack(of("crack", "crack", "crack", "no_crack", "no_crack"), 0.4);
  assert.deepEqual(truths(training), ["crack", "crack", "no_crack"]);
  assert.deepEqual(heldBack && truths(heldBack), ["crack", "no_crack"]);
  assert.equal(holdBack(of("mask"), 0).heldBack, undefined);
  assert.throws(() => holdBack(of("mask"), 0.2), /Cannot hold back a share of 0.2 of 1 photos/);
  const own = { truth: "mask", extra: false } as const, extra = { truth: "mask", extra: true } as const;
  const labelled = holdBack(photosOf([own, own, extra, extra]), 0.5);
  assert.deepEqual(labelled.training.samples.map(({ extra }) => extra), [false, true, true]);
  assert.deepEqual(labelled.heldBack?.samples.map(({ extra }) => extra), [false]);
});

Deno.test("listSamples() pairs photos and masks by name and names those without a partner", async () => {
  await using folder = await temporaryFolder();
  const [images, masks] = ["images", "masks"].map((name) => join(folder.path, name));
  await Promise.all([images, masks].map((path) => Deno.mkdir(path)));
  for (const name of ["0", "1", "two", "3"]) await writeGrey(join(images, `${name}.png`), 6, 5, 90);
  for (const name of ["0", "2", "3"]) await writeGrey(join(masks, `${name}.png`), 6, 5, 255);
  const named = { images: [images], masks: [masks], datasets: [] };
  const { samples, problems } = await listSamples(named, { wanted: "photos" });
  assert.deepEqual(samples.map(({ name, truth }) => [name, truth]), [
    ["0", "mask"],
    ["1", "missing"],
    ["3", "mask"],
    ["two", "missing"],
  ]);
  assert.deepEqual(problems.map((problem) => problem.replaceAll(folder.path, "")), [
    "Cannot use /images/1.png: there is no mask of the name 1 in /masks.",
    "Cannot use /images/two.png: there is no mask of the name two in /masks.",
    "Cannot use /masks/2.png: there is no photo of the name 2 in /images.",
  ]);
  await assert.rejects(
    listSamples({ images: [], masks: [], datasets: [] }, { wanted: "photos" }),
    /Cannot train without photos: give photos\.$/,
  );
});

Deno.test("openTrainingData() takes of named photos those with masks, and refuses photos labelled as a whole", async () => {
  await using folder = await temporaryFolder();
  for (const place of ["images", "masks", "set/crack", "set/no_crack"]) {
    await Deno.mkdir(join(folder.path, place), { recursive: true });
    for (const name of place === "masks" ? ["0", "3"] : ["0", "1", "3"]) {
      await writeGrey(join(folder.path, place, `${name}.png`), 6, 5, place === "masks" ? 255 : 90);
    }
  }
  const notes: string[] = [];
  const open = (datasets: readonly string[]) =>
    openTrainingData({
      ...{ images: [join(folder.path, "images")], masks: [join(folder.path, "masks")], datasets },
      ...{ labels: [], extraLabels: [], photos: [], soft: false },
    }, (line) => void notes.push(line));
  const { training, failures } = await open([]);
  assert.deepEqual(training.samples.map(({ name }) => name), ["0", "3"]);
  assert.deepEqual([failures, notes.length], [1, 1]);
  assert.deepEqual([...new Set((await training.photo(0)).truth as Uint8Array)], [255]);
  await assert.rejects(
    open([join(folder.path, "set")]),
    /Cannot train on .*0\.png: it is labelled as a whole, and a mask is wanted; label such photos first\.$/,
  );
});

Deno.test("openTrainingData() says how masks are read and how much of them is crack, and refuses masks without any", async () => {
  await using folder = await temporaryFolder();
  const [images, masks, empty] = ["images", "masks", "empty"].map((name) => join(folder.path, name));
  await Promise.all([images, masks, empty].map((path) => Deno.mkdir(path)));
  for (const [i, name] of ["a", "b"].entries()) {
    await writeGrey(join(images, `${name}.png`), 5, 2, 50 + i);
    const data = Uint8Array.from({ length: 10 }, (_, at) => at === 3 ? 255 : Number(at === 0 && i === 0));
    await Deno.writeFile(
      join(masks, `${name}_mask.png`),
      await encodePng({ width: 5, height: 2, channels: 1, data }),
    );
    await writeGrey(join(empty, `${name}.png`), 5, 2, 0);
  }
  const NONE = { datasets: [], labels: [], extraLabels: [], photos: [], soft: false };
  const informed: string[] = [];
  const open = (masks: string) =>
    openTrainingData(
      { ...NONE, images: [images], masks: [masks] },
      assert.fail,
      (line) => void informed.push(line),
    );
  const { training } = await open(masks);
  assert.deepEqual(informed, [
    "Truth: 8-bit PNG of 0/1, 255 ignored; 8-bit PNG of one value, 255 ignored; bright is crack.",
    // 1 of 18 pixels that are not ignored.
    "Crack is 5.56 % of what the masks of 2 photos show, and in 1 of them.",
  ]);
  assert.deepEqual((await training.photo(0)).truth, {
    truth: Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    weight: Uint8Array.of(255, 255, 255, 0, 255, 255, 255, 255, 255, 255),
  });
  await assert.rejects(
    open(empty),
    /^Error: Cannot train on 2 photos: by their masks no pixel is crack, and at least 1 is wanted\.$/,
  );
  // Shades of 1 of 255 are certainty where no map has more.
  await writeGrey(join(empty, "a.png"), 5, 2, 1);
  const soft = await openTrainingData({ ...NONE, images: [images], masks: [empty], soft: true }, assert.fail);
  assert.deepEqual((await soft.training.photo(0)).truth, new Uint8Array(10).fill(255));
});
