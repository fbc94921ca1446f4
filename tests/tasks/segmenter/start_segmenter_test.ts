import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng } from "../../../core/images/encode_png.ts";
import { openBackend } from "../../../models/backend.ts";
import { saveCheckpoint } from "../../../models/classifier/checkpoint.ts";
import { createClassifier } from "../../../models/classifier/classifier.ts";
import { encodeSafetensors, type StoredTensor } from "../../../models/checkpoint/safetensors.ts";
import { encodeTfjs } from "../../../models/export/tfjs_model.ts";
import { vgg16Pairs } from "../../../models/import/layer_pairs.ts";
import { loadSegmenter, saveSegmenter } from "../../../models/segmenter/checkpoint.ts";
import { describeSegmentationNetwork } from "../../../models/segmenter/architectures.ts";
import { startSegmenter } from "../../../tasks/segmenter/start_segmenter.ts";
import { seeded } from "../../core/testing.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { crackPhoto } from "../crack_photo.ts";
import { type Outcome, runScript } from "../run_script.ts";

const WIDTH = 1 / 32;
const STANDARDISED = { offset: [123.675, 116.28, 103.53], divisor: [58.395, 57.12, 57.375] };
const { tasks } = JSON.parse(await Deno.readTextFile(new URL("../../../deno.json", import.meta.url))) as {
  tasks: Record<string, { command: string }>;
};

/** Kernels and biases of VGG-16 as narrow as ours, height × width × inputs × outputs, by the names of a library. */
function narrowVgg(names: "Keras" | "torchvision"): Map<string, { shape: number[]; data: Float32Array }> {
  const random = seeded(3);
  const { specs } = describeSegmentationNetwork({ arch: "deepcrack_zou", width: WIDTH });
  return new Map(
    vgg16Pairs("deepcrack_zou", names).flatMap(({ ours, theirs }) =>
      ["kernel", "bias"].map((role): [string, { shape: number[]; data: Float32Array }] => {
        const { shape } = specs.get(`${ours.kernel}/${role}`)!;
        const length = shape.reduce((product, size) => product * size, 1);
        return [`${theirs.kernel}/${role}`, {
          shape: [...shape],
          data: Float32Array.from({ length }, () => (random() - 0.5) / 2),
        }];
      })
    ),
  );
}

/** torchvision's file of {@linkcode narrowVgg}, classifier included. */
function torchvisionFile(): Uint8Array {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { shape, data }] of narrowVgg("torchvision")) {
    if (name.endsWith("/bias")) {
      tensors.set(name.replace("/bias", ".bias"), { dtype: "F32", shape, data });
      continue;
    }
    const [height, width, inputs, outputs] = shape;
    const turned = new Float32Array(data.length);
    data.forEach((value, i) => {
      const o = i % outputs, c = Math.floor(i / outputs) % inputs, at = Math.floor(i / outputs / inputs);
      turned[(o * inputs + c) * height * width + at] = value;
    });
    const name_ = name.replace("/kernel", ".weight");
    tensors.set(name_, { dtype: "F32", shape: [outputs, inputs, height, width], data: turned });
  }
  tensors.set("classifier.0.bias", { dtype: "F32", shape: [4], data: new Float32Array(4) });
  return encodeSafetensors({ tensors, metadata: { format: "pt" } });
}

/** Runs `segmenter:train` with the permissions of its task. */
function train(args: readonly string[]): Promise<Outcome> {
  const permissions = tasks["segmenter:train"].command.split(" ").filter((word) =>
    word.startsWith("--allow")
  );
  return runScript("tasks/segmenter/train.ts", args, { permissions });
}

