import assert from "node:assert/strict";
import { join } from "node:path";
import { camCrfLabel, camCrfLabeller } from "../../../core/label/cam_crf/cam_crf_label.ts";
import type { DenseCrfOptions } from "../../../core/label/cam_crf/dense_crf.ts";
import type { Compute } from "../../../core/gpu/compute.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { paperLabeller } from "../../../core/label/label_image.ts";
import type { LabellerFactory } from "../../../core/label/labeller.ts";
import { maskPath } from "../../../tasks/batch/maps.ts";
import { labelPhotos, type LabelSummary } from "../../../tasks/label/label_photos.ts";
import { FakeClassifier } from "../../core/label/fake_classifier.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { crackPhoto } from "../crack_photo.ts";

const PARAMETERS: DenseCrfOptions = {
  iterations: 5,
  appearance: { weight: 10, sigmaSpace: 20, sigmaColour: 13 },
  smoothness: { weight: 1, sigmaSpace: 1 },
};

function byCrf(parameters: DenseCrfOptions): LabellerFactory {
  return (compute, { classifier }) => camCrfLabeller(compute, { classifier, parameters });
}

interface LabelOptions {
  readonly labeller?: LabellerFactory;
  readonly stages?: boolean;
  readonly sha256?: string;
}

/** Labels three photos of a new folder, into `labels/`. */
async function withPhotos(
  test: (
    label: (options?: LabelOptions) => Promise<LabelSummary>,
    at: { readonly out: string; readonly compute: Compute },
  ) => Promise<void>,
): Promise<void> {
  await using folder = await temporaryFolder();
  const photos = join(folder.path, "photos"), out = join(folder.path, "labels");
  await Deno.mkdir(photos);
  for (const i of [0, 1, 2]) await Deno.writeFile(join(photos, `${i}.png`), await crackPhoto(70 + i, 50, i));
  using compute = await openCompute();
  const classifier = new FakeClassifier();
  const label = ({ labeller = byCrf(PARAMETERS), stages = false, sha256 = "fake" }: LabelOptions = {}) =>
    labelPhotos(
      { paths: [photos], out, quiet: true, title: "labels", labeller, stages },
      () =>
        Promise.resolve({
          compute,
          classifier,
          classifierRecord: { name: classifier.name, source: "none", sha256 },
          runtime: { deno: "", tfjs: "", adapter: "", software: true, backend: "" },
        }),
    );
  await test(label, { out, compute });
}

Deno.test("labelPhotos() with camCrfLabeller() writes the masks of camCrfLabel(), goes on where it was interrupted, and refuses other parameters", async () => {
  await withPhotos(async (label, { out, compute }) => {
    const classifier = new FakeClassifier();
    const first = await label();
    assert.deepEqual([first.photos.length, first.skipped, first.failures], [3, 0, []]);
    for (const { name, path, crackPixels, usableForTraining } of first.photos) {
      const image = await decodeImage(await Deno.readFile(path));
      const { mask, ...expected } = await camCrfLabel(compute, image, { classifier, parameters: PARAMETERS });
      const { data } = await decodeImage(await Deno.readFile(maskPath(out, name)));
      assert.deepEqual(mask.map((value) => 255 * value), Uint8Array.from(mask, (_, i) => data[4 * i]));
      assert.equal(crackPixels, expected.crackPixels);
      assert.equal(usableForTraining, crackPixels >= 100);
    }

    await Deno.remove(maskPath(out, first.photos[1].name));
    const second = await label();
    assert.equal(second.skipped, 2);
    assert.deepEqual(
      second.photos.map(({ labelledAt }, i) => labelledAt === first.photos[i].labelledAt),
      [true, false, true],
    );
    await assert.rejects(
      label({ labeller: byCrf({ ...PARAMETERS, iterations: 4 }) }),
      /Cannot add to the labels in .*: they were made with \{"iterations":5,.*, not \{"iterations":4,/,
    );
    await assert.rejects(
      label({ sha256: "other" }),
      /they were made with the classifier darkest pixel \(fake\), not darkest pixel \(other\)/,
    );
  });
});

Deno.test("labelPhotos() refuses to mix methods in one folder", async () => {
  await withPhotos(async (label) => {
    await label();
    await assert.rejects(
      label({ labeller: paperLabeller }),
      /they were made with the method cam-crf, not paper; choose another folder, or the same settings\.$/,
    );
  });
  await withPhotos(async (label) => {
    await label({ labeller: paperLabeller });
    await assert.rejects(label(), /they were made with the method paper, not cam-crf; /);
  });
});

Deno.test("labelPhotos() takes up folders of CRF labels from before their method was named", async () => {
  await withPhotos(async (label, { out }) => {
    await label();
    const path = join(out, "manifest.json");
    const { method: _, seeds: __, ...before } = JSON.parse(await Deno.readTextFile(path));
    await Deno.writeTextFile(path, JSON.stringify({ ...before, task: "label-crf" }));
    await assert.rejects(label({ labeller: paperLabeller }), /made with the method cam-crf, not paper; /);
    await assert.rejects(
      label({ labeller: byCrf({ ...PARAMETERS, iterations: 4 }) }),
      /not \{"iterations":4,/,
    );
    assert.equal((await label()).skipped, 3);
    const { task, method, parameters } = JSON.parse(await Deno.readTextFile(path));
    assert.deepEqual([task, method, parameters], ["label", "cam-crf", PARAMETERS]);
  });
});

Deno.test("labelPhotos() writes the stages and the report that the method has", async () => {
  await withPhotos(async (label, { out }) => {
    const keys = ["activation-map", "confidence"];
    const { photos } = await label({ stages: true });
    assert.deepEqual(photos.map(({ stages }) => stages), [keys, keys, keys]);
    for (const key of keys) {
      const { width, height } = await decodeImage(await Deno.readFile(join(out, "stages/2", `${key}.png`)));
      assert.deepEqual([width, height], [72, 50]);
    }
    const report = await Deno.readTextFile(join(out, "report.html"));
    assert.match(report, /Grad-CAM and a fully connected random field/);
    assert.match(report, /appearance\.sigmaColour/);
    assert.match(report, /The probability of crack that the random field makes of it/);
  });
});
