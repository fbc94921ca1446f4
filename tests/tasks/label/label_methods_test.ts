import assert from "node:assert/strict";
import { join } from "node:path";
import { camCrfLabel, camCrfLabeller } from "../../../core/label/cam_crf/cam_crf_label.ts";
import type { DenseCrfOptions } from "../../../core/label/cam_crf/dense_crf.ts";
import type { Compute } from "../../../core/gpu/compute.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { hairlineLabeller } from "../../../core/label/hairline/hairline_label.ts";
import { satoLabeller } from "../../../core/label/classical/ridges.ts";
import { defaultHairline, type HairlineSettings } from "../../../core/label/hairline/settings.ts";
import { paperLabeller } from "../../../core/label/label_image.ts";
import type { LabellerFactory } from "../../../core/label/labeller.ts";
import { maskPath } from "../../../tasks/batch/maps.ts";
import { UsageError } from "../../../tasks/cli/errors.ts";
import { labelPhotos, type LabelSummary } from "../listed_runs.ts";
import type { Manifest } from "../../../tasks/label/manifest.ts";
import { FakeClassifier } from "../../core/label/fake_classifier.ts";
import { FakeSegmenter } from "../../core/predict/fake_segmenter.ts";
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
  readonly classifierSha256?: string;
  /** Of a method that asks a segmentation network. */
  readonly segmenterSha256?: string;
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
  const classifier = new FakeClassifier(), segmenter = new FakeSegmenter();
  const label = (
    { labeller = byCrf(PARAMETERS), stages = false, classifierSha256 = "fake", segmenterSha256 }:
      LabelOptions = {},
  ) =>
    labelPhotos(
      { paths: [photos], out, quiet: true, title: "labels", stages },
      () =>
        Promise.resolve({
          compute,
          labeller: labeller(compute, { classifier, segmenter }),
          networks: {
            classifier: { name: classifier.name, source: "none", sha256: classifierSha256 },
            ...(segmenterSha256 &&
              { segmenter: { name: segmenter.name, source: "none", sha256: segmenterSha256 } }),
          },
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
      label({ classifierSha256: "other" }),
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

Deno.test("labelPhotos() by a method without a network names the setting in which earlier labels differ", async () => {
  const bySato = (sigmas: readonly number[]): LabellerFactory => (compute) =>
    satoLabeller(compute, { settings: { sigmas } });
  await withPhotos(async (label, { out }) => {
    const first = await label({ labeller: bySato([1, 2]), stages: true });
    assert.deepEqual(first.photos.map(({ stages }) => stages[0]), ["response", "response", "response"]);
    const manifest: Manifest = JSON.parse(await Deno.readTextFile(join(out, "manifest.json")));
    assert.deepEqual([manifest.method, manifest.parameters], ["sato", { sigmas: [1, 2] }]);
    assert.equal((await label({ labeller: bySato([1, 2]), stages: true })).skipped, 3);
    await assert.rejects(
      label({ labeller: bySato([3]) }),
      /they were made with sigmas 1,2, not 3; choose another folder, or the same settings\.$/,
    );
    await assert.rejects(label(), /they were made with the method sato, not cam-crf; /);
  });
});

/** Labels by the method hairline of two fake networks. */
function byHairline(change: Partial<HairlineSettings> = {}): LabellerFactory {
  const settings = { ...defaultHairline, ...change };
  return (compute, networks) => hairlineLabeller(compute, { ...networks, settings });
}

Deno.test("labelPhotos() with hairlineLabeller() keeps both networks in the manifest and goes on by them only", async () => {
  await withPhotos(async (label, { out, compute }) => {
    const hairline = { labeller: byHairline(), segmenterSha256: "seg" };
    const first = await label(hairline);
    assert.deepEqual([first.photos.length, first.skipped, first.failures], [3, 0, []]);
    const manifest: Manifest = JSON.parse(await Deno.readTextFile(join(out, "manifest.json")));
    const { name: _, ...parameters } = defaultHairline;
    assert.deepEqual([manifest.method, manifest.parameters], ["hairline", parameters]);
    assert.deepEqual([manifest.classifier?.sha256, manifest.segmenter?.sha256], ["fake", "seg"]);
    for (const { name, path, crackPixels } of first.photos) {
      const image = await decodeImage(await Deno.readFile(path));
      const networks = { classifier: new FakeClassifier(), segmenter: new FakeSegmenter() };
      const { mask, ...expected } = await hairlineLabeller(compute, networks).label(image);
      const { data } = await decodeImage(await Deno.readFile(maskPath(out, name)));
      assert.deepEqual(mask.map((value) => 255 * value), Uint8Array.from(mask, (_, i) => data[4 * i]));
      assert.equal(crackPixels, expected.crackPixels);
    }

    await Deno.remove(maskPath(out, first.photos[1].name));
    assert.equal((await label(hairline)).skipped, 2);
    await assert.rejects(label({ ...hairline, labeller: byHairline({ flips: "both" }) }), (error) => {
      return error instanceof UsageError && /they were made with flips none, not both; /.test(error.message);
    });
    await assert.rejects(label({ ...hairline, segmenterSha256: "other" }), (error) => {
      return error instanceof UsageError &&
        /they were made with the segmenter redness \(seg\), not redness \(other\); /.test(error.message);
    });
    await assert.rejects(label({ ...hairline, segmenterSha256: undefined }), (error) => {
      return error instanceof UsageError && /the segmenter redness \(seg\), not none; /.test(error.message);
    });
    await assert.rejects(label({ labeller: paperLabeller }), /with the method hairline, not paper; /);
    const report = await Deno.readTextFile(join(out, "report.html"));
    assert.match(report, /<dt>Classifier<\/dt><dd>darkest pixel, none<\/dd>/);
    assert.match(report, /<dt>Segmentation network<\/dt><dd>redness, none<\/dd>/);
    assert.match(report, /<dt>Recipe<\/dt><dd>hairline<\/dd>/);
  });
});

Deno.test("labelPhotos() with hairlineLabeller() labels flat photos, single pixels and photos smaller than a patch, with their stages", async () => {
  await withPhotos(async (label, { out }) => {
    const sizes = { flat: [70, 50], pixel: [1, 1], row: [7, 1], column: [1, 7], small: [15, 17] } as const;
    for (const [name, [width, height]] of Object.entries(sizes)) {
      const data = new Uint8Array(width * height * 3).fill(128);
      await Deno.writeFile(
        join(out, "../photos", `${name}.png`),
        await encodePng({ width, height, channels: 3, data }),
      );
    }
    const { photos, failures } = await label({
      labeller: byHairline({ localisation: "dense", guidedRadius: 2 }),
      segmenterSha256: "seg",
      stages: true,
    });
    assert.deepEqual([photos.length, failures], [8, []]);
    for (const { name, width, height, stages, scales } of photos) {
      if (name in sizes) assert.deepEqual([width, height], sizes[name as keyof typeof sizes]);
      assert.deepEqual([stages[0], stages.at(-1)], ["localisation", "confidence"]);
      for (const key of ["localisation", "scale-1", "network", "refined", "confidence"]) {
        const image = await decodeImage(await Deno.readFile(join(out, "stages", name, `${key}.png`)));
        // A level is kept as the network saw it: larger than a photo that was enlarged.
        const scale = key === "scale-1" ? scales![0].scale : 1;
        const seen = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
        assert.deepEqual([image.width, image.height], seen, `${name} ${key}`);
      }
    }
  });
});
