import assert from "node:assert/strict";
import { join } from "node:path";
import { openCompute } from "../../core/compute.ts";
import { labelImage } from "../../core/label_image.ts";
import { type Recipe, recipes } from "../../core/recipe.ts";
import { describeOutcome } from "../../tasks/reproduce/describe.ts";
import { type ExperimentName, experiments } from "../../tasks/reproduce/experiments.ts";
import type { Scale } from "../../tasks/reproduce/plans.ts";
import { type ExperimentRecord, keepOutcome } from "../../tasks/reproduce/record.ts";
import type { Run } from "../../tasks/reproduce/run.ts";
import { table2 } from "../../tasks/reproduce/table_2.ts";
import { ceilings } from "../../tasks/reproduce/ceilings.ts";
import { readCounts } from "../../tasks/reproduce/counts.ts";
import { keptResult } from "../../tasks/reproduce/kept_result.ts";
import { measure } from "../../tasks/reproduce/measure.ts";
import { labelMethod, type Method } from "../../tasks/reproduce/method.ts";
import { photoSet, photosOf } from "../../tasks/reproduce/photo_set.ts";
import { RememberedClassifier } from "../../tasks/reproduce/remembered_classifier.ts";
import { thresholdings } from "../../tasks/reproduce/thresholdings.ts";
import { encodePng } from "../../core/encode_png.ts";
import { FakeClassifier } from "../core/fake_classifier.ts";
import { writeFiles } from "../core/dataset_fixtures.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { crackPhoto } from "./crack_photo.ts";
import { runScript } from "./run_script.ts";

const WIDTH = 70, HEIGHT = 50;

/** The mask of {@linkcode crackPhoto}. */
function crackMask(): Promise<Uint8Array> {
  const data = new Uint8Array(WIDTH * HEIGHT);
  for (let i = 0; i < data.length; i++) data[i] = Math.abs(i % WIDTH - WIDTH / 2) < 1 ? 255 : 0;
  return encodePng({ width: WIDTH, height: HEIGHT, channels: 1, data });
}

/** Photos with a dark line, laid out as DCD. */
async function writeSet(folder: string, counts: Readonly<Record<string, number>>): Promise<void> {
  const files: Record<string, Promise<Uint8Array>> = {};
  for (const [split, count] of Object.entries(counts)) {
    for (let i = 0; i < count; i++) {
      files[`${split}_img/${i}.png`] = crackPhoto(WIDTH, HEIGHT, i + 1);
      files[`${split}_lab/${i}.png`] = crackMask();
    }
  }
  await writeFiles(folder, files);
}

const silent = { advance: () => {}, note: () => {}, [Symbol.dispose]: () => {} };

function method(id: string, recipe: Recipe, classifier: FakeClassifier | RememberedClassifier): Method {
  return labelMethod({ id, title: id, sha256: "fake", classifier, recipe });
}

Deno.test("RememberedClassifier asks once a photo, and labels as without it", async () => {
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
  const remembered = new RememberedClassifier(new Asked());
  const changes: Partial<Recipe>[] = [{}, { thresholdClasses: 2 }, { erosionIterations: 0 }, { cam: "none" }];
  for (const change of changes) {
    const recipe = { ...recipes.paper, ...change };
    const label = await labelImage(compute, image, { classifier: remembered.for(image, recipe), recipe });
    const plain = await labelImage(compute, image, { classifier: new FakeClassifier(), recipe });
    assert.deepEqual(label.confidence, plain.confidence);
  }
  assert.equal(questions, 2);
  const other = { ...recipes.paper, patchSize: 64, patchStride: 32 };
  await labelImage(compute, image, { classifier: remembered.for(image, other), recipe: other });
  assert.equal(questions, 3, "patches of another size are another question");
  await labelImage(compute, image, { classifier: remembered.for({}, other), recipe: other });
  assert.equal(questions, 5, "so is another photo");
});

Deno.test("measure() goes on where it was broken off, to the same counts, and refuses those of another method", async () => {
  await using folder = await temporaryFolder();
  await writeSet(folder.path, { train: 1, test: 3 });
  using compute = await openCompute();
  const { samples } = await photosOf(photoSet("dcd", folder.path), { split: "test" });
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
    /it holds no JSON/,
  );
});

