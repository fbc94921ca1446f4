import assert from "node:assert/strict";
import { join } from "node:path";
import type { Sample } from "../../../core/datasets/sample.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { fileOf, listMasks, readRunMask } from "../../../tasks/annotations/run_masks.ts";
import { openPatchPhotos } from "../../../tasks/classifier/photos.ts";
import { pairPredictions } from "../../../tasks/evaluate/pair_predictions.ts";
import { findPhotos } from "../../../tasks/files/photos.ts";
import { findMasks } from "../../../tasks/measure/find_masks.ts";
import { drawnPhotos } from "../../../tasks/studio/drawn_photos.ts";
import { correctedMaskPath, ReviewStore } from "../../../tasks/studio/review.ts";
import { StudioRun } from "../../../tasks/studio/studio_run.ts";
import { summarise } from "../../../tasks/studio/summary.ts";
import { listLabels } from "../../../tasks/training/list_labels.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const SIZE = { width: 3, height: 2 };
const NAMES = ["accepted", "corrected", "rejected", "undecided", "unmarked"];

/** Masks that were drawn: a pixel, two, three and four of them are crack. */
function drawnMask(crack: number): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: 6 }, (_, i) => i < crack ? 255 : 0);
  return encodePng({ ...SIZE, channels: 1, data });
}

/** A folder of photos of which some were marked in the studio, without any run. */
async function markedFolder(folder: string): Promise<string> {
  const photos = join(folder, "photos");
  await Deno.mkdir(photos);
  const photo = await encodePng({ ...SIZE, channels: 3, data: new Uint8Array(18).fill(180) });
  for (const name of NAMES) await Deno.writeFile(join(photos, `${name}.png`), photo);
  const review = await ReviewStore.open(photos);
  const noted = { at: "2026-01-01T00:00:00Z", seconds: 1 };
  await review.save({ name: "accepted", decision: "accepted", mmPerPixel: 2, ...noted }, await drawnMask(1));
  await review.save({ name: "corrected", decision: "corrected", ...noted }, await drawnMask(2));
  await review.save({ name: "rejected", decision: "rejected", ...noted }, await drawnMask(3));
  await review.save({ name: "undecided", ...noted }, await drawnMask(4));
  // Accepted before anybody or any network had marked it.
  await review.save({ name: "unmarked", decision: "accepted", ...noted });
  return photos;
}

/** Those that count, with the number of their pixels of crack. */
const COUNTING = [["accepted", 1], ["corrected", 2]];

async function maskOf(sample: Sample): Promise<Uint8Array> {
  const truth = await sample.truth();
  assert.ok(typeof truth === "object", "a mask");
  return truth.data;
}

const crackOf = (data: Uint8Array) => data.reduce((sum, value) => sum + value, 0);

Deno.test("the studio shows the photos of a folder, not the masks that it wrote there", async () => {
  await using folder = await temporaryFolder();
  const path = await markedFolder(folder.path);
  const run = await StudioRun.open(path);
  assert.deepEqual(
    [...run.photos.values()].map(({ name, found }) => [name, found]),
    NAMES.map((name) => [name, undefined]),
  );
  assert.match(summarise(run), /^4 of 5 photos decided/);
});

Deno.test("masks that were drawn in the studio without a run are exported", async () => {
  await using folder = await temporaryFolder();
  const path = await markedFolder(folder.path);
  for (const reviewed of ["prefer", "only"] as const) {
    const masks = await listMasks(path, { photos: [], reviewed });
    assert.deepEqual(
      await Array.fromAsync(masks, async (photo) => [
        photo.name,
        crackOf((await readRunMask(photo, { sure: undefined, score: true })).data),
      ]),
      COUNTING,
    );
    assert.deepEqual(masks.map(fileOf), ["accepted.png", "corrected.png"]);
    assert.deepEqual(
      masks.map(({ photo }) => photo),
      ["accepted", "corrected"].map((name) => join(path, `${name}.png`)),
    );
  }
});

Deno.test("masks that were drawn in the studio without a run are measured on their photos", async () => {
  await using folder = await temporaryFolder();
  const path = await markedFolder(folder.path), out = join(folder.path, "out");
  using found = await findMasks([path], { photoFolder: undefined, out });
  const { photos: masks } = await findPhotos(found.paths, { outputs: out, wanted: "masks" });
  const chosen = [...masks].flatMap(({ path }) => found.choose(path) ?? []);
  assert.deepEqual(chosen, ["accepted", "corrected"].map((name) => correctedMaskPath(path, name)));
  assert.deepEqual(
    chosen.map((mask) => found.photos.get(mask)),
    ["accepted", "corrected"].map((name) => join(path, `${name}.png`)),
  );
  assert.deepEqual([found.drawn, [...found.photoFolders()]], [[], [path]]);
});

Deno.test("networks and classifiers are trained on masks that were drawn in the studio without a run", async () => {
  await using folder = await temporaryFolder();
  const path = await markedFolder(folder.path);
  const { samples } = await listLabels({ labels: [path], extraLabels: [], photos: [], soft: false });
  assert.deepEqual(
    await Array.fromAsync(samples, async ({ name, sample }) => [name, crackOf(await maskOf(sample))]),
    COUNTING,
  );
  const { samples: patches } = await openPatchPhotos({
    ...{ folders: [], images: [], masks: [], datasets: [], labels: [path] },
  });
  assert.deepEqual(patches.map(({ name }) => name), ["accepted", "corrected"]);
  const none = listLabels({ labels: [path], extraLabels: [], photos: [], soft: false, reviewed: "ignore" });
  await assert.rejects(none, /Cannot read the labels in .*: there is no manifest\.json/);
});

Deno.test("predictions are compared with masks that were drawn in the studio without a run", async () => {
  await using folder = await temporaryFolder();
  const truth = await markedFolder(folder.path), predictions = join(folder.path, "confidence");
  await Deno.mkdir(predictions);
  for (const name of NAMES) await Deno.writeFile(join(predictions, `${name}.png`), await drawnMask(3));
  const { pairs, problems, notes } = await pairPredictions({ predictions, truth });
  assert.deepEqual(
    await Array.fromAsync(pairs, async ({ name, truth }) => [name, crackOf(await maskOf(truth))]),
    COUNTING,
  );
  assert.deepEqual(problems, []);
  assert.match(notes.join(), /3 masks of .* left out, as was decided in the studio/);
});

Deno.test("a folder in whose review no mask is right is refused, and one without a review is none", async () => {
  await using folder = await temporaryFolder();
  const path = await markedFolder(folder.path);
  for (const name of ["accepted", "corrected"]) {
    await (await ReviewStore.open(path)).save({ name, decision: "rejected", at: "", seconds: 0 });
  }
  await assert.rejects(drawnPhotos(path), /none of its 5 photos has one that is right; accept some/);
  await Deno.remove(join(path, "review"), { recursive: true });
  assert.equal(await drawnPhotos(path), undefined);
});
