import assert from "node:assert/strict";
import { openBackend } from "../../../models/backend.ts";
import { createClassifier } from "../../../models/classifier/classifier.ts";
import type { ForeignWeights } from "../../../models/import/foreign_weights.ts";
import { importWeights } from "../../../models/import/import_weights.ts";
import { readKerasWeights } from "../../../models/import/keras_weights.ts";
import { openWeights } from "../../../models/import/open_weights.ts";
import { readTfjsWeights } from "../../../models/import/tfjs_weights.ts";
import { tf } from "../../../models/tfjs.ts";
import { runScript } from "../../tasks/run_script.ts";

const noShard = (): Promise<Uint8Array> => Promise.reject(new Error("no shard is wanted"));

async function openFixture(name: string): Promise<ForeignWeights> {
  return await openWeights(await readFixture(name), noShard);
}

async function readFixture(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return await Deno.readFile(new URL(`../../fixtures/weights/${name}`, import.meta.url));
}

/** The values of the index-th weight of the Keras fixtures. */
function value(index: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => i % 97 / 16 + index);
}

const KERAS: readonly [name: string, shape: readonly number[]][] = [
  ["conv1_conv/kernel", [7, 7, 3, 4]],
  ["conv1_conv/bias", [4]],
  ["conv1_bn/gamma", [4]],
  ["conv1_bn/beta", [4]],
  ["conv1_bn/moving_mean", [4]],
  ["conv1_bn/moving_variance", [4]],
  ["block1a_dwconv/depthwise_kernel", [3, 3, 4, 1]],
  ["predictions/kernel", [4, 2]],
  ["predictions/bias", [2]],
];

for (
  const [file, how] of [
    ["keras_weights.h5", "as save_weights() lays them out"],
    ["keras_compressed.h5", "in the newest HDF5, compressed"],
    ["keras_model.h5", "in a whole model of a nested one, with lists in parts and float64"],
  ]
) {
  Deno.test(`openWeights() reads Keras' weights ${how}`, async () => {
    using weights = await openFixture(file);
    const read = [...weights.tensors].map(([name, { shape, data }]) => [name, [...shape], data]);
    const expected = KERAS.map((
      [name, shape],
      i,
    ) => [name, shape, value(i, shape.reduce((a, b) => a * b, 1))]);
    assert.deepEqual(read, expected);
  });
}

Deno.test("openWeights() reads the names of Keras' oldest files", async () => {
  using weights = await openFixture("keras_oldest.h5");
  assert.deepEqual([...weights.tensors.keys()], ["block1_conv1/kernel", "block1_conv1/bias"]);
  assert.deepEqual(weights.tensors.get("block1_conv1/bias")!.data, value(1, 4));
});

Deno.test("openWeights() reads several HDF5 files at once", async () => {
  const names = ["keras_weights.h5", "keras_oldest.h5", "keras_compressed.h5"];
  const files = await Promise.all(names.map(openFixture));
  assert.deepEqual(files.map(({ tensors }) => tensors.size), [9, 2, 9]);
  for (const file of files) file[Symbol.dispose]();
});

Deno.test("openKerasWeights() gives up a damaged file that keeps HDF5's library busy without end, and reads the next", async () => {
  const { code, out, err } = await runScript("tests/models/import/fixture_endless_keras.ts", [], {
    permissions: ["--allow-read"],
  });
  assert.equal(code, 0, err);
  assert.equal(
    out,
    "SyntaxError: Cannot read the Keras .h5 file: it is damaged, reading it took more than 2 s.\n2 weights.\n",
  );
});

Deno.test("readKerasWeights() reads alike where no thread may be started", async () => {
  const read = await readKerasWeights(await readFixture("keras_weights.h5"));
  using threaded = await openFixture("keras_weights.h5");
  assert.deepEqual(
    [...read].map(([name, { shape, data }]) => [name, shape, data]),
    [...threaded.tensors].map(([name, { shape, data }]) => [name, shape, data]),
  );
});

Deno.test("importWeights() turns blue, green, red of Keras' ResNets around, and reports their scaling", async () => {
  using weights = await openFixture("keras_weights.h5");
  const whole = createClassifier({ arch: "resnet18", width: 0.01 }).specs;
  const specs = new Map([...whole].map(([name, spec]) => {
    const own = weights.tensors.get(name);
    return [name, own ? { ...spec, shape: own.shape } : spec];
  }));
  const taken = importWeights(weights, { arch: "resnet18", specs });
  assert.deepEqual(taken.scaling, { offset: [123.68, 116.779, 103.939], divisor: 1 });
  const kernel = value(0, 588), turned = taken.values.get("conv1_conv/kernel")!;
  assert.deepEqual([...turned.subarray(0, 12)], [
    ...kernel.subarray(8, 12),
    ...kernel.subarray(4, 8),
    ...kernel.subarray(0, 4),
  ]);
  assert.deepEqual(taken.values.get("conv1_bn/gamma"), value(2, 4));
  assert.deepEqual(taken.values.get("predictions/kernel"), value(7, 8));
  assert.deepEqual(taken.unused, ["block1a_dwconv/depthwise_kernel"]);
  // With the scaling given, the weights are those of RGB.
  const own = importWeights(weights, { arch: "resnet18", specs, scaling: { offset: 0, divisor: 255 } });
  assert.deepEqual(own.values.get("conv1_conv/kernel"), kernel);
  assert.deepEqual(own.scaling, { offset: 0, divisor: 255 });
});

Deno.test("openWeights() refuses weights of Keras 3 without names of layers in one sentence", async () => {
  await assert.rejects(openFixture("keras_three.h5"), {
    name: "SyntaxError",
    message:
      'Cannot read the Keras .h5 file: / has no attribute "layer_names", which Keras writes up to version 2 and save() of 3.',
  });
});

