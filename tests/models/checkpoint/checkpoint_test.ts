import assert from "node:assert/strict";
import { hashValues } from "../../../models/checkpoint/checkpoint.ts";
import { dequantizeKernel, quantizeKernel } from "../../../models/checkpoint/precision.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
} from "../../../models/checkpoint/safetensors.ts";
import { loadCheckpoint, loadClassifier, saveCheckpoint } from "../../../models/classifier/checkpoint.ts";
import type { NetworkClassifier } from "../../../models/classifier/classifier.ts";
import { tf } from "../../../models/tfjs.ts";
import { MomentumSgd } from "../../../models/training/momentum.ts";
import { assertClose, seeded } from "../../core/testing.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { batchTensor, randomBatch, scrambledClassifier } from "../classifier/networks.ts";
import { use } from "../testing.ts";

const TINY = {
  arch: "resnet18",
  width: 0.01,
  head: "reference",
  seed: 12,
  trainingSize: 40,
  strideAt: "middle",
} as const;

/** The logits of a few images. */
async function logitsOf(classifier: NetworkClassifier): Promise<number[]> {
  const logits = tf.tidy(() => classifier.logits(batchTensor(randomBatch(5, 33, 33, 3))));
  const values = [...await logits.data()];
  logits.dispose();
  return values;
}

/** One training step on the batch of that number. */
function trainStep(classifier: NetworkClassifier, optimiser: MomentumSgd, step: number): void {
  tf.tidy(() => {
    const x = batchTensor(randomBatch(4, 33, 33, 100 + step));
    const classes = tf.tensor2d([[1, 0], [0, 1], [1, 0], [0, 1]]);
    const variables = classifier.trainable;
    const { grads } = tf.variableGrads(
      () => tf.losses.softmaxCrossEntropy(classes, classifier.trainingLogits(x)).asScalar(),
      [...variables.values()],
    );
    const named = Object.fromEntries([...variables].map(([name, { name: id }]) => [name, grads[id]]));
    optimiser.step(named, variables, 0.01);
  });
}

async function valuesOf(tensors: ReadonlyMap<string, tf.Tensor>): Promise<Map<string, number[]>> {
  const values = new Map<string, number[]>();
  for (const [name, tensor] of tensors) values.set(name, [...await tensor.data()]);
  return values;
}

/** The file with its header's metadata or tensors changed. */
function altered(
  bytes: Uint8Array,
  change: (file: { tensors: Map<string, StoredTensor>; metadata: Record<string, string> }) => void,
): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const file = { tensors: new Map(tensors), metadata: { ...metadata } };
  change(file);
  return encodeSafetensors(file);
}