Deno.test("segmenter:train starts DeepCrack from torchvision's VGG-16, names the rest, and keeps its scaling", async () => {
  await using folder = await temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  for (const name of ["images", "masks"]) await Deno.mkdir(at(name));
  await Deno.writeFile(at("images", "0.png"), await crackPhoto(32, 32, 1));
  const data = new Uint8Array(32 * 32).map((_, i) => i % 32 === 16 ? 255 : 0);
  await Deno.writeFile(at("masks", "0.png"), await encodePng({ width: 32, height: 32, channels: 1, data }));
  const bytes = torchvisionFile();
  await Deno.writeFile(at("vgg.safetensors"), bytes);
  const options = {
    ...{ "--images": at("images"), "--masks": at("masks"), "--out": at("zou"), "--width": String(WIDTH) },
    ...{ "--crop": "32", "--batch": "1", "--crops": "1", "--epochs": "1", "--learning-rate": "1e-9" },
    ...{ "--threads": "1", "--arch": "deepcrack_zou", "--start": at("vgg.safetensors") },
  };
  const { code, err } = await train(Object.entries(options).flat());
  assert.equal(code, 0, err);
  const lines = err.split("\n");
  assert.ok(lines.includes(`${at("vgg.safetensors")} has 26 of 74 parameters in torchvision's layout.`), err);
  assert.match(
    err,
    /^48 parameters that torchvision has nothing for keep their first values: decoder5_1\/kernel, .* and 40 more\.$/m,
  );
  assert.match(err, /^Nothing was taken from 1 tensor of the file: classifier\.0\.bias\.$/m);
  assert.match(err, /^The card beside the result names them all\.$/m);

  const { settings, data: { imported } } = JSON.parse(await Deno.readTextFile(at("zou.json")));
  assert.match(settings.start, /^[0-9a-f]{64}$/);
  assert.equal(
    imported.sha256,
    new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))).toHex(),
  );
  assert.deepEqual([imported.taken, imported.parameters, imported.layout], [26, 74, "torchvision"]);
  assert.equal(imported.own.length, 48);
  assert.deepEqual([imported.missing, imported.misfits, imported.unused], [[], [], ["classifier.0.bias"]]);

  await openBackend({ backend: "cpu" });
  using trained = await loadSegmenter(at("zou"));
  assert.deepEqual(trained.network.input, STANDARDISED);
  const given = narrowVgg("torchvision");
  for (const { ours, theirs } of vgg16Pairs("deepcrack_zou", "torchvision")) {
    const values = await trained.parameters.get(`${ours.kernel}/kernel`)!.data<"float32">();
    const { data } = given.get(`${theirs.kernel}/kernel`)!;
    assert.ok(values.every((value, i) => Math.abs(value - data[i]) < 1e-5), ours.kernel);
  }
  // Going on from it keeps the scaling as well.
  const next = await startSegmenter({ start: at("zou") });
  using copy = next.create({ seed: 1, trainingSize: 32 });
  assert.deepEqual(copy.network.input, STANDARDISED);
});

Deno.test("segmenter:train ends with 1 and a sentence where nothing of a file fits, with 2 where --arch is missing", async () => {
  await using folder = await temporaryFolder();
  const start = `${folder.path}/vgg.safetensors`;
  await Deno.writeFile(start, torchvisionFile());
  const other = `${folder.path}/other.safetensors`;
  const tensors = new Map([["a", { dtype: "F32", shape: [1], data: new Float32Array(1) } as const]]);
  await Deno.writeFile(other, encodeSafetensors({ tensors, metadata: {} }));
  const cases: [args: string[], code: number, message: RegExp][] = [
    [
      ["--arch", "deepcrack_liu", "--start", start],
      1,
      /^Error: Cannot start from .*vgg\.safetensors: not one of its layers fits deepcrack_liu × 1 \(features\.0\.weight is 3 × 3 × 3 × 2 and stage1_1_conv\/kernel 3 × 3 × 3 × 64\); is it the right --arch, and --width 1\?$/m,
    ],
    [
      ["--arch", "oed_b0", "--start", other],
      1,
      /^Error: Cannot use .*: cannot take weights for oed_b0 from/m,
    ],
    [["--start", start], 2, /it does not say which network it belongs to; give --arch\.$/m],
    [["--arch", "unet", "--start", start], 2, /\(VGG-16\) and OED \(EfficientNet\), not for unet\.$/m],
    [["--arch", "unet", "--start", folder.path], 2, /it is a folder without model\.json/m],
  ];
  for (const [args, code, message] of cases) {
    const out = `${folder.path}/x`;
    const outcome = await train(["--images", folder.path, "--masks", folder.path, "-o", out, ...args]);
    assert.equal(outcome.code, code, outcome.err);
    assert.match(outcome.err, message);
    await assert.rejects(Deno.stat(out), Deno.errors.NotFound);
  }
});