Deno.test("openWeights() refuses HDF5 files that are cut short or whose root is damaged in one sentence", async () => {
  const whole = await readFixture("keras_compressed.h5");
  const damaged = [8, 20, 32, 40, 50].map((at) => whole.map((byte, i) => i === at ? byte ^ 0xff : byte));
  for (let length = 8; length < whole.length; length += 1009) damaged.push(whole.slice(0, length));
  for (const bytes of damaged) {
    await assert.rejects(() => openWeights(bytes, noShard), {
      name: "SyntaxError",
      message: /^Cannot read the Keras \.h5 file: [^\n]*\.$/,
    });
  }
});

/** A manifest of one group. */
function manifest(weights: readonly unknown[], paths = ["a.bin"]): string {
  return JSON.stringify({ format: "layers-model", modelTopology: {}, weightsManifest: [{ paths, weights }] });
}

Deno.test("readTfjsWeights() reads shards, quantised or not, as tfjs does", async () => {
  const specs: tf.io.WeightsManifestEntry[] = [
    { name: "conv1_conv/kernel", shape: [1, 2, 1, 3], dtype: "float32" },
    { name: "a/bias", shape: [3], dtype: "float32", quantization: { dtype: "uint8", scale: 0.5, min: -3 } },
    { name: "b/bias", shape: [2], dtype: "float32", quantization: { dtype: "uint16", scale: 0.25, min: 1 } },
    { name: "c/bias", shape: [3], dtype: "float32", quantization: { dtype: "float16" } },
    { name: "d/count", shape: [], dtype: "int32" },
  ];
  const bytes = Uint8Array.from({ length: 24 + 3 + 4 + 6 + 4 }, (_, i) => i % 4 === 3 ? 63 : i * 37 % 256);
  await openBackend({ backend: "cpu" });
  const expected = tf.io.decodeWeights(bytes.slice().buffer, specs);
  // A tensor lies across the border of two shards.
  const shards: Record<string, Uint8Array> = {
    "x/1.bin": bytes.subarray(0, 10),
    "x/2.bin": bytes.subarray(10),
  };
  const weights = await readTfjsWeights(
    manifest(specs, ["x/1.bin", "x/2.bin"]),
    (path) => Promise.resolve(shards[path]),
  );
  assert.deepEqual([...weights.tensors.keys()], Object.keys(expected));
  for (const [name, { shape, data }] of weights.tensors) {
    assert.deepEqual([[...shape], data], [
      expected[name].shape,
      Float32Array.from(expected[name].dataSync()),
    ]);
  }
  tf.dispose(expected);
});

const ENTRY = { name: "a/kernel", shape: [2], dtype: "float32" };
const HOSTILE: [why: string, json: string, message: RegExp][] = [
  ["no JSON", "{x", /no JSON\./],
  ["a list", "[]", /no JSON object/],
  ["another format", JSON.stringify({ format: "graph-model" }), /"graph-model", "layers-model" is wanted/],
  ["no manifest", JSON.stringify({ format: "layers-model" }), /no list "weightsManifest"/],
  ["a group that is null", JSON.stringify({ weightsManifest: [null] }), /something else than groups/],
  ["a group without paths", JSON.stringify({ weightsManifest: [{ weights: [] }] }), /lacks paths/],
  ["a text", manifest([{ ...ENTRY, dtype: "string" }]), /a known dtype/],
  ["a dtype of another name", manifest([{ ...ENTRY, dtype: "toString" }]), /a known dtype/],
  ["a negative shape", manifest([{ ...ENTRY, shape: [-2] }]), /a shape/],
  [
    "a scale that is no number",
    manifest([{ ...ENTRY, quantization: { dtype: "uint8", scale: "1" } }]),
    /dtype/,
  ],
  ["two of a name", manifest([ENTRY, { ...ENTRY, shape: [0] }]), /two weights called "a\/kernel"/],
  [
    "too short a shard",
    manifest([{ ...ENTRY, shape: [3] }]),
    /"a\/kernel" ends at byte 12 of a\.bin, which has 8/,
  ],
  ["too long a shard", manifest([{ ...ENTRY, shape: [1] }]), /4 bytes follow the last weight in a\.bin/],
];

for (const [why, json, message] of HOSTILE) {
  Deno.test(`readTfjsWeights() refuses ${why} in one sentence`, async () => {
    const reading = () => readTfjsWeights(json, () => Promise.resolve(new Uint8Array(8)));
    await assert.rejects(reading, { name: "SyntaxError", message });
    await assert.rejects(reading, { message: /^Cannot read the tfjs model: [^\n]*\.$/ });
  });
}

Deno.test("openWeights() takes a file whose first byte is a brace for what it is", async () => {
  // The length of a safetensors header whose last byte is that of a brace.
  const header = JSON.stringify({ x: { dtype: "U8", shape: [2], data_offsets: [0, 2] } }).padEnd(0x227b);
  const bytes = new Uint8Array(8 + header.length + 2);
  bytes.set([0x7b, 0x22]);
  bytes.set(new TextEncoder().encode(header), 8);
  bytes.set([3, 4], 8 + header.length);
  using weights = await openWeights(bytes, noShard);
  assert.equal(weights.kind, "safetensors file");
  assert.deepEqual([...weights.tensors.get("x")!.data], [3, 4]);
  using json = await openWeights(
    new TextEncoder().encode(`\n ${manifest([ENTRY])}`),
    () => Promise.resolve(new Uint8Array(8)),
  );
  assert.equal(json.kind, "tfjs model");
});
