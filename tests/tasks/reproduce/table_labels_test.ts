import assert from "node:assert/strict";
import { join } from "node:path";
import { readMasked } from "../../../core/datasets/sample.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { hairlineLabeller } from "../../../core/label/hairline/hairline_label.ts";
import { defaultHairline } from "../../../core/label/hairline/settings.ts";
import type { Label, Labeller } from "../../../core/label/labeller.ts";
import { openBackend } from "../../../models/backend.ts";
import { loadClassifier } from "../../../models/classifier/checkpoint.ts";
import { loadSegmenter } from "../../../models/segmenter/checkpoint.ts";
import { runExperiment } from "../../../tasks/reproduce/experiments.ts";
import { changesOf, labellingPlans } from "../../../tasks/reproduce/labelling_plans.ts";
import { bySurface, maskFigures, sweptImages } from "../../../tasks/reproduce/measure/mask_figures.ts";
import { measure } from "../../../tasks/reproduce/measure/measure.ts";
import { labellerMethods } from "../../../tasks/reproduce/measure/method.ts";
import { crackFreePhotos, otherSet, paperSet, photosOf } from "../../../tasks/reproduce/paper_set.ts";
import type { Run } from "../../../tasks/reproduce/run.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { HEIGHT, tinyScale, WIDTH, writeCrackFree, writeLineSet, writeThreeSets } from "./fixtures.ts";

const silent = { advance: () => {}, inside: () => {}, note: () => {}, [Symbol.dispose]: () => {} };

/** An image of a sweep: so many pixels of each kind below and from 0.5 on. */
function swept(name: string, counts: readonly [background: readonly number[], crack: readonly number[]]) {
  const [background, crack] = counts.map(([below, above]) => {
    const bins = new Array<number>(100).fill(0);
    [bins[49], bins[50]] = [below, above];
    return bins;
  });
  return { name, background, crack, correct: crack, found: crack };
}

Deno.test("maskFigures() are what is called crack at 0.5", () => {
  const some = swept("a", [[80, 10], [4, 6]]), none = swept("b", [[50, 0], [0, 0]]);
  const { f1, area, called, calm } = maskFigures([some, none]);
  // P = 6 / 16, R = 6 / 10: F1 = 12 / 26; the other photo has neither crack nor anything called so.
  assert.ok(Math.abs(f1 - (12 / 26 + 1) / 2) < 1e-12);
  assert.deepEqual([area, called, calm], [1.6, 16 / 150, 0.5]);
  assert.deepEqual(maskFigures([]), { f1: 0, area: 0, called: 0, calm: 0 });
  assert.deepEqual(maskFigures([none]), { f1: 1, area: 0, called: 0, calm: 1 });
});

Deno.test("bySurface() goes by the beginning of a photo's name", () => {
  const images = ["px-1", "walls/br-2-3", "px-4", "a-b/nothing", "7-x"].map((name) =>
    swept(name, [[1, 0], [0, 0]])
  );
  assert.deepEqual(
    [...bySurface(images)].map(([surface, of]) => [surface, ...of.map(({ name }) => name)]),
    [["px", "px-1", "px-4"], ["br", "walls/br-2-3"]],
  );
});

Deno.test("labellingPlans have each row once, and none that is the default under another name", () => {
  const ids = labellingPlans.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(ids.slice(0, 3), ["paper", "reference", "hairline"]);
  const changed = (settings: typeof defaultHairline) => changesOf(settings).map(([id]) => id);
  assert.ok(changed({ ...defaultHairline, flips: "none" }).includes("flips-both"));
  assert.ok(!changed({ ...defaultHairline, flips: "none" }).includes("no-flips"));
  const unlocalised = changed({ ...defaultHairline, localisation: "none", fusion: "mean" });
  assert.ok(!unlocalised.includes("no-localisation"));
  assert.ok(unlocalised.includes("localisation") && unlocalised.includes("localisation-mean"));
});

Deno.test("labellerMethods() label a photo once for confidence and mask", async () => {
  await using folder = await temporaryFolder();
  await writeLineSet(folder.path, { test: 2 });
  let asked = 0;
  const labeller: Labeller = {
    id: "row",
    title: "row",
    settings: {},
    minCrackPixels: 1,
    stages: [],
    label: ({ width, height }) => {
      asked++;
      // Sure of the left half, less of the rest: the threshold is 0.7.
      const confidence = Float32Array.from(
        { length: width * height },
        (_, i) => i % width < width / 2 ? 0.9 : 0.6,
      );
      const mask = Uint8Array.from(confidence, (value) => Number(value > 0.7));
      const label: Label = {
        width,
        height,
        confidence,
        mask,
        crackPixels: 0,
        usableForTraining: true,
        stages: [],
      };
      return Promise.resolve(label);
    },
  };
  using compute = await openCompute();
  const { samples } = await photosOf(paperSet("dcd", folder.path), { split: "test" });
  const { confidence, mask } = labellerMethods({ id: "x", title: "x", labeller, networks: {} });
  const { results } = await measure(samples, [confidence, mask], {
    compute,
    folder: join(folder.path, "counts"),
    prefix: "p",
    progress: silent,
  });
  assert.equal(asked, 2);
  const [ofConfidence, ofMask] = results.map(({ sweep }) => maskFigures(sweptImages(sweep)));
  assert.deepEqual([ofConfidence.called, ofMask.called], [1, 0.5]);
  // The true line is two pixels wide, or three with an odd middle.
  const truth = Array.from({ length: WIDTH }, (_, x) => Math.abs(x - WIDTH / 2) < 1).filter(Boolean).length;
  assert.equal(ofMask.area, WIDTH / 2 / truth);
});

