import assert from "node:assert/strict";
import { join } from "node:path";
import { readMasked } from "../../../core/datasets/sample.ts";
import { camCrfLabel } from "../../../core/label/cam_crf/cam_crf_label.ts";
import type { Compute } from "../../../core/gpu/compute.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { crfMethod } from "../../../tasks/reproduce/measure/method.ts";
import {
  CRF_GRID,
  crfParameters,
  type CrfSearch,
  describeSearch,
  searchCrf,
  searchPhotos,
} from "../../../tasks/reproduce/training/crf_search.ts";
import { measure } from "../../../tasks/reproduce/measure/measure.ts";
import { paperSet, photosOf } from "../../../tasks/reproduce/paper_set.ts";
import { writeFiles } from "../../core/datasets/dataset_fixtures.ts";
import { FakeClassifier } from "../../core/label/fake_classifier.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { crackPhoto } from "../crack_photo.ts";

const WIDTH = 70, HEIGHT = 50;

const PARAMETERS = {
  iterations: 5,
  appearance: { weight: 10, sigmaSpace: 20, sigmaColour: 13 },
  smoothness: { weight: 1, sigmaSpace: 1 },
};

/** Photos with a dark line, of which the mask holds the upper part. */
async function writeSet(folder: string, count: number): Promise<void> {
  const files: Record<string, Promise<Uint8Array>> = {};
  for (let i = 0; i < count; i++) {
    const data = new Uint8Array(WIDTH * HEIGHT);
    for (let k = 0; k < data.length * (0.5 + i / count / 2); k++) {
      data[k] = Math.abs(k % WIDTH - WIDTH / 2) < 1 ? 255 : 0;
    }
    files[`train_img/${i}.png`] = crackPhoto(WIDTH, HEIGHT, i + 1);
    files[`train_lab/${i}.png`] = encodePng({ width: WIDTH, height: HEIGHT, channels: 1, data });
  }
  await writeFiles(folder, files);
}

const silent = { advance: () => {}, inside: () => {}, note: () => {}, [Symbol.dispose]: () => {} };

Deno.test("searchPhotos() draws the same photos each time, none twice", async () => {
  await using folder = await temporaryFolder();
  await writeSet(folder.path, 6);
  const { samples } = await photosOf(paperSet("dcd", folder.path), { split: "train" });
  const names = (count: number) => searchPhotos(samples, count).map(({ name }) => name);
  assert.deepEqual(names(4), names(4));
  assert.equal(new Set(names(4)).size, 4);
  assert.deepEqual(names(9).toSorted(), samples.map(({ name }) => name).toSorted());
  assert.notDeepEqual(names(6), samples.map(({ name }) => name));
});

Deno.test("searchCrf() finds the mean IoU that labels with each of the parameters have", async () => {
  await using folder = await temporaryFolder();
  await writeSet(folder.path, 2);
  using compute = await openCompute();
  const classifier = new FakeClassifier();
  const { samples } = await photosOf(paperSet("dcd", folder.path), { split: "train" });
  const { best, trials, photos, skipped } = await searchCrf(samples, { compute, classifier });
  assert.deepEqual([photos, skipped], [2, []]);
  const { weight, sigmaSpace, sigmaColour } = CRF_GRID.appearance;
  assert.equal(trials.length, weight.length * sigmaSpace.length * sigmaColour.length);
  assert.equal(new Set(trials.map(({ parameters }) => JSON.stringify(parameters))).size, trials.length);
  assert.equal(best.meanIou, Math.max(...trials.map(({ meanIou }) => meanIou)));
  assert.ok(best.meanIou > Math.min(...trials.map(({ meanIou }) => meanIou)), "parameters matter");
  for (const trial of [best, trials[0], trials.at(-1)!]) {
    const hits = [0, 0], unions = [0, 0];
    for (const sample of samples) {
      const { image, mask: { data } } = await readMasked(sample);
      const { mask } = await camCrfLabel(compute, image, { classifier, parameters: trial.parameters });
      for (const [i, called] of mask.entries()) {
        for (const one of [0, 1]) {
          if (called === one && data[i] === one) hits[one]++;
          if (called === one || data[i] === one) unions[one]++;
        }
      }
    }
    assert.equal(trial.meanIou, (hits[1] / unions[1] + hits[0] / unions[0]) / 2);
  }
});

