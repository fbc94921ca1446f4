import assert from "node:assert/strict";
import { File, type Group, ready } from "npm:h5wasm@0.10.3";
import { openBackend } from "../../../models/backend.ts";
import { encodeSafetensors } from "../../../models/checkpoint/safetensors.ts";
import type { NetworkClassifier } from "../../../models/classifier/classifier.ts";
import { tf } from "../../../models/tfjs.ts";
import { startClassifier } from "../../../tasks/classifier/start_classifier.ts";
import { batchTensor, randomBatch, scrambledClassifier } from "../../models/classifier/networks.ts";
import { assertClose } from "../../core/testing.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const NETWORK = { arch: "efficientnet_b0", width: 0.01 } as const;

/** A tensor of a file: shape, then values. */
type Tensor = readonly [shape: number[], data: Float32Array<ArrayBuffer>];

/** A classifier's values under the names of a library. */
async function tensorsOf(
  classifier: NetworkClassifier,
  nameOf: (ours: string) => string,
  order: (name: string, tensor: Tensor) => Tensor,
): Promise<Map<string, Tensor>> {
  const tensors = new Map<string, Tensor>();
  for (const [name, variable] of classifier.parameters) {
    const data = Float32Array.from(await variable.data<"float32">());
    tensors.set(nameOf(name), order(name, [variable.shape, data]));
  }
  return tensors;
}

/** timm's name of a parameter: `blocks.STAGE.INDEX`, batch norms counted, the first stage without an expansion. */
function timmName(ours: string): string {
  const [layer, role] = ours.split("/");
  const roles = {
    gamma: "weight",
    beta: "bias",
    moving_mean: "running_mean",
    moving_variance: "running_var",
    depthwise_kernel: "weight",
    kernel: "weight",
    bias: "bias",
  };
  const outside = {
    stem_conv: "conv_stem",
    stem_bn: "bn1",
    top_conv: "conv_head",
    top_bn: "bn2",
    predictions: "classifier",
  };
  const end = roles[role as keyof typeof roles];
  if (layer in outside) return `${outside[layer as keyof typeof outside]}.${end}`;
  const [, stage, letter, part] = layer.match(/^block(\d)([a-z])_(.+)$/)!;
  const first = stage === "1";
  const parts: Record<string, string> = {
    expand_conv: "conv_pw",
    expand_bn: "bn1",
    dwconv: "conv_dw",
    bn: first ? "bn1" : "bn2",
    se_reduce: "se.conv_reduce",
    se_expand: "se.conv_expand",
    project_conv: first ? "conv_pw" : "conv_pwl",
    project_bn: first ? "bn2" : "bn3",
  };
  return `blocks.${Number(stage) - 1}.${"abcd".indexOf(letter)}.${parts[part]}.${end}`;
}

/** A kernel with its outputs first, as PyTorch has it. */
function outputsFirst(name: string, [shape, data]: Tensor): Tensor {
  if (!/kernel$/.test(name)) return [shape, data];
  const order = shape.length === 2 ? [1, 0] : name.endsWith("depthwise_kernel") ? [2, 3, 0, 1] : [3, 2, 0, 1];
  return tf.tidy(() => {
    const turned = tf.tensor(data, shape).transpose(order);
    return [turned.shape, Float32Array.from(turned.dataSync<"float32">())] as const;
  });
}

/** A file as Keras' save_weights() writes it: a group a layer, whose attribute names its weights. */
async function kerasFile(tensors: ReadonlyMap<string, Tensor>): Promise<Uint8Array<ArrayBuffer>> {
  const { FS } = await ready;
  const layers = Map.groupBy(tensors, ([name]) => name.split("/")[0]);
  const file = new File("/made.h5", "w");
  file.create_attribute("layer_names", [...layers.keys()]);
  for (const [layer, weights] of layers) {
    const group = file.create_group(layer) as Group;
    group.create_attribute("weight_names", weights.map(([name]) => `${name}:0`));
    const inner = group.create_group(layer) as Group;
    for (const [name, [shape, data]] of weights) {
      inner.create_dataset({ name: `${name.split("/")[1]}:0`, data, shape });
    }
  }
  file.close();
  const bytes = Uint8Array.from(FS.readFile("/made.h5") as Uint8Array);
  FS.unlink("/made.h5");
  return bytes;
}