Deno.test("crackFreePhotos() are photos with an empty truth", async () => {
  await using folder = await temporaryFolder();
  await writeCrackFree(folder.path, ["a-1", "a-2", "b-1"]);
  const { samples, all } = await crackFreePhotos(otherSet("Walls", folder.path), { limit: 2 });
  assert.deepEqual([samples.map(({ name }) => name), all], [["a-1", "a-2"], 3]);
  const { image, mask } = await readMasked(samples[0]);
  assert.deepEqual([image.width, image.height], [WIDTH, HEIGHT]);
  assert.deepEqual(mask.data, new Uint8Array(WIDTH * HEIGHT));
  await using empty = await temporaryFolder();
  await assert.rejects(
    crackFreePhotos(otherSet("Walls", empty.path), {}),
    /^UsageError: Cannot find a photo in /,
  );
});

Deno.test("table-labels measures every row on the test parts, on sets without parts, and on crack-free photos", async () => {
  await using folder = await temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  const sets = await writeThreeSets(folder.path, { dcd: { test: 1 }, crackFree: ["brick-1", "tile-1"] });
  const run: Run = {
    folder: at("runs"),
    scale: tinyScale,
    ...sets,
    classifiers: [],
    quiet: true,
    args: [],
  };
  const { outcome } = await runExperiment("table-labels", run);
  const [dcd, mine, walls] = outcome.tables;
  assert.deepEqual(outcome.tables.map(({ title }) => title), [
    "Labels of DCD test, 1 of 1 photos",
    "Labels of Mine all, 1 of 1 photos",
    "Labels of Walls, crack-free, 2 of 2 photos",
  ]);
  for (const { rows } of outcome.tables) {
    assert.deepEqual(rows.map(({ title }) => title), labellingPlans.map(({ title }) => title));
  }
  assert.deepEqual(dcd.rows[0].figures.map(({ metric }) => metric), [
    ...["ODS", "mean-pr", "OIS", "AP", "F1 at default", "below ODS", "area", "images/s"],
  ]);
  assert.deepEqual(walls.rows[0].figures.map(({ metric }) => metric), [
    ...["pixels", "calm", "brick: pixels", "brick: calm", "tile: pixels", "tile: calm"],
  ]);
  assert.deepEqual(outcome.networks!.map(({ source }) => source), ["shipped", "shipped"]);

  // The row of the defaults, from the masks themselves.
  using compute = await openCompute();
  await openBackend({ compute });
  using classifier = await loadClassifier();
  using segmenter = await loadSegmenter();
  const labeller = hairlineLabeller(compute, { classifier, segmenter });
  const row = mine.rows[2],
    figure = (name: string) => row.figures.find(({ metric }) => metric === name)!.ours;
  const { samples: [photo] } = await photosOf(run.others![0], { split: "all" });
  const { image, mask: truth } = await readMasked(photo);
  const { mask } = await labeller.label(image);
  let both = 0, called = 0, crack = 0;
  for (const [i, one] of mask.entries()) {
    both += one * truth.data[i];
    called += one;
    crack += truth.data[i];
  }
  assert.equal(row.title, "hairline");
  assert.ok(Math.abs(figure("F1 at default") - 2 * both / (called + crack)) < 1e-12);
  assert.equal(figure("area"), called / crack);
  assert.equal(figure("below ODS"), figure("ODS") - figure("F1 at default"));
  const ground = await crackFreePhotos(run.crackFree![0], {});
  const shares = [];
  for (const sample of ground.samples) {
    const { mask } = await labeller.label(await sample.image());
    shares.push(mask.reduce((sum, value) => sum + value, 0) / mask.length);
  }
  const ofWalls = walls.rows[2].figures.map(({ ours }) => ours);
  const calm = shares.map((share) => Number(share === 0));
  assert.deepEqual(ofWalls, [
    ...[(shares[0] + shares[1]) / 2, (calm[0] + calm[1]) / 2],
    ...[shares[0], calm[0], shares[1], calm[1]],
  ]);

  const again = await runExperiment("table-labels", run);
  assert.deepEqual(again.outcome, outcome, "answered from the counts, times included");
  assert.match(
    await Deno.readTextFile(at("runs/table-labels.md")),
    /\| hairline \| 0\.\d{4} \|.*- Network: .*, shipped, [0-9a-f]{8}\./s,
  );
});
