import assert from "node:assert/strict";
import { join } from "node:path";
import { openBackend } from "../../../models/backend.ts";
import { createClassifier } from "../../../models/classifier/classifier.ts";
import { loadClassifier, saveCheckpoint } from "../../../models/classifier/checkpoint.ts";
import { loadSegmenter, saveSegmenter } from "../../../models/segmenter/checkpoint.ts";
import { createSegmenter } from "../../../models/segmenter/segmenter.ts";
import { tf } from "../../../models/tfjs.ts";
import { randomTensor } from "../../models/testing.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { tinySegmenter } from "../predict/prepare_segmenter.ts";
import { type Outcome, runScript } from "../run_script.ts";

const { tasks } = JSON.parse(await Deno.readTextFile(new URL("../../../deno.json", import.meta.url))) as {
  tasks: Record<string, { command: string }>;
};

/** Runs `export` with the permissions of its task. */
function run(args: readonly string[]): Promise<Outcome> {
  const permissions = tasks.export.command.split(" ").filter((word) => word.startsWith("--allow"));
  return runScript("tasks/export.ts", args, { permissions });
}

/** Loads the model of a folder as a page does, which knows nothing of Hairline. */
async function loadOverHttp(folder: string): Promise<tf.LayersModel> {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => new Response(await Deno.readFile(join(folder, new URL(request.url).pathname))),
  );
  const url = `http://127.0.0.1:${server.addr.port}/model.json`;
  return await tf.loadLayersModel(tf.io.http(url, { fetchFunc: fetch }));
}

function largestDifference(a: tf.Tensor, b: tf.Tensor): number {
  assert.deepEqual(a.shape, b.shape);
  return tf.tidy(() => a.sub(b).abs().max().dataSync()[0]);
}