/** Both classify alike. */
function assertAlike(actual: NetworkClassifier, expected: NetworkClassifier): void {
  const x = batchTensor(randomBatch(2, 40, 33));
  const [found, wanted] = tf.tidy(() => [actual, expected].map((one) => one.logits(x).dataSync<"float32">()));
  assertClose(found, wanted, 1e-5 * Math.max(1, ...wanted.map(Math.abs)), "logits");
  x.dispose();
}

Deno.test("startClassifier() starts an EfficientNet from timm's safetensors, every layer in its place", async () => {
  await openBackend({ backend: "cpu" });
  await using folder = await temporaryFolder();
  using classifier = scrambledClassifier(NETWORK);
  const tensors = await tensorsOf(classifier, timmName, outputsFirst);
  const start = `${folder.path}/timm.safetensors`;
  const stored = [...tensors].map(([name, [shape, data]]) => [name, { dtype: "F32", shape, data }] as const);
  await Deno.writeFile(start, encodeSafetensors({ tensors: new Map(stored), metadata: {} }));
  const network = await startClassifier({ ...NETWORK, start });
  const { size } = classifier.specs;
  assert.deepEqual(network.notes, [`${start} has ${size} of ${size} parameters in timm's layout.`]);
  using made = network.create({ seed: 3, trainingSize: 32 });
  assertAlike(made, classifier);
});

Deno.test("startClassifier() starts an EfficientNet from Keras' .h5, which says how images are scaled", async () => {
  await openBackend({ backend: "cpu" });
  await using folder = await temporaryFolder();
  const start = `${folder.path}/keras.h5`;
  const scaling = { offset: [127.5, 127.5, 0], divisor: [127.5, 255, 51] } as const;
  using classifier = scrambledClassifier({ ...NETWORK, scaling });
  const tensors = await tensorsOf(classifier, (name) => name, (_, tensor) => tensor);
  tensors.set("normalization/mean", [[3], Float32Array.of(0.5, 0.5, 0)]);
  tensors.set("normalization/variance", [[3], Float32Array.of(0.25, 1, 0.04)]);
  tensors.set("normalization/count", [[1], Float32Array.of(0)]);
  await Deno.writeFile(start, await kerasFile(tensors));
  const network = await startClassifier({ ...NETWORK, start });
  const { size } = classifier.specs;
  assert.deepEqual(network.notes, [`${start} has ${size} of ${size} parameters in Keras's layout.`]);
  using made = network.create({ seed: 3, trainingSize: 32 });
  assertAlike(made, classifier);
});

Deno.test("startClassifier() leaves out ImageNet's head of an EfficientNet, and refuses a variance of 0", async () => {
  await openBackend({ backend: "cpu" });
  await using folder = await temporaryFolder();
  const start = `${folder.path}/keras.h5`;
  using classifier = scrambledClassifier(NETWORK);
  const tensors = await tensorsOf(classifier, (name) => name, (_, tensor) => tensor);
  tensors.set("predictions/kernel", [[16, 1000], new Float32Array(16_000)]);
  tensors.set("predictions/bias", [[1000], new Float32Array(1000)]);
  await Deno.writeFile(start, await kerasFile(tensors));
  const network = await startClassifier({ ...NETWORK, start });
  assert.equal(
    network.notes[1],
    "Its head is left out, ours is untrained: predictions/kernel, predictions/bias.",
  );
  tensors.set("normalization/mean", [[3], new Float32Array(3)]);
  tensors.set("normalization/variance", [[3], new Float32Array(3)]);
  await Deno.writeFile(start, await kerasFile(tensors));
  await assert.rejects(() => startClassifier({ ...NETWORK, start }), {
    name: "RangeError",
    message: /^Cannot use .*keras\.h5: cannot scale pictures by .* no divisor 0\.$/,
  });
});
