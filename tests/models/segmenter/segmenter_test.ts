import assert from "node:assert/strict";
import { predictImage } from "../../../core/predict/predict_image.ts";
import { loadCheckpoint, saveCheckpoint } from "../../../models/classifier/checkpoint.ts";
import { createClassifier } from "../../../models/classifier/classifier.ts";
import { SEGMENTATION_ARCHS } from "../../../models/segmenter/architectures.ts";
import { loadSegmenterCheckpoint, saveSegmenter } from "../../../models/segmenter/checkpoint.ts";
import { refineLiuDeepcrack } from "../../../models/segmenter/liu_deepcrack.ts";
import type { SegmentationArch } from "../../../models/segmenter/segmentation_network.ts";
import {
  createSegmenter,
  type PredictOptions,
  type Segmenter,
  type SegmenterOptions,
} from "../../../models/segmenter/segmenter.ts";
import { tf } from "../../../models/tfjs.ts";
import { assertClose, testImage } from "../../core/testing.ts";
import { mirrorIndex } from "../../oracles/mirror_index.ts";
import { disposeParameters, scrambledParameters, shared, use } from "../testing.ts";

/** A segmenter whose every parameter differs from its neutral start. */
function scrambled(options: SegmenterOptions): Segmenter {
  const segmenter = createSegmenter(options);
  const values = scrambledParameters(segmenter.specs);
  for (const [name, variable] of values) segmenter.parameters.get(name)!.assign(variable);
  disposeParameters(values);
  return segmenter;
}

/** Its prediction for an image. */
async function predict(
  segmenter: Segmenter,
  { width, height, data }: { width: number; height: number; data: ArrayLike<number> },
  options?: PredictOptions,
): Promise<number[]> {
  const compute = await shared();
  using image = compute.upload({ width, height, channels: 3, data: Float32Array.from(data) });
  using map = await segmenter.predict(image, options);
  assert.deepEqual([map.width, map.height, map.channels], [width, height, 1]);
  return [...await map.read()];
}

const TINY: Readonly<Record<string, number>> = { unet: 0.05, deepcrack_liu: 0.05, deepcrack_zou: 0.05 };

Deno.test("createSegmenter() makes every architecture, names it, and gives equal values for equal seeds", async () => {
  await use("wasm");
  assert.ok(SEGMENTATION_ARCHS.length >= 9);
  for (const arch of SEGMENTATION_ARCHS) {
    using segmenter = createSegmenter({ arch, width: 0.25 });
    assert.equal(segmenter.name, `${arch} × 0.25`);
    assert.equal(segmenter.network.arch, arch);
  }
  const values = (seed: number) => {
    using segmenter = createSegmenter({ arch: "unet", width: 0.05, seed });
    return [...segmenter.parameters].map(([name, value]) => [name, [...value.dataSync()]]);
  };
  assert.deepEqual(values(3), values(3));
  assert.notDeepEqual(values(3), values(4));
  assert.equal(createSegmenter({ arch: "unet" }).name, "unet");
});

Deno.test("createSegmenter() refuses what cannot be, in one sentence", () => {
  const refused: [SegmenterOptions, RegExp][] = [
    [
      { arch: "toString" as SegmentationArch },
      /called "toString": it must be one of "unet", "unet_jenkins"/,
    ],
    [{ arch: "unet", width: 2 }, /unet of width 2/],
    [{ arch: "unet", seed: 0.5 }, /from the seed 0\.5/],
    [{ arch: "unet", trainingSize: 0 }, /crops of side 0/],
  ];
  for (const [options, message] of refused) {
    assert.throws(() => createSegmenter(options), { name: "RangeError", message });
  }
});

