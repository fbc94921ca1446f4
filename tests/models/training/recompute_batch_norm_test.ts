import assert from "node:assert/strict";
import { crackPixels } from "../../../core/sampling/decoded_photo.ts";
import { randomSampler } from "../../../core/sampling/random_patches.ts";
import { openBackend } from "../../../models/backend.ts";
import { createClassifier } from "../../../models/classifier/classifier.ts";
import { batchTensor, patchBatches, prepareBatch } from "../../../models/classifier/patch_feed.ts";
import { parameter } from "../../../models/layers/parameters.ts";
import { tf } from "../../../models/tfjs.ts";
import { recomputeBatchNorm } from "../../../models/training/recompute_batch_norm.ts";
import { seeded, sharedCompute } from "../../core/testing.ts";

const opened = sharedCompute();

Deno.test("recomputeBatchNorm() makes the running statistics the means over the batches, whatever they were", async () => {
  const compute = await opened();
  await openBackend({ backend: "wasm" });
  const random = seeded(2);
  const crack = new Uint8Array(40 * 40);
  for (const i of [820, 821, 861]) crack[i] = 1;
  const pixels = Uint8Array.from({ length: 3 * crack.length }, (_, i) => {
    return (crack[Math.floor(i / 3)] ? 10 : 200) - 10 * random();
  });
  const noisy = { width: 40, height: 40, pixels, truth: crackPixels(crack) };
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
