import assert from "node:assert/strict";
import { join } from "node:path";
import { camCrfLabel } from "../../../core/label/cam_crf/cam_crf_label.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { decodeImage } from "../../../core/images/decode_image.ts";
import type { Session } from "../../../tasks/label/label_photos.ts";
import { maskPath } from "../../../tasks/batch/maps.ts";
import { crfLabelPhotos } from "../../../tasks/reproduce/crf_label_photos.ts";
import { crfTruth } from "../../../tasks/reproduce/crf_truth.ts";
import { photoSet, photosOf } from "../../../tasks/reproduce/photo_set.ts";
import type { Run } from "../../../tasks/reproduce/run.ts";
import { FakeClassifier } from "../../core/label/fake_classifier.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { tinyScale, writeBandSet, writeLineSet } from "./fixtures.ts";

const PARAMETERS = {
  iterations: 5,
  appearance: { weight: 10, sigmaSpace: 20, sigmaColour: 13 },
  smoothness: { weight: 1, sigmaSpace: 1 },
};

Deno.test("crfLabelPhotos() writes the masks of camCrfLabel(), goes on where it was broken off, and refuses other parameters", async () => {
  await using folder = await temporaryFolder();
  await writeLineSet(folder.path, { train: 3 });
  using compute = await openCompute();
  const classifier = new FakeClassifier();
  const open = (sha256 = "fake") => (): Promise<Session> =>
    Promise.resolve({
      compute,
      classifier,
      classifierRecord: { name: classifier.name, source: "none", sha256 },
      runtime: { deno: "", tfjs: "", adapter: "", software: true, backend: "" },
    });
  const paths = [0, 1, 2].map((i) => join(folder.path, `train_img/${i}.png`));
  const out = join(folder.path, "labels");
  const options = { paths, out, quiet: true, title: "labels", parameters: PARAMETERS };
  const first = await crfLabelPhotos(options, open());
  assert.deepEqual([first.photos.length, first.skipped, first.failures], [3, 0, []]);
  for (const { name, path, crackPixels, usableForTraining } of first.photos) {
    const image = await decodeImage(await Deno.readFile(path));
    const label = await camCrfLabel(compute, image, { classifier, parameters: PARAMETERS });
    const { data } = await decodeImage(await Deno.readFile(maskPath(out, name)));
    assert.deepEqual(
      Uint8Array.from(label.mask, (value) => 255 * value),
      Uint8Array.from(label.mask, (_, i) => data[4 * i]),
    );
    assert.equal(crackPixels, label.crackPixels);
    assert.equal(usableForTraining, crackPixels >= 100);
  }

  await Deno.remove(maskPath(out, first.photos[1].name));
  const second = await crfLabelPhotos(options, open());
  assert.equal(second.skipped, 2);
  assert.deepEqual(
    second.photos.map(({ labelledAt }, i) => labelledAt === first.photos[i].labelledAt),
    [true, false, true],
  );
  await assert.rejects(
    crfLabelPhotos({ ...options, parameters: { ...PARAMETERS, iterations: 4 } }, open()),
    /Cannot add to the CRF labels in .*: they were made with \{"iterations":5,.*, not \{"iterations":4,/,
  );
  await assert.rejects(
    crfLabelPhotos(options, open("other")),
    /they were made with the classifier darkest pixel \(fake\), not darkest pixel \(other\)/,
  );
});

Deno.test("crfTruth() takes labels with at least 100 crack pixels, with parameters that are searched once", async () => {
  await using folder = await temporaryFolder();
  await writeBandSet(folder.path, { train: 3 });
  const set = photoSet("crack500", folder.path);
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

  const { entries } = await truth.entries();
  assert.equal(await truth.entries(), await truth.entries(), "made once");
  const manifest = JSON.parse(
    await Deno.readTextFile(join(run.folder, "labels/crack500-train-a-crf/manifest.json")),
  );
  assert.deepEqual(manifest.parameters, best.parameters);
  const usable = manifest.photos.filter(({ crackPixels }: { crackPixels: number }) => crackPixels >= 100);
  assert.equal(manifest.photos.length, 2);
  assert.ok(usable.length > 0);
  assert.deepEqual(
    entries.map(({ path }) => path),
    usable.map(({ path }: { path: string }) => path),
  );
  for (const { read } of entries) {
    const { truth } = await read();
    assert.deepEqual([...new Set(truth)].sort(), [0, 255], "binary");
  }

  const { mtime } = await Deno.stat(search);
  const again = await crfTruth([{ set, samples }], run);
  assert.deepEqual(again.identity, truth.identity);
  assert.deepEqual((await Deno.stat(search)).mtime, mtime);
});