for (const arch of ["unet", "deepcrack_liu", "deepcrack_zou"] as const) {
  Deno.test(`Segmenter.predict() gives for any size the prediction of the mirrored image, cut: ${arch}`, async () => {
    await use("wasm");
    using segmenter = scrambled({ arch, width: TINY[arch] });
    const { multiple } = segmenter.network;
    for (const [width, height] of [[1, 1], [33, 17], [multiple, 2 * multiple]]) {
      const image = testImage(width, height, 3, "crack", 4);
      const up = (length: number) => multiple * Math.ceil(length / multiple);
      const [columns, rows] = [up(width), up(height)];
      const padded = Float32Array.from({ length: columns * rows * 3 }, (_, i) => {
        const c = i % 3, x = Math.floor(i / 3) % columns, y = Math.floor(i / 3 / columns);
        return image.data[(mirrorIndex(y, height) * width + mirrorIndex(x, width)) * 3 + c];
      });
      const whole = tf.tidy(() => segmenter.confidences(tf.tensor4d(padded, [1, rows, columns, 3]))[0]);
      const all = await whole.data();
      whole.dispose();
      const expected = Array.from(
        { length: width * height },
        (_, i) => all[Math.floor(i / width) * columns + i % width],
      );
      const actual = await predict(segmenter, { width, height, data: image.data });
      assertClose(actual, expected, 1e-6, `${width} × ${height}`);
      assert.ok(actual.every((value) => value >= 0 && value <= 1));
    }
  });
}

Deno.test("Segmenter.predict() agrees on webgpu and wasm, and leaves no tensor behind", async () => {
  const image = testImage(40, 23, 3, "crack", 2);
  const found = [];
  for (const backend of ["wasm", "webgpu"] as const) {
    await use(backend);
    using segmenter = scrambled({ arch: "unet", width: 0.05 });
    found.push(await predict(segmenter, { width: 40, height: 23, data: image.data }));
    const before = tf.memory().numTensors;
    await predict(segmenter, { width: 40, height: 23, data: image.data });
    assert.equal(tf.memory().numTensors, before);
  }
  assertClose(found[1], found[0], 1e-4, "webgpu");
  assert.ok(Math.max(...found[0]) - Math.min(...found[0]) > 1e-3, "the image matters");
});

Deno.test("Segmenter.predict() stays on the device of the webgpu backend, at any size, refined or not", async () => {
  const compute = await shared();
  const read = compute.read.bind(compute);
  let reads = 0;
  compute.read = (planes) => {
    reads++;
    return read(planes);
  };
  const options = { arch: "deepcrack_liu", width: 0.05 } as const;
  for (const [width, height] of [[1, 1], [33, 17], [16, 32], [32, 5]]) {
    const image = testImage(width, height, 3, "crack", 5);
    for (const refine of [false, true]) {
      await use("wasm");
      using reference = scrambled(options);
      const expected = await predict(reference, image, { refine });
      await use("webgpu");
      using segmenter = scrambled(options);
      await predict(segmenter, image, { refine });
      using shown = compute.upload(image);
      const tensors = tf.memory().numTensors;
      const before = reads;
      using map = await segmenter.predict(shown, { refine });
      assert.equal(reads, before);
      assertClose(await map.read(), expected, 1e-4, `${width} × ${height}, refined: ${refine}`);
      // What was shown is left as it was, and the map alone is kept.
      assert.deepEqual(await shown.read(), image.data);
      map.dispose();
      assert.equal(tf.memory().numTensors, tensors);
    }
  }
});

Deno.test("predictImage() gives on webgpu what wasm gives, in tiles and for several photos at once", async () => {
  const compute = await shared();
  const photos = [[70, 50], [33, 65], [41, 40]].map(([width, height], i) => {
    const { data } = testImage(width, height, 4, "crack", i);
    return new ImageData(Uint8ClampedArray.from(data), width, height);
  });
  const found = [];
  for (const backend of ["wasm", "webgpu"] as const) {
    await use(backend);
    using segmenter = scrambled({ arch: "unet", width: 0.05 });
    const predictions = photos.map((photo) => predictImage(compute, photo, { segmenter, tile: 32 }));
    found.push((await Promise.all(predictions)).map(({ confidence }) => confidence));
  }
  for (const [i, expected] of found[0].entries()) assertClose(found[1][i], expected, 1e-4, `photo ${i}`);
});