for (const backend of ["cpu", "wasm"] as const) {
  Deno.test(`loadCheckpoint() gives back what saveCheckpoint() was given, to the bit: ${backend}`, async () => {
    await use(backend);
    const before = tf.memory().numTensors;
    {
      using classifier = scrambledClassifier(TINY);
      const logits = await logitsOf(classifier);
      const { classifier: loaded, training, restoreOptimiser } = await loadCheckpoint(
        await saveCheckpoint(classifier),
      );
      using copy = loaded;
      assert.deepEqual(await valuesOf(copy.parameters), await valuesOf(classifier.parameters));
      assert.deepEqual([...copy.trainable.keys()], [...classifier.trainable.keys()]);
      assert.deepEqual(await logitsOf(copy), logits);
      assert.equal(new Set(logits).size, 10, "images differ");
      const { head, seed, trainingSize, name, network } = copy;
      assert.deepEqual({ head, seed, trainingSize, name, strideAt: network.strideAt }, {
        head: "reference",
        seed: 12,
        trainingSize: 40,
        name: "resnet18 × 0.01",
        strideAt: "middle",
      });
      assert.equal(training, undefined);
      assert.equal(restoreOptimiser, undefined);
    }
    assert.equal(tf.memory().numTensors, before, "everything is freed");
  });

  Deno.test(`loadCheckpoint() lets a training go on as if it had not stopped: ${backend}`, async () => {
    await use(backend);
    const before = tf.memory().numTensors;
    {
      using classifier = scrambledClassifier(TINY);
      using optimiser = new MomentumSgd({ momentum: 0.9 });
      trainStep(classifier, optimiser, 0);
      trainStep(classifier, optimiser, 1);
      const training = { epoch: 1, step: 2, options: { learningRate: [0.01, 0.001], note: "é" } };
      const bytes = await saveCheckpoint(classifier, { optimiserState: optimiser.state(), training });
      const resumed = await loadCheckpoint(bytes);
      assert.deepEqual(resumed.training, training);
      using copy = resumed.classifier;
      using copyOptimiser = new MomentumSgd({ momentum: 0.9 });
      resumed.restoreOptimiser!(copyOptimiser);
      assert.deepEqual(await valuesOf(copyOptimiser.state()), await valuesOf(optimiser.state()));
      trainStep(classifier, optimiser, 2);
      trainStep(copy, copyOptimiser, 2);
      assert.deepEqual(await valuesOf(copy.parameters), await valuesOf(classifier.parameters));
      using saved = await loadClassifier(bytes);
      const moved = await valuesOf(copy.parameters);
      assert.notDeepEqual(moved, await valuesOf(saved.parameters), "the third step moved something");
    }
    assert.equal(tf.memory().numTensors, before, "everything is freed");
  });
}

Deno.test("saveCheckpoint() names equal weights by equal hashes", async () => {
  await use("cpu");
  using classifier = scrambledClassifier(TINY);
  const hash = async (options = {}) =>
    (await loadCheckpoint(await saveCheckpoint(classifier, options))).sha256;
  assert.match(await hash(), /^[0-9a-f]{64}$/);
  assert.equal(await hash({ training: { epoch: 1, step: 2, options: {} } }), await hash());
  const variable = classifier.parameters.get("predictions/bias")!;
  const before = await hash();
  tf.tidy(() => variable.assign(variable.add(1)));
  assert.notEqual(await hash(), before);
});

Deno.test("saveCheckpoint() in F16 and I8 shrinks the file and hardly moves the logits", async () => {
  await use("cpu");
  using classifier = scrambledClassifier({ ...TINY, width: 0.125, head: "paper" });
  // Running statistics that fit, as after a training: without them values grow from block to block.
  tf.tidy(() => classifier.trainingLogits(batchTensor(randomBatch(8, 40, 40, 4)), { momentum: 0 }));
  const exact = await saveCheckpoint(classifier);
  const logits = await logitsOf(classifier);
  const spread = Math.max(...logits) - Math.min(...logits);
  for (const [precision, share, drift] of [["F16", 0.52, 0.005], ["I8", 0.31, 0.05]] as const) {
    const bytes = await saveCheckpoint(classifier, { precision });
    assert.ok(bytes.length < share * exact.length, `${precision}: ${bytes.length} of ${exact.length}`);
    using copy = await loadClassifier(bytes);
    const moved = await logitsOf(copy);
    assertClose(moved, logits, drift * spread, precision);
    assert.notDeepEqual(moved, logits);
  }
});

Deno.test("saveCheckpoint() in F16 keeps exactly what float16 would make infinite", async () => {
  await use("cpu");
  using classifier = scrambledClassifier(TINY);
  const name = "conv1_bn/moving_variance";
  const variance = classifier.parameters.get(name)!;
  tf.tidy(() => variance.assign(tf.fill(variance.shape, 1_234_567)));
  using copy = await loadClassifier(await saveCheckpoint(classifier, { precision: "F16" }));
  assert.deepEqual(await copy.parameters.get(name)!.data(), await variance.data());
});

