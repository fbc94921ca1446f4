import assert from "node:assert/strict";
import type { Classifier } from "../../../core/label/classifier.ts";
import { crackPixels, type DecodedPhoto, type PatchTruth } from "../../../core/sampling/decoded_photo.ts";
import { randomSampler } from "../../../core/sampling/random_patches.ts";
import { openBackend } from "../../../models/backend.ts";
import { createClassifier } from "../../../models/classifier/classifier.ts";
import { evaluateClassifier } from "../../../models/classifier/evaluate_classifier.ts";
import { parameter } from "../../../models/layers/parameters.ts";
import { batchTensor, patchBatches, prepareBatch } from "../../../models/classifier/patch_feed.ts";
import { recomputeBatchNorm } from "../../../models/training/recompute_batch_norm.ts";
import { tf } from "../../../models/tfjs.ts";
import { seeded, sharedCompute } from "../../core/testing.ts";

const opened = sharedCompute();

/** A photo that is dark where there is crack; `lies` pixels are dark without being crack. */
function photo(
  width: number,
  height: number,
  crack: number[],
  lies: number[] = [],
): DecodedPhoto<PatchTruth> {
  const mask = new Uint8Array(width * height), pixels = new Uint8Array(width * height * 3).fill(200);
  for (const i of crack) mask[i] = 1;
  for (const i of [...crack, ...lies]) pixels.fill(10, i * 3, i * 3 + 3);
  return { width, height, pixels, truth: crackPixels(mask) };
}

/** Calls crack what has a dark pixel. */
const darkPixel: Classifier = {
  name: "dark pixel",
  trainingSize: 8,
  async scorePatches(patches, size) {
    const values = await patches.read();
    const length = size * size * 3;
    const data = Float32Array.from(
      { length: values.length / length },
      (_, i) => values.subarray(i * length, (i + 1) * length).some((value) => value < 100) ? 0.8 : 0.1,
    );
    return patches.compute.upload({ width: 1, height: data.length, channels: 1, data });
  },
  activations: () => Promise.reject(new Error("Not asked for.")),
  [Symbol.dispose]() {},
};

Deno.test("evaluateClassifier() counts the patches of the grids of all photos", async () => {
  const compute = await opened();
  // 12 × 8 with patches of 8 every 4: places 0 and 4. The crack pixel at (10, 3) is in the second only.
  const photos = [photo(12, 8, [3 * 12 + 10]), photo(12, 8, [], [0]), photo(5, 3, [])];
  let seen = 0;
  const options = { compute, size: 8, stride: 4, onPhoto: () => void seen++ };
  const source = { count: photos.length, photo: (index: number) => photos[index] };
  assert.deepEqual(await evaluateClassifier(darkPixel, source, options), {
    truePositives: 1,
    falsePositives: 1,
    falseNegatives: 0,
    trueNegatives: 3,
  });
  assert.equal(seen, 3);
  const strict = await evaluateClassifier(darkPixel, source, { ...options, threshold: 0.9 });
  assert.equal(strict.truePositives + strict.falsePositives, 0);
});

Deno.test("recomputeBatchNorm() makes the running statistics the means over the batches, whatever they were", async () => {
  const compute = await opened();
  await openBackend({ backend: "wasm" });
  const random = seeded(2);
  const noisy = photo(40, 40, [820, 821, 861]);
  noisy.pixels.set(noisy.pixels.map((value) => value - 10 * random()));
  const sampler = await randomSampler({ count: 1, photo: () => noisy }, {
    sizes: [8, 12],
    batch: 6,
    patches: 30,
    seed: 1,
  });
  using classifier = createClassifier({ arch: "resnet18", width: 0.125, seed: 2 });
  const name = "conv1_bn/moving_mean";
  const before = [...classifier.trainable.values()].map((variable) => variable.dataSync().join());
  await recomputeBatchNorm(classifier, patchBatches({ compute, sampler }), { firstStep: 3, steps: 4 });
  const recomputed = parameter(classifier.parameters, name).dataSync();

  const expected = new Float64Array(recomputed.length);
  for (let step = 3; step < 7; step++) {
    const batch = await prepareBatch(step, { compute, sampler });
    const x = await batchTensor(batch);
    const kernel = parameter<tf.Rank.R4>(classifier.parameters, "conv1_conv/kernel");
    const mean = tf.tidy(() => x.div<tf.Tensor4D>(255).conv2d(kernel, 2, 3).mean([0, 1, 2]).dataSync());
    mean.forEach((value, i) => expected[i] += value / 4);
    x.dispose();
    batch.patches.dispose();
  }
  for (const [i, value] of recomputed.entries()) {
    assert.ok(Math.abs(value - expected[i]) < 1e-5, `channel ${i}: ${value}, ${expected[i]}`);
  }
  assert.deepEqual([...classifier.trainable.values()].map((variable) => variable.dataSync().join()), before);
});