Deno.test("Segmenter.predict() refines by the first side output, where the network has it", async () => {
  await use("wasm");
  const compute = await shared();
  const { data } = testImage(33, 20, 3, "crack", 3);
  using segmenter = scrambled({ arch: "deepcrack_liu", width: 0.05 });
  using image = compute.upload({ width: 32, height: 16, channels: 3, data: data.slice(0, 32 * 16 * 3) });
  const x = tf.tensor4d(await image.read(), [1, 16, 32, 3]);
  const logits = segmenter.network.run(x, { parameters: segmenter.parameters, training: false });
  const planes = logits.slice(0, 2).map((output) =>
    compute.upload({
      width: 32,
      height: 16,
      channels: 1,
      data: Float32Array.from(tf.tidy(() => output.sigmoid().dataSync())),
    })
  );
  using expected = refineLiuDeepcrack(planes[0], planes[1]);
  using actual = await segmenter.predict(image, { refine: true });
  assertClose(await actual.read(), await expected.read(), 1e-5, "refined");
  tf.dispose([x, ...logits]);
  for (const plane of planes) plane.dispose();
  using other = createSegmenter({ arch: "unet", width: 0.05 });
  await assert.rejects(other.predict(image, { refine: true }), /only deepcrack_liu has a guided filter/);
});

Deno.test("Segmenter.predict() refuses other planes and images that the memory cannot hold", async () => {
  await use("wasm");
  const compute = await shared();
  using segmenter = createSegmenter({ arch: "unet" });
  using grey = compute.create({ width: 4, height: 4, channels: 1 });
  await assert.rejects(segmenter.predict(grey), /a plane of 4 × 4 × 1: 3 channels/);
  using large = compute.create({ width: 2048, height: 1024, channels: 3 });
  await assert.rejects(
    segmenter.predict(large),
    /Cannot show unet an image of 2048 × 1024 at once: .* \d+ pixels; show it tiles\./,
  );
});

Deno.test("Segmenter.dispose() may be called twice and ends its use", async () => {
  await use("wasm");
  const before = tf.memory().numTensors;
  const segmenter = createSegmenter({ arch: "unet", width: 0.05 });
  assert.ok(segmenter.trainable.size > 0 && segmenter.trainable.size < segmenter.parameters.size);
  segmenter.dispose();
  segmenter.dispose();
  assert.equal(tf.memory().numTensors, before);
  assert.throws(() => segmenter.parameters, {
    name: "TypeError",
    message: /unet × 0\.05: it was disposed of/,
  });
});

Deno.test("loadSegmenterCheckpoint() gives back what saveSegmenter() was given: exactly, in half and in a quarter", async () => {
  await use("wasm");
  using segmenter = scrambled({ arch: "unet", width: 0.1, seed: 5, trainingSize: 64 });
  const image = testImage(32, 16, 3, "random", 6);
  const expected = await predict(segmenter, { width: 32, height: 16, data: image.data });
  const sizes = [];
  for (const [precision, tolerance] of [["F32", 0], ["F16", 0.01], ["I8", 0.1]] as const) {
    const bytes = await saveSegmenter(segmenter, { precision });
    sizes.push(bytes.length);
    const { segmenter: loaded, training, restoreOptimiser } = await loadSegmenterCheckpoint(bytes);
    using copy = loaded;
    assert.deepEqual([copy.name, copy.seed, copy.trainingSize], ["unet × 0.1", 5, 64]);
    assert.deepEqual([training, restoreOptimiser], [undefined, undefined]);
    assert.deepEqual([...copy.trainable.keys()], [...segmenter.trainable.keys()]);
    const found = await predict(copy, { width: 32, height: 16, data: image.data });
    assertClose(found, expected, tolerance, precision);
  }
  assert.ok(sizes[1] < 0.55 * sizes[0] && sizes[2] < 0.35 * sizes[0], `${sizes}`);
  const whole = await loadSegmenterCheckpoint(
    await saveSegmenter(createSegmenter({ arch: "unet", width: 0.05 })),
  );
  assert.equal(whole.segmenter.trainingSize, null);
});

Deno.test("loadSegmenterCheckpoint() and loadCheckpoint() refuse each other's files and say what they are", async () => {
  await use("wasm");
  using segmenter = createSegmenter({ arch: "unet", width: 0.05 });
  using classifier = createClassifier({ arch: "resnet18", width: 0.01 });
  await assert.rejects(loadCheckpoint(await saveSegmenter(segmenter)), {
    name: "SyntaxError",
    message:
      "Cannot load the checkpoint: it holds a segmentation network (unet × 0.05), and a classifier is wanted.",
  });
  await assert.rejects(loadSegmenterCheckpoint(await saveCheckpoint(classifier)), {
    name: "SyntaxError",
    message:
      "Cannot load the checkpoint: it holds a classifier (resnet18 × 0.01), and a segmentation network is wanted.",
  });
});