Deno.test("saveCheckpoint() refuses an unknown precision", async () => {
  await use("cpu");
  using classifier = scrambledClassifier(TINY);
  await assert.rejects(saveCheckpoint(classifier, { precision: "F8" as "F16" }), RangeError);
});

Deno.test("quantizeKernel() is off by at most half a level of each channel", () => {
  const random = seeded(5);
  const channels = 3;
  const values = Float32Array.from({ length: 300 }, (_, i) => (random() - 0.5) * [1, 1e-4, 0][i % channels]);
  const quantized = quantizeKernel(values, channels);
  const back = dequantizeKernel(quantized);
  values.forEach((value, i) => {
    assert.ok(Math.abs(back[i] - value) <= quantized.scales[i % channels] * 0.501, `value ${i}`);
  });
  const largest = values.reduce(
    (best, v, i) => Math.abs(v) > Math.abs(values[best]) && i % 3 === 0 ? i : best,
    0,
  );
  assert.equal(Math.abs(quantized.levels[largest]), 127);
});

Deno.test("loadCheckpoint() names what differs from the network in one sentence", async () => {
  await use("cpu");
  using classifier = scrambledClassifier(TINY);
  const bytes = await saveCheckpoint(classifier);
  const { tensors, metadata } = decodeSafetensors(bytes);
  const renamed = new Map(tensors);
  renamed.delete("conv1_conv/kernel");
  renamed.set("conv1/kernel", tensors.get("conv1_conv/kernel")!);
  const bias = tensors.get("hidden/bias")!;
  renamed.set("hidden/bias", { ...bias, shape: [1000, 1] });
  const file = encodeSafetensors({ tensors: renamed, metadata });
  const view = new DataView(file.buffer);
  const values = file.slice(8 + Number(view.getBigUint64(0, true)));
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", values)).toHex();
  await assert.rejects(
    loadCheckpoint(encodeSafetensors({ tensors: renamed, metadata: { ...metadata, sha256 } })),
    {
      name: "RangeError",
      message: "Cannot load the parameters of resnet18 × 0.01: of its 124 parameters " +
        '1 missing: "conv1_conv/kernel"; 1 unknown: "conv1/kernel"; ' +
        '1 of another shape: "hidden/bias" (F32 [1000,1], float [1000] is wanted).',
    },
  );
});

Deno.test("loadCheckpoint() refuses damaged values", async () => {
  await use("cpu");
  using classifier = scrambledClassifier(TINY);
  const bytes = await saveCheckpoint(classifier);
  bytes[bytes.length - 1] ^= 1;
  await assert.rejects(loadCheckpoint(bytes), { name: "SyntaxError", message: /SHA-256 differs/ });
  await assert.rejects(loadCheckpoint(bytes.subarray(0, 5000)), {
    name: "SyntaxError",
    message: /cut short/,
  });
});

for (const [tensor, value] of [["conv1_conv/kernel", NaN], ["optimiser/hidden/bias", -Infinity]] as const) {
  Deno.test(`loadCheckpoint() refuses a network with ${value} in ${tensor}, whatever its hash`, async () => {
    await use("cpu");
    using classifier = scrambledClassifier(TINY);
    const { tensors, metadata } = decodeSafetensors(await saveCheckpoint(classifier));
    const shape = tensors.get(tensor.replace("optimiser/", ""))!.shape;
    const data = new Float32Array(shape.reduce((product, axis) => product * axis, 1));
    data[data.length - 1] = value;
    const damaged = new Map(tensors).set(tensor, { dtype: "F32", shape, data });
    const sha256 = await hashValues(encodeSafetensors({ tensors: damaged, metadata }));
    await assert.rejects(
      loadCheckpoint(encodeSafetensors({ tensors: damaged, metadata: { ...metadata, sha256 } })),
      {
        name: "SyntaxError",
        message:
          `Cannot load the checkpoint: its tensor "${tensor}" holds ${value} where finite numbers are wanted, as after a ` +
          "training that diverged.",
      },
    );
  });
}