Deno.test("searchCrf() leaves out a photo that cannot be read, and fails where all are such", async () => {
  await using folder = await temporaryFolder();
  await writeSet(folder.path, 2);
  await Deno.writeTextFile(join(folder.path, "train_img/1.png"), "no picture");
  using compute = await openCompute();
  const { samples } = await photosOf(paperSet("dcd", folder.path), { split: "train" });
  const reported: [string, boolean][] = [];
  const { photos, skipped } = await searchCrf(samples, {
    compute,
    classifier: new FakeClassifier(),
    onPhoto: (name, failure) => reported.push([name, failure !== undefined]),
  });
  assert.equal(photos, 1);
  assert.match(skipped.join(), /^train\/1: .*train_img\/1\.png/);
  assert.deepEqual(reported, [["train/0", false], ["train/1", true]]);
  await assert.rejects(
    searchCrf(samples.slice(1), { compute, classifier: new FakeClassifier() }),
    /none of 1 photos can be used/,
  );
});

/** Searches in a run's folder; the classifier counts what it is asked. */
async function searched(compute: Compute, folder: string): Promise<{ found: CrfSearch; asked: number }> {
  let asked = 0;
  class Asked extends FakeClassifier {
    override activations(...args: Parameters<FakeClassifier["activations"]>) {
      asked++;
      return super.activations(...args);
    }
  }
  const set = paperSet("dcd", folder);
  const { samples } = await photosOf(set, { split: "train" });
  let advanced = 0;
  const found = await crfParameters(
    { plan: { id: "fake" }, classifier: new Asked(), sha256: "fake" },
    {
      set,
      folder: join(folder, "runs"),
      compute,
      photos: samples,
      progress: { ...silent, advance: () => void advanced++ },
    },
  );
  assert.equal(advanced, samples.length);
  return { found, asked };
}

Deno.test("crfParameters() asks once a photo, however many parameters, and keeps what it found", async () => {
  await using folder = await temporaryFolder();
  await writeSet(folder.path, 2);
  using compute = await openCompute();
  const first = await searched(compute, folder.path);
  assert.equal(first.asked, 2);
  const again = await searched(compute, folder.path);
  assert.equal(again.asked, 0);
  assert.deepEqual(again.found, first.found);
  assert.match(
    describeSearch(first.found),
    /^of 27 parameters on 2 training photos the best have a mean IoU of 0\.\d{4}: appearance \d+ \(\d+ px, \d+ levels\)/,
  );
});

Deno.test("crfMethod() predicts masks, and its counts are not taken for those of other parameters", async () => {
  await using folder = await temporaryFolder();
  await writeSet(folder.path, 2);
  using compute = await openCompute();
  const { samples } = await photosOf(paperSet("dcd", folder.path), { split: "train" });
  const method = (weight: number) =>
    crfMethod({
      id: "crf",
      title: "CRF labels",
      sha256: "fake",
      classifier: new FakeClassifier(),
      parameters: { ...PARAMETERS, appearance: { ...PARAMETERS.appearance, weight } },
    });
  const options = { compute, folder: join(folder.path, "counts"), prefix: "x", progress: silent };
  const { results: [{ sweep }] } = await measure(samples, [method(10)], options);
  assert.equal(sweep.ods().value, sweep.ois());
  assert.ok(sweep.ods().value > 0.5, `${sweep.ods().value}`);
  await assert.rejects(measure(samples, [method(3)], options), /counts of 2 photos by another method/);
});
