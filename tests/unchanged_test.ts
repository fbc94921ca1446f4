/**
 * Holds the code against what it gave when `tests/fixtures/unchanged/` was written, to the last bit: networks that ship, trainings, files
 * and figures of commands; and runs and networks of then are still taken up. Only exports of `mod.ts` and the scripts of `tasks/` are used,
 * so that all else may move. `tests/unchanged/write.ts` writes the fixtures anew, where another result is meant.
 *
 * Kernels and sums in the networks may round otherwise on another adapter, processor or version of Deno. The fixtures say on which they were
 * written; on any other no hash is compared: means, losses and other figures may then be 2 % or 0.005 off (the larger one), counts of what is
 * not 0 1 % of all or 20, and numbers of crack pixels 5 % and 20. What `evaluate` counts is compared exactly everywhere.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryFolder } from "./temporary_folder.ts";
import {
  INTERRUPTED,
  LABEL_PHOTOS,
  LABELLED,
  traceEvaluation,
  traceLabels,
  traceRuns,
  traceTraining,
  traceTrainings,
  train,
  TRAININGS,
  writeTrainingPhotos,
} from "./unchanged/commands.ts";
import {
  CHECKPOINTS,
  copyFolder,
  copyLabeller,
  INTERRUPTED_LABELS,
  INTERRUPTED_TRAININGS,
  readWritten,
} from "./unchanged/fixtures.ts";
import { traceCheckpoints, tracePhotos } from "./unchanged/photos.ts";
import { assertAlike, assertUnchanged, type Json, machineAtHand } from "./unchanged/trace.ts";

const written = await readWritten();
const here = await machineAtHand();
const same = JSON.stringify(here) === JSON.stringify(written.machine);
const hold: (actual: Json, expected: Json) => void = same ? assertUnchanged : assertAlike;

Deno.test("labelImage(), camCrfLabel() and predictImage() give the maps that are written down", async () => {
  hold(await tracePhotos(), written.photos);
});

Deno.test("classifier:train and segmenter:train give the losses and networks that are written down", async () => {
  await using folder = await temporaryFolder();
  hold(await traceTrainings(folder.path), written.trainings);
});

Deno.test("label and predict write the manifests and files that are written down", async () => {
  await using folder = await temporaryFolder();
  hold(await traceRuns(folder.path), written.runs);
});

Deno.test("evaluate gives the figures that are written down, on any machine", async () => {
  await using folder = await temporaryFolder();
  assertUnchanged(await traceEvaluation(folder.path), written.evaluation);
});

Deno.test("loadClassifier() and loadSegmenter() open old checkpoints, and these say what is written down", async () => {
  hold(await traceCheckpoints(CHECKPOINTS), written.checkpoints);
});

Deno.test("label goes on with an old run, keeps what that had done and ends as an uninterrupted run does", async () => {
  await using folder = await temporaryFolder();
  await copyFolder(INTERRUPTED_LABELS, folder.path);
  await copyLabeller(folder.path);
  const when = async () => {
    const { photos } = JSON.parse(await Deno.readTextFile(join(folder.path, "labels/manifest.json"))) as {
      photos: { name: string; labelledAt: string; seconds: number }[];
    };
    return photos.map(({ name, labelledAt, seconds }) => ({ name, labelledAt, seconds }));
  };
  const before = await when();
  assert.deepEqual(before.map(({ name }) => name), LABEL_PHOTOS.slice(0, LABELLED));
  // By its own method, whatever the default is.
  const { summary, files } = await traceLabels(folder.path, { method: [] });
  assert.equal((summary as { skipped: number }).skipped, LABELLED);
  assert.deepEqual((await when()).slice(0, LABELLED), before);
  hold(files, written.labels);
});

for (const training of TRAININGS.filter(({ name }) => INTERRUPTED.includes(name))) {
  const { name, script } = training;
  const task = script.startsWith("tasks/classifier/") ? "classifier:train" : "segmenter:train";
  Deno.test(`${task} goes on with an old run after 5 of 10 steps and ends as an uninterrupted run does`, async () => {
    await using folder = await temporaryFolder();
    await copyFolder(new URL(`${name}/`, INTERRUPTED_TRAININGS), folder.path);
    await writeTrainingPhotos(folder.path);
    assert.match(await train(training, folder.path), /^Going on after step 5 of 10\.$/m);
    hold(await traceTraining(training, folder.path), written.trainings[name]);
  });
}
