import assert from "node:assert/strict";
import { openBackend } from "../../../models/backend.ts";
import { createClassifier } from "../../../models/classifier/classifier.ts";
import { exportTfjs } from "../../../models/export/export_tfjs.ts";
import { loadClassifier, saveCheckpoint } from "../../../models/classifier/checkpoint.ts";
import { startClassifier } from "../../../tasks/classifier/start_classifier.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const TORCHVISION =
  new URL("../../fixtures/weights/torchvision_resnet18.safetensors", import.meta.url).pathname;
const KERAS = new URL("../../fixtures/weights/keras_weights.h5", import.meta.url).pathname;

Deno.test("startClassifier() starts from torchvision's weights, whose scaling stays with the classifier", async () => {
  const network = await startClassifier({ arch: "resnet18", width: 0.01, start: TORCHVISION });
  assert.match(network.choice.start!, /^[0-9a-f]{64}$/);
  assert.deepEqual(network.notes, [`${TORCHVISION} has 122 of 122 parameters in torchvision's layout.`]);
  await openBackend();
  using made = network.create({ seed: 3, trainingSize: 32 });
  using copy = await loadClassifier(await saveCheckpoint(made));
  assert.deepEqual(copy.network.input, {
    offset: [123.675, 116.28, 103.53],
    divisor: [58.395, 57.12, 57.375],
  });
  const bias = await copy.parameters.get("predictions/bias")!.data<"float32">();
  using untrained = createClassifier({ arch: "resnet18", width: 0.01 });
  assert.notDeepEqual(bias, await untrained.parameters.get("predictions/bias")!.data<"float32">());
});

Deno.test("startClassifier() leaves out a head that does not fit, and says so", async () => {
  const network = await startClassifier({
    arch: "resnet18",
    width: 0.01,
    head: "reference",
    start: TORCHVISION,
  });
  assert.equal(network.notes[0], `${TORCHVISION} has 120 of 124 parameters in torchvision's layout.`);
  assert.equal(
    network.notes[1],
    "Its head is left out, ours is untrained: hidden/kernel, hidden/bias, predictions/kernel, predictions/bias.",
  );
});

Deno.test("startClassifier() starts from a tfjs model of cracks, which keeps its scaling", async () => {
  await using folder = await temporaryFolder();
  using classifier = createClassifier({ arch: "resnet18", width: 0.01, seed: 5 });
  const { json, weights } = await exportTfjs(classifier);
  const start = `${folder.path}/model.json`;
  await Deno.writeTextFile(start, json);
  await Deno.writeFile(`${folder.path}/weights.bin`, weights);
  const network = await startClassifier({ arch: "resnet18", width: 0.01, start });
  using made = network.create({ seed: 3, trainingSize: 32 });
  assert.deepEqual(made.network.input, { offset: 0, divisor: 255 });
  for (const [name, variable] of classifier.parameters) {
    assert.deepEqual(await made.parameters.get(name)!.data(), await variable.data(), name);
  }
});

Deno.test("startClassifier() refuses weights of another library that fit no network that was named", async () => {
  await assert.rejects(() => startClassifier({ start: TORCHVISION }), {
    name: "UsageError",
    message: `Cannot start from ${TORCHVISION}: it does not say which network it belongs to; give --arch.`,
  });
  await assert.rejects(
    () => startClassifier({ arch: "mobilenet_v2", start: TORCHVISION }),
    /not for mobilenet_v2\.$/,
  );
  await assert.rejects(() => startClassifier({ arch: "resnet18", start: TORCHVISION }), {
    name: "RangeError",
    message:
      /120 of 120 parameters of resnet18 × 1 found no values; is it the right --arch and --width\? .*conv1\.weight is/,
  });
  await assert.rejects(() => startClassifier({ arch: "resnet18", width: 0.01, start: KERAS }), {
    name: "RangeError",
    message: /^Cannot start from .*: 120 of 120 parameters .* Of Keras's layers the file lacks/,
  });
});
