import assert from "node:assert/strict";
import { join } from "node:path";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { labelImage } from "../../../core/label/label_image.ts";
import { type Recipe, recipes } from "../../../core/label/recipe.ts";
import { upperBounds } from "../../../tasks/reproduce/tables/table_7.ts";
import { countExperiments, runExperiment } from "../../../tasks/reproduce/experiments.ts";
import { measure, readCounts } from "../../../tasks/reproduce/measure/measure.ts";
import { cachedResult } from "../../../tasks/reproduce/cached_result.ts";
import { labelMethod, type Method } from "../../../tasks/reproduce/measure/method.ts";
import { paperSet, photosOf } from "../../../tasks/reproduce/paper_set.ts";
import type { Run } from "../../../tasks/reproduce/run.ts";
import { CachedClassifier } from "../../../tasks/reproduce/measure/cached_classifier.ts";
import { thresholdings } from "../../../tasks/reproduce/figures/figure_3.ts";
import { FakeClassifier } from "../../core/label/fake_classifier.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { HEIGHT, tinyScale, WIDTH, writeLineSet } from "./fixtures.ts";

const silent = { advance: () => {}, inside: () => {}, note: () => {}, [Symbol.dispose]: () => {} };

function method(id: string, recipe: Recipe, classifier: FakeClassifier | CachedClassifier): Method {
  return labelMethod({ id, title: id, sha256: "fake", classifier, recipe });
}

Deno.test("CachedClassifier asks once a photo, and labels as without it", async () => {
  let questions = 0;
  class Asked extends FakeClassifier {
    override scorePatches(...args: Parameters<FakeClassifier["scorePatches"]>) {
      questions++;
      return super.scorePatches(...args);
    }
    override activations(...args: Parameters<FakeClassifier["activations"]>) {
      questions++;
      return super.activations(...args);
    }
  }
  using compute = await openCompute();
  const image = new ImageData(WIDTH, HEIGHT);
  image.data.forEach((_, i) =>
    image.data[i] = i % 4 === 3 ? 255 : (i >> 2) % WIDTH === 30 ? 20 : 150 + i % 40
  );
  const cached = new CachedClassifier(new Asked());
  const changes: Partial<Recipe>[] = [{}, { thresholdClasses: 2 }, { erosionIterations: 0 }, { cam: "none" }];
  for (const change of changes) {
    const recipe = { ...recipes.paper, ...change };
    const label = await labelImage(compute, image, { classifier: cached.for(image, recipe), recipe });
    const plain = await labelImage(compute, image, { classifier: new FakeClassifier(), recipe });
    assert.deepEqual(label.confidence, plain.confidence);
  }
  assert.equal(questions, 2);
  const other = { ...recipes.paper, patchSize: 64, patchStride: 32 };
  await labelImage(compute, image, { classifier: cached.for(image, other), recipe: other });
  assert.equal(questions, 3, "patches of another size are another question");
  await labelImage(compute, image, { classifier: cached.for({}, other), recipe: other });
  assert.equal(questions, 5, "so is another photo");
});

Deno.test("measure() goes on where it was interrupted, to the same counts, and refuses those of another method", async () => {
  await using folder = await temporaryFolder();
  await writeLineSet(folder.path, { train: 1, test: 3 });
  using compute = await openCompute();
  const { samples } = await photosOf(paperSet("dcd", folder.path), { split: "test" });
  const methods = [method("paper", recipes.paper, new FakeClassifier()), ...thresholdings];
  const options = { compute, prefix: "dcd-test", progress: silent };
  const whole = await measure(samples, methods, { ...options, folder: join(folder.path, "whole") });
  assert.deepEqual(whole.skipped, []);
  assert.ok(whole.results[0].sweep.ods().value > 0.5, "the dark line is found");

  const broken = join(folder.path, "broken");
  let asked = 0;
  const failing = methods.map((one) => ({
    ...one,
    predict: (...args: Parameters<Method["predict"]>) => {
      // As a denied permission does, it ends the run.
      if (++asked > methods.length + 2) throw new Deno.errors.NotCapable("enough");
      return one.predict(...args);
    },
  }));
  await assert.rejects(measure(samples, failing, { ...options, folder: broken }), /enough/);
  let left = 0;
  const counted = methods.map((one) => ({
    ...one,
    predict: (...args: Parameters<Method["predict"]>) => (left++, one.predict(...args)),
  }));
  const resumed = await measure(samples, counted, { ...options, folder: broken });
  assert.equal(left, 3 * methods.length - (methods.length + 2));
  for (const [i, { sweep }] of resumed.results.entries()) {
    assert.deepEqual(sweep.ods(), whole.results[i].sweep.ods());
    assert.equal(sweep.size, 3);
  }
  // Answered from the counts alone.
  const never = methods.map((one) => ({ ...one, predict: () => assert.fail("asked again") }));
  const again = await measure(samples, never, { ...options, folder: broken });
  assert.deepEqual(again.results[0].sweep.images(), whole.results[0].sweep.images());

  const other = [{ ...methods[0], identity: "another" }];
  await assert.rejects(
    measure(samples, other, { ...options, folder: broken }),
    /by another method, or of other photos/,
  );
  await assert.rejects(
    measure(samples.slice(1), methods, { ...options, folder: broken }),
    /holds counts of 3 photos by another method, or of other photos; give another --out/,
  );
  await Deno.writeTextFile(join(broken, "dcd-test-paper.json"), "{");
  await assert.rejects(
    readCounts(join(broken, "dcd-test-paper.json"), { identity: 0, photos: [] }),
    /it is not JSON/,
  );
});

