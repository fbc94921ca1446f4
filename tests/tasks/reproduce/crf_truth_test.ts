import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeSample, pixelTruth } from "../../../core/sampling/decoded_photo.ts";
import { crfTruth } from "../../../tasks/reproduce/training/label_truths.ts";
import { paperSet, photosOf } from "../../../tasks/reproduce/paper_set.ts";
import type { Run } from "../../../tasks/reproduce/run.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { tinyScale, writeBandSet } from "./fixtures.ts";

Deno.test("crfTruth() takes labels with at least 100 crack pixels, with parameters that are searched once", async () => {
  await using folder = await temporaryFolder();
  await writeBandSet(folder.path, { train: 3 });
  const set = paperSet("crack500", folder.path);
  const { samples } = await photosOf(set, { split: "train", limit: 2 });
  const run: Run = {
    folder: join(folder.path, "runs"),
    scale: tinyScale,
    sets: [set],
    classifiers: [],
    quiet: true,
    args: [],
  };
  const truth = await crfTruth([{ set, samples }], run);
  assert.deepEqual([truth.name, truth.id], ["crf", "wsv-crf-a"]);
  const search = join(run.folder, "counts/crack500-train-a-crf-search.json");
  const { result: { best } } = JSON.parse(await Deno.readTextFile(search));
  assert.deepEqual((truth.identity as { parameters: unknown }[])[0].parameters, best.parameters);

  const { samples: labelled } = await truth.samples();
  assert.equal(await truth.samples(), await truth.samples(), "made once");
  const manifest = JSON.parse(
    await Deno.readTextFile(join(run.folder, "labels/crack500-train-a-crf/manifest.json")),
  );
  assert.deepEqual(manifest.parameters, best.parameters);
  assert.deepEqual([manifest.task, manifest.method], ["label", "cam-crf"]);
  const usable = manifest.photos.filter(({ crackPixels }: { crackPixels: number }) => crackPixels >= 100);
  assert.equal(manifest.photos.length, 2);
  assert.ok(usable.length > 0);
  assert.deepEqual(
    labelled.map(({ sample }) => sample.imagePath),
    usable.map(({ path }: { path: string }) => path),
  );
  for (const { sample } of labelled) {
    const { truth } = await decodeSample(sample, pixelTruth);
    assert.ok(truth instanceof Uint8Array);
    assert.deepEqual([...new Set(truth)].sort(), [0, 255], "binary");
  }

  const { mtime } = await Deno.stat(search);
  const again = await crfTruth([{ set, samples }], run);
  assert.deepEqual(again.identity, truth.identity);
  assert.deepEqual((await Deno.stat(search)).mtime, mtime);
});