Deno.test("startSegmenter() starts from the folder of a tfjs VGG-16, whose blue comes first and whose means are Caffe's", async () => {
  await using folder = await temporaryFolder();
  const { json, weights } = encodeTfjs({ tensors: narrowVgg("Keras") });
  await Deno.writeTextFile(`${folder.path}/model.json`, json);
  await Deno.writeFile(`${folder.path}/weights.bin`, weights);
  const chosen = await startSegmenter({ arch: "deepcrack_liu", width: WIDTH, start: folder.path });
  assert.equal(chosen.notes[0], `${folder.path}/model.json has 65 of 71 parameters in Keras's layout.`);
  await openBackend({ backend: "cpu" });
  using made = chosen.create({ seed: 1, trainingSize: 32 });
  assert.deepEqual(made.network.input, { offset: [123.68, 116.779, 103.939], divisor: 1 });
  const { data } = narrowVgg("Keras").get("block1_conv1/kernel")!;
  const values = await made.parameters.get("stage1_1_conv/kernel")!.data<"float32">();
  // Two outputs: the first pixel's weights of blue are the last of red, green, blue.
  assert.deepEqual([...values.subarray(4, 6)], [...data.subarray(0, 2)]);
  using copy = await loadSegmenter(await saveSegmenter(made));
  assert.deepEqual(copy.network.input, made.network.input);

  await Deno.writeTextFile(`${folder.path}/model.json`, json.replace("weights.bin", "../weights.bin"));
  await assert.rejects(
    startSegmenter({ arch: "deepcrack_liu", width: WIDTH, start: folder.path }),
    /^SyntaxError: Cannot use .*model\.json: cannot read the tfjs model: its shard \.\.\/weights\.bin lies outside its folder; put all files into one\.$/,
  );
});

Deno.test("startSegmenter() takes a classifier for the encoder, scaling included, and refuses one that is none", async () => {
  await using folder = await temporaryFolder();
  const start = `${folder.path}/classifier.safetensors`;
  await openBackend({ backend: "cpu" });
  const scaling = { offset: 3, divisor: 200 };
  for (
    const [encoder, arch, shared] of [
      ["mobilenet_v2", "unet_mobilenet", "block_13_expand/kernel"],
      ["efficientnet_b0", "oed_b0", "block7a_project_conv/kernel"],
    ] as const
  ) {
    using classifier = createClassifier({ arch: encoder, width: WIDTH, scaling, seed: 9 });
    await Deno.writeFile(start, await saveCheckpoint(classifier));
    const { choice, create } = await startSegmenter({ start });
    assert.deepEqual([choice.arch, choice.width], [arch, WIDTH]);
    assert.match(choice.start ?? "", /^[0-9a-f]{64}$/);
    using made = create({ seed: 1, trainingSize: 32 });
    assert.deepEqual(made.network.input, scaling);
    for (const name of classifier.network.specs.keys()) {
      const [theirs, ours] = [classifier, made].map(({ parameters }) => parameters.get(name)!.dataSync());
      assert.deepEqual(ours, theirs, name);
    }
    assert.ok(classifier.network.specs.has(shared));
  }
  await assert.rejects(startSegmenter({ start, arch: "unet" }), {
    name: "UsageError",
    message: `Cannot start from ${start}: its arch is oed_b0 and --arch says unet; leave out --arch.`,
  });
  using resnet = createClassifier({ arch: "resnet18", width: WIDTH });
  await Deno.writeFile(start, await saveCheckpoint(resnet));
  await assert.rejects(startSegmenter({ start }), {
    name: "RangeError",
    message:
      /classifier\.safetensors: cannot start a segmentation network from a classifier resnet18: one of mobilenet_v2, /,
  });
  const { choice } = await startSegmenter({ start: "shipped-classifier" });
  assert.deepEqual([choice.arch, choice.width], ["unet_mobilenet", 1]);
});