const METADATA: [why: string, change: Record<string, string | undefined>, message: RegExp][] = [
  ["another program's file", { format: "pt" }, /calls it "pt", "hairline-classifier" is wanted/],
  ["a file without metadata", { format: undefined }, /calls it null/],
  ["a newer version", { version: "2" }, /format version "2", this Hairline reads version "1"/],
  ["other classes", { classes: '["no_crack","crack"]' }, /its classes are \["no_crack","crack"\]/],
  ["no network", { network: undefined }, /"network" is no JSON object/],
  ["a network in no JSON", { network: "{" }, /"network" is no JSON object/],
  ["a network without a head", { network: '{"arch":"resnet18","width":0.01}' }, /lacks an arch/],
  ["a width in text", { network: '{"arch":"resnet18","width":"0.5"}' }, /lacks an arch/],
  ["a training without a step", { training: '{"epoch":1,"options":{}}' }, /training record/],
  ["a hash that is missing", { sha256: undefined }, /SHA-256/],
];

for (const [why, change, message] of METADATA) {
  Deno.test(`loadCheckpoint() refuses ${why} in one sentence`, async () => {
    await use("cpu");
    using classifier = scrambledClassifier(TINY);
    const bytes = altered(await saveCheckpoint(classifier), ({ metadata }) => {
      for (const [key, value] of Object.entries(change)) {
        if (value === undefined) delete metadata[key];
        else metadata[key] = value;
      }
    });
    await assert.rejects(loadCheckpoint(bytes), { name: "SyntaxError", message });
  });
}

Deno.test("loadCheckpoint() refuses a network that cannot be", async () => {
  await use("cpu");
  using classifier = scrambledClassifier(TINY);
  const bytes = await saveCheckpoint(classifier);
  for (
    const wrong of [{ arch: "toString" }, { width: 7 }, { head: "big" }, { trainingSize: 0 }, { seed: 0.5 }]
  ) {
    const bad = altered(bytes, ({ metadata }) => {
      metadata.network = JSON.stringify({ ...JSON.parse(metadata.network), ...wrong });
    });
    await assert.rejects(loadCheckpoint(bad), { name: "RangeError" }, JSON.stringify(wrong));
  }
});

Deno.test("loadCheckpoint() refuses velocities of another network", async () => {
  await use("cpu");
  using classifier = scrambledClassifier(TINY);
  const optimiserState = new Map([["conv1_conv/kernel", tf.zeros([3, 3])]]);
  const bytes = await saveCheckpoint(classifier, { optimiserState });
  await assert.rejects(loadCheckpoint(bytes), {
    name: "SyntaxError",
    message: /"optimiser\/conv1_conv\/kernel"/,
  });
  tf.dispose([...optimiserState.values()]);
});

Deno.test("loadClassifier() takes bytes, a path, a file URL and an http URL", async () => {
  await use("cpu");
  using classifier = scrambledClassifier(TINY);
  const logits = await logitsOf(classifier);
  const bytes = await saveCheckpoint(classifier);
  await using folder = await temporaryFolder();
  const path = `${folder.path}/weights.safetensors`;
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) =>
      request.url.endsWith("/weights")
        ? new Response(bytes)
        : new Response("no", { status: 404, statusText: "Not Found" }),
  );
  try {
    await Deno.writeFile(path, bytes);
    const host = `http://127.0.0.1:${server.addr.port}`;
    for (const source of [bytes, path, `file://${path}`, new URL(`file://${path}`), `${host}/weights`]) {
      using copy = await loadClassifier(source);
      assert.deepEqual(await logitsOf(copy), logits);
    }
    await assert.rejects(loadClassifier(`${host}/nothing`), /the server answers 404 Not Found\.$/);
    await assert.rejects(loadClassifier(`${path}.missing`), Deno.errors.NotFound);
  } finally {
    await server.shutdown();
  }
});