Deno.test("measure() tells of a photo that cannot be read, and goes on", async () => {
  await using folder = await temporaryFolder();
  await writeSet(folder.path, { test: 3 });
  await Deno.writeTextFile(join(folder.path, "test_img/1.png"), "no picture");
  using compute = await openCompute();
  const { samples } = await photosOf(photoSet("dcd", folder.path), { split: "test" });
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

Deno.test("ceilings() look at the truth where they say so, and nowhere else", async () => {
  await using folder = await temporaryFolder();
  await writeSet(folder.path, { test: 1 });
  // Half of the line is no crack by the truth.
  const half = new Uint8Array(WIDTH * HEIGHT);
  for (let i = 0; i < half.length / 2; i++) half[i] = Math.abs(i % WIDTH - WIDTH / 2) < 1 ? 255 : 0;
  await Deno.writeFile(
    join(folder.path, "test_lab/0.png"),
    await encodePng({ width: WIDTH, height: HEIGHT, channels: 1, data: half }),
  );
  using compute = await openCompute();
  const { samples } = await photosOf(photoSet("dcd", folder.path), { split: "test" });
  const classifier = new RememberedClassifier(new FakeClassifier());
  const methods = [
    method("paper", recipes.paper, classifier),
    ...ceilings(recipes.paper, { sha256: "fake", classifier }),
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

Deno.test("keptResult() finds a result once, and refuses that of something else", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "a/result.json");
  assert.equal(await keptResult(path, { a: 1 }, () => Promise.resolve(7)), 7);
  assert.equal(await keptResult(path, { a: 1 }, () => Promise.resolve(8)), 7);
  await assert.rejects(
    keptResult(path, { a: 2 }, () => Promise.resolve(8)),
    /the result of another classifier/,
  );
});

/** Classifiers that are trained in a moment. */
const tiny: Scale = {
  name: "small",
  classifiers: ["a", "b"].map((id) => ({
    id,
    title: `Tiny ${id}`,
    published: "resnet50",
    settings: {
      arch: "resnet18",
      width: 0.05,
      epochs: 1,
      batch: 16,
      learningRate: 0.01,
      schedule: "one-cycle",
      patchSizes: [32],
      patches: 32,
      rim: 0,
      zoom: 1,
      augment: true,
      seed: id.charCodeAt(0),
    },
  })),
  trainingPhotos: 2,
  searchPhotos: 2,
  segmentation: { networks: [], usual: [], usualOfTable8: [] },
};

/** The experiments without segmentation networks. */
const LABEL_EXPERIMENTS = [
  "table-1",
  "table-2",
  "table-7",
  "figure-2",
  "figure-3",
  "figure-4",
] as const satisfies ExperimentName[];

Deno.test("the experiments train once, share classifiers and counts, and write what they rest on", async () => {
  await using folder = await temporaryFolder();
  await writeSet(folder.path, { train: 3, test: 2 });
  const out = join(folder.path, "runs");
  const run: Run = {
    folder: out,
    scale: tiny,
    sets: [photoSet("crack500", folder.path)],
    classifiers: [],
    quiet: true,
    args: [],
  };
  const records: Record<string, ExperimentRecord> = {};
  const trained = () => Deno.stat(join(out, "classifiers/crack500-a.safetensors")).then(({ mtime }) => mtime);
  let first: Date | null = null;
  for (const name of LABEL_EXPERIMENTS) {
    records[name] = await keepOutcome(name, await experiments[name].run(run), run);
    first ??= await trained();
    const written = JSON.parse(await Deno.readTextFile(join(out, `${name}.json`)));
    assert.deepEqual(written, JSON.parse(JSON.stringify(records[name])));
  }
  assert.deepEqual(await trained(), first);

  const [table] = records["table-2"].outcome.tables;
  assert.equal(table.title, "Labels of CRACK500 train, 2 of 3 photos");
  assert.deepEqual(table.rows.map(({ title }) => title), [
    "Tiny a, recipe paper",
    "Tiny a, recipe reference",
    "Tiny a, CRF labels [17]",
    "Tiny b, recipe paper",
    "Tiny b, recipe reference",
    "Tiny b, CRF labels [17]",
  ]);
  assert.deepEqual(table.rows[0].figures.map(({ published }) => published), [
    0.5359,
    undefined,
    0.5839,
    0.4371,
    0.1868,
  ]);
  const crf = table.rows[2].figures;
  assert.deepEqual(crf.map(({ published }) => published), [0.3796, undefined, 0.3796, 0.1851, 0.8739]);
  assert.equal(crf[0].ours, crf[2].ours, "ODS and OIS of masks");
  assert.match(
    table.notes.at(-1)!,
    /^CRF labels of Tiny b: of 27 parameters on 2 training photos the best have a mean IoU of 0\.\d+/,
  );
  const markdown = await Deno.readTextFile(join(out, "table-2.md"));
  const { ours } = table.rows[0].figures[0];
  assert.match(
    markdown,
    new RegExp(
      `\\| Tiny a, recipe paper \\| ${ours.toFixed(4)} \\| 0\\.5359 \\| −${(0.5359 - ours).toFixed(4)} \\|`,
    ),
  );
  assert.match(markdown, /Photos: 2 of the 3 of CRACK500 train/);
  assert.match(markdown, /Classifier: resnet18 × 0\.05, trained on 32 patches of 3 photos/);

  const [patches128, patches32] = records["table-1"].outcome.tables;
  assert.equal(patches128.rows[0].figures[0].published, 0.9045);
  assert.equal(patches32.rows[0].figures[0].published, undefined);
  assert.deepEqual(records["table-7"].outcome.tables.map(({ rows }) => rows.length), [4, 5, 3]);
  for (const name of ["figure-2", "figure-3", "figure-4"]) {
    const svg = await Deno.readTextFile(join(out, `${name}-crack500.svg`));
    assert.equal(svg.match(/<image /g)?.length, 2 * (name === "figure-2" ? 4 : 7));
  }
  assert.match(
    describeOutcome(records["table-7"]),
    /What would be left to win: CRACK500 train, 2 of 3 photos, Tiny a/,
  );

  const other = { ...tiny.classifiers[0], settings: { ...tiny.classifiers[0].settings, patches: 48 } };
  await assert.rejects(
    table2({ ...run, scale: { ...tiny, classifiers: [other] } }),
    /it was trained with patches 32 where 48 is wanted; give another --out/,
  );
  await using elsewhere = await temporaryFolder();
  await writeSet(elsewhere.path, { train: 2, test: 1 });
  await assert.rejects(
    table2({ ...run, sets: [photoSet("crack500", elsewhere.path)] }),
    /it was trained on 3 other photos than the 2 of CRACK500's training part/,
  );
  await assert.rejects(
    table2({ ...run, classifiers: ["c"] }),
    /Cannot use the classifier c: at the scale small there are a, b\./,
  );
});

Deno.test("figures leave out a photo that cannot be read, and tell of it", async () => {
  await using folder = await temporaryFolder();
  await writeSet(folder.path, { train: 2, test: 3 });
  await Deno.writeTextFile(join(folder.path, "test_img/0.png"), "no picture");
  const sets = [photoSet("dcd", folder.path)];
  const run: Run = {
    folder: join(folder.path, "runs"),
    scale: tiny,
    sets,
    classifiers: ["a"],
    networks: [],
    quiet: true,
    args: [],
  };
  for (const name of ["figure-2", "figure-3"] as const) {
    const { pictures, skipped } = await experiments[name].run(run);
    assert.equal(skipped.length, 1);
    assert.match(skipped[0], /^test\/0: /);
    assert.equal(pictures[0].content.match(/<image /g)?.length, 2 * (name === "figure-2" ? 4 : 7));
  }
});

Deno.test("reproduce runs Figure 3 from the command line, and names what is missing", async () => {
  await using folder = await temporaryFolder();
  await writeSet(folder.path, { test: 2 });
  const out = join(folder.path, "runs");
  const script = "tasks/reproduce.ts";
  const permissions = ["--allow-read", `--allow-write=${folder.path}`];
  const args = ["figure-3", "--dcd", folder.path, "--out", out, "-q"];
  const done = await runScript(script, args, { permissions });
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, /Thresholds without localisation, DCD test, 2 of 2 photos\n +ODS {2}mean-pr/);
  assert.match(
    await Deno.readTextFile(join(out, "figure-3.md")),
    /!\[Figure 3: thresholds\]\(figure-3-dcd\.svg\)/,
  );
  const cases: [args: string[], message: RegExp][] = [
    [
      ["table-2", "--out", out],
      /Cannot run table-2 without photos: the paper's are CRACK500's; give --crack500/,
    ],
    [["table-10", "--dcd", folder.path, "--out", out], /table-10/],
    [
      ["table-3", "--dcd", folder.path, "--out", out],
      /Cannot run the table of CRACK500 without its photos: give --crack500 and its folder/,
    ],
    [[...args, "--split", "val"], /Cannot use the split val of .*; there is test\./],
    [["figure-3", "--ael", join(folder.path, "no"), "--out", out], /no: there is no such file or folder/],
  ];
  for (const [args, message] of cases) {
    const { code, err } = await runScript(script, args, { permissions });
    assert.deepEqual([code, message.test(err) ? "" : err], [2, ""]);
  }
});