function list(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("export writes the shipped segmentation network so that tfjs alone predicts alike", async () => {
  await using folder = await temporaryFolder();
  const out = join(folder.path, "web");
  const { code, out: text, err } = await run(["shipped-segmenter", "--format", "tfjs", "--out", out]);
  assert.equal(code, 0, err);
  assert.match(text, /^Wrote unet_mobilenet \(1,036,385 parameters\) as a tfjs layers model in F32:\n/);
  assert.deepEqual(list(out), ["model.json", "weights.bin"]);
  await openBackend({ backend: "wasm" });
  const model = await loadOverHttp(out);
  using segmenter = await loadSegmenter();
  const x = randomTensor<tf.Rank.R4>([1, 48, 64, 3], { low: 0, high: 255 });
  const [actual, expected] = [model.predict(x) as tf.Tensor, ...segmenter.confidences(x)];
  assert.ok(largestDifference(actual, expected) < 1e-4);
  tf.dispose([x, actual, expected]);
  model.dispose();
});

Deno.test("export writes a tfjs model of half the bytes, which predicts nearly alike", async () => {
  await using folder = await temporaryFolder();
  const source = join(folder.path, "tiny");
  await Deno.writeFile(source, await tinySegmenter());
  const predictions: tf.Tensor[] = [], sizes: number[] = [];
  const x = randomTensor<tf.Rank.R4>([1, 32, 32, 3], { low: 0, high: 255 });
  for (const precision of ["F32", "F16"]) {
    const out = join(folder.path, precision);
    const { code, err } = await run([source, "-f", "tfjs", "--precision", precision, "-o", out]);
    assert.equal(code, 0, err);
    sizes.push((await Deno.stat(join(out, "weights.bin"))).size);
    const model = await loadOverHttp(out);
    predictions.push(model.predict(x) as tf.Tensor);
    model.dispose();
  }
  assert.equal(sizes[1], sizes[0] / 2);
  const [exact, rounded] = predictions;
  const difference = largestDifference(exact, rounded);
  assert.ok(difference > 0 && difference < 0.01, String(difference));
  tf.dispose([x, ...predictions]);
});

Deno.test("export writes a classifier for tfjs, which gives its probabilities", async () => {
  await using folder = await temporaryFolder();
  await openBackend({ backend: "cpu" });
  using classifier = createClassifier({ arch: "resnet18", width: 0.05, seed: 4 });
  const source = join(folder.path, "crack.hairline"), out = join(folder.path, "web");
  await Deno.writeFile(source, await saveCheckpoint(classifier));
  const { code, out: text, err } = await run([source, "-f", "tfjs", "-o", out, "--json"]);
  assert.equal(code, 0, err);
  const { network, files } = JSON.parse(text);
  assert.equal(network, "resnet18 × 0.05");
  for (const { path, bytes } of files) assert.equal((await Deno.stat(path)).size, bytes);
  const model = await loadOverHttp(out);
  const x = randomTensor<tf.Rank.R4>([2, 40, 40, 3], { low: 0, high: 255 });
  const [actual, expected] = [model.predict(x) as tf.Tensor, tf.tidy(() => classifier.logits(x).softmax())];
  assert.ok(largestDifference(actual, expected) < 1e-4);
  tf.dispose([x, actual, expected]);
  model.dispose();
});

Deno.test("export writes safetensors in a smaller precision, which Hairline reads again", async () => {
  await using folder = await temporaryFolder();
  const source = join(folder.path, "a.safetensors");
  const bytes = await tinySegmenter();
  await Deno.writeFile(source, bytes);
  const sizes: number[] = [];
  for (const precision of ["F32", "F16", "I8"]) {
    const out = join(folder.path, "new", `${precision}.safetensors`);
    const outcome = await run([source, "-f", "safetensors", "--precision", precision, "-o", out]);
    assert.equal(outcome.code, 0, outcome.err);
    sizes.push((await Deno.stat(out)).size);
    using copy = await loadSegmenter(out);
    using original = await loadSegmenter(source);
    const name = "encoder3_1_conv/kernel";
    const [a, b] = [copy, original].map(({ parameters }) => parameters.get(name)!);
    const allowed = { F32: 0, F16: 1e-3, I8: 0.01 }[precision]!;
    assert.ok(largestDifference(a, b) <= allowed * tf.tidy(() => b.abs().max().dataSync()[0]), precision);
  }
  assert.ok(sizes[0] > sizes[1] && sizes[1] > sizes[2], String(sizes));
  // An exact copy but for what only the header says.
  const copy = await Deno.readFile(join(folder.path, "new", "F32.safetensors"));
  assert.deepEqual(copy, new Uint8Array(bytes));
  using classifier = await loadClassifier();
  const out = join(folder.path, "classifier.safetensors");
  assert.equal((await run(["shipped-classifier", "-f", "safetensors", "-o", out])).code, 0);
  using again = await loadClassifier(out);
  assert.equal(again.name, classifier.name);
});

Deno.test("export refuses what it cannot do in a sentence, and leaves no trace", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  await openBackend({ backend: "cpu" });
  using liu = createSegmenter({ arch: "deepcrack_liu", width: 1 / 64 });
  await Deno.writeFile(at("liu"), await saveSegmenter(liu));
  await Deno.writeFile(at("tiny"), await tinySegmenter());
  await Deno.writeFile(at("damaged"), (await tinySegmenter()).slice(0, -100));
  await Deno.mkdir(at("used"));
  await Deno.copyFile(at("tiny"), at("used/weights.bin"));
  const before = list(folder.path), source = await Deno.readFile(at("tiny"));
  const tfjs = ["-f", "tfjs", "-o", at("web")], safe = ["-f", "safetensors", "-o", at("copy")];
  const cases: [args: string[], code: number, message: RegExp][] = [
    [
      [at("liu"), ...tfjs],
      1,
      /^Error: Cannot write deepcrack_liu × 0\.015625 as a tfjs layers model: tfjs has no layer for its side2_full \(bilinear × 2\); take safetensors\.$/m,
    ],
    [
      [at("damaged"), ...safe],
      1,
      /^Error: Cannot use .*damaged: cannot read the safetensors file: [^\n]*\.$/m,
    ],
    [[at("none"), ...safe], 2, /^Error: Cannot read .*none: there is no such file or folder\.$/m],
    [
      [at("tiny"), "-f", "safetensors", "-o", at("tiny")],
      2,
      /tiny: it is there already; choose another name/,
    ],
    [
      [at("used/weights.bin"), "-f", "tfjs", "-o", at("used")],
      2,
      /weights\.bin: it is there already; choose another name/,
    ],
    [[at("tiny"), "-f", "tfjs", "-o", at("liu")], 2, /liu: it is a file, and tfjs takes a folder/],
    [[at("tiny"), ...tfjs, "--precision", "I8"], 2, /Cannot write tfjs with --precision I8/],
    [[at("tiny"), "-o", at("copy")], 2, /--format/],
  ];
  for (const [args, code, message] of cases) {
    const outcome = await run(args);
    assert.equal(outcome.code, code, outcome.err);
    assert.match(outcome.err, message);
    assert.deepEqual(list(folder.path), before);
  }
  assert.deepEqual(await Deno.readFile(at("tiny")), source);
  assert.deepEqual(list(at("used")), ["weights.bin"]);
});