Deno.test("figure-3 counted in parts is what one run finds, with what a part has left undone, and other experiments are refused", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  await writeLineSet(at("dcd"), { test: 9 });
  const runInto = (folder: string): Run => ({
    ...{
      folder,
      scale: tinyScale,
      sets: [paperSet("dcd", at("dcd"))],
      classifiers: [],
      quiet: true,
      args: [],
    },
  });
  const whole = await runExperiment("figure-3", runInto(at("whole")));
  const run = runInto(at("parts"));
  const counted = async (index: number) => {
    const [part] = await Array.fromAsync(countExperiments(["figure-3"], { run, shard: { index, count: 3 } }));
    return part;
  };
  const parts = [await counted(3), await counted(1)];
  assert.deepEqual(parts.map(({ shard }) => shard), ["3/3", "1/3"]);
  assert.deepEqual(await counted(3), parts[0], "a part may be run twice");
  const photos = parts.reduce((sum, { photos }) => sum + photos, 0);
  assert.ok(photos > 0 && photos < 9, "the second part is left to the run that joins them");
  const joined = await runExperiment("figure-3", run);
  assert.deepEqual(joined.outcome, whole.outcome);
  const names = (folder: string) =>
    Array.from(Deno.readDirSync(join(folder, "counts")), ({ name }) => name).sort();
  assert.deepEqual(names(at("parts")), names(at("whole")));
  for (const name of names(at("whole"))) {
    const [one, other] = [at("whole"), at("parts")].map((folder) =>
      JSON.parse(Deno.readTextFileSync(join(folder, "counts", name)))
    );
    assert.deepEqual({ ...other, seconds: 0 }, { ...one, seconds: 0 });
  }
  await assert.rejects(
    Array.fromAsync(countExperiments(["figure-3", "table-2"], { run, shard: { index: 1, count: 3 } })),
    /^UsageError: Cannot run table-2 in parts: it trains networks .*; table-labels and figure-3 can be, /,
  );
});

Deno.test("measure() reports a photo that cannot be read, and goes on", async () => {
  await using folder = await temporaryFolder();
  await writeLineSet(folder.path, { test: 3 });
  await Deno.writeTextFile(join(folder.path, "test_img/1.png"), "no picture");
  using compute = await openCompute();
  const { samples } = await photosOf(paperSet("dcd", folder.path), { split: "test" });
  const { results, skipped } = await measure(samples, thresholdings.slice(0, 1), {
    compute,
    folder: folder.path,
    prefix: "x",
    progress: silent,
  });
  assert.equal(results[0].sweep.size, 2);
  assert.equal(skipped.length, 1);
  assert.match(skipped[0], /test\/1: .*test_img\/1\.png/);
});

Deno.test("upperBounds() look at the truth where they say so, and nowhere else", async () => {
  await using folder = await temporaryFolder();
  await writeLineSet(folder.path, { test: 1 });
  // Half of the line is no crack by the truth.
  const half = new Uint8Array(WIDTH * HEIGHT);
  for (let i = 0; i < half.length / 2; i++) half[i] = Math.abs(i % WIDTH - WIDTH / 2) < 1 ? 255 : 0;
  await Deno.writeFile(
    join(folder.path, "test_lab/0.png"),
    await encodePng({ width: WIDTH, height: HEIGHT, channels: 1, data: half }),
  );
  using compute = await openCompute();
  const { samples } = await photosOf(paperSet("dcd", folder.path), { split: "test" });
  const classifier = new CachedClassifier(new FakeClassifier());
  const methods = [
    method("paper", recipes.paper, classifier),
    ...upperBounds(recipes.paper, { sha256: "fake", classifier }),
  ];
  const { results } = await measure(samples, methods, {
    compute,
    folder: folder.path,
    prefix: "x",
    progress: silent,
  });
  const ods = Object.fromEntries(results.map(({ method, sweep }) => [method.id, sweep.ods().value]));
  assert.ok(ods["perfect-localisation"] > ods.paper + 0.1, JSON.stringify(ods));
  assert.ok(ods["perfect-thresholding"] > ods.paper + 0.1, JSON.stringify(ods));
  assert.ok(ods["no-localisation"] <= ods["perfect-localisation"], JSON.stringify(ods));
});

Deno.test("cachedResult() finds a result once, and refuses that of something else", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "a/result.json");
  assert.equal(await cachedResult(path, { a: 1 }, () => Promise.resolve(7)), 7);
  assert.equal(await cachedResult(path, { a: 1 }, () => Promise.resolve(8)), 7);
  await assert.rejects(
    cachedResult(path, { a: 2 }, () => Promise.resolve(8)),
    /the result of another classifier/,
  );
});
