import assert from "node:assert/strict";
import { openBackend } from "../../../models/backend.ts";
import { predictOnHost, type WholeImage } from "../../../models/segmenter/bare_segmenter.ts";
import { PredictionThreads } from "../../../models/segmenter/prediction_threads.ts";
import { createSegmenter, type Segmenter } from "../../../models/segmenter/segmenter.ts";
import { tf } from "../../../models/tfjs.ts";
import { seeded } from "../../core/testing.ts";
import { disposeParameters, scrambledParameters } from "../testing.ts";
import { runWithThreads, threadsReady } from "../threads/testing.ts";

const random = seeded(5);
const SIZES = [[32, 48], [64, 32], [16, 16], [48, 48], [32, 32], [32, 64]] as const;
const IMAGES = SIZES.map(([height, width], i): WholeImage => ({
  pixels: Float32Array.from({ length: height * width * 3 }, () => Math.floor(256 * random())),
  size: [height, width],
  part: [height - i, width - 2 * i],
  outputs: 1 + i % 2,
}));

/** A tiny network with values of its own, in this thread and in others. */
async function withThreads(
  test: (segmenter: Segmenter, threads: PredictionThreads) => Promise<void>,
): Promise<void> {
  await openBackend({ backend: "wasm" });
  // Of a scaling that is not the network's own.
  using segmenter = createSegmenter({
    arch: "deepcrack_liu",
    width: 0.05,
    scaling: { offset: 100, divisor: 50 },
  });
  const values = scrambledParameters(segmenter.specs);
  for (const [name, variable] of values) segmenter.parameters.get(name)!.assign(variable);
  disposeParameters(values);
  using threads = new PredictionThreads(segmenter);
  await test(segmenter, threads);
}

/** The predictions of all images, asked for at once. */
function predictAll(threads: PredictionThreads): Promise<Float32Array[][]> {
  return Promise.all(IMAGES.map((image) => threads.predict(image)));
}

/** The predictions of all images by this thread. */
async function predictAlone(segmenter: Segmenter): Promise<Float32Array[][]> {
  const found = [];
  for (const image of IMAGES) found.push(await predictOnHost(segmenter, image));
  return found;
}

Deno.test("PredictionThreads finds what one thread finds, to the last bit, while the threads start and after", async () => {
  await withThreads(async (segmenter, threads) => {
    const alone = await predictAlone(segmenter);
    for (const [i, maps] of alone.entries()) {
      const [height, width] = IMAGES[i].part;
      assert.equal(maps.length, IMAGES[i].outputs);
      assert.ok(new Set(maps[0]).size > height * width / 4, "the prediction differs from pixel to pixel");
    }
    await threads.predict(IMAGES[0]);
    assert.equal(threads.ready, 0, "an image alone starts no thread");
    assert.deepEqual(await predictAll(threads), alone);
    await threadsReady(threads, threads.plan(64 * 64));
    const tensors = tf.memory().numTensors;
    assert.deepEqual(await predictAll(threads), alone);
    assert.equal(tf.memory().numTensors, tensors, "everything is freed");
  });
});

Deno.test("PredictionThreads follows values that changed", async () => {
  await withThreads(async (segmenter, threads) => {
    const before = await predictAll(threads);
    await threadsReady(threads, threads.plan(64 * 64));
    const kernel = segmenter.parameters.get("fused/kernel")!;
    tf.tidy(() => kernel.assign(kernel.mul(-2)));
    const after = await predictAll(threads);
    assert.notDeepEqual(after, before);
    assert.deepEqual(after, await predictAlone(segmenter));
  });
});

Deno.test("PredictionThreads reports what fails there in the words of this thread", async () => {
  await withThreads(async (_, threads) => {
    await predictAll(threads);
    await threadsReady(threads, threads.plan(64 * 64));
    const odd: WholeImage = { ...IMAGES[0], size: [31, 48], pixels: new Float32Array(31 * 48 * 3) };
    const outcomes = await Promise.allSettled([threads.predict(odd), threads.predict(IMAGES[1])]);
    assert.equal(outcomes[1].status, "fulfilled");
    await assert.rejects(threads.predict(odd), {
      name: "RangeError",
      message: "Cannot run deepcrack_liu on pictures of 48 × 31: both sides must be multiples of 16.",
    });
  });
});

Deno.test("PredictionThreads lets no caller wait for ever when it is disposed of", async () => {
  await withThreads(async (_, threads) => {
    await predictAll(threads);
    await threadsReady(threads, threads.plan(64 * 64));
    const outcomes = Promise.allSettled(Array.from({ length: 12 }, () => threads.predict(IMAGES[1])));
    threads[Symbol.dispose]();
    const failures = (await outcomes).flatMap((outcome) =>
      outcome.status === "rejected" ? String(outcome.reason) : []
    );
    if (threads.plan(64 * 64).count > 1) assert.ok(failures.length > 0);
    for (const failure of failures) {
      assert.match(failure, /^TypeError: Cannot go on with .*: it was disposed of meanwhile\.$/);
    }
  });
});

Deno.test("Segmenter.predict() sees what training moved since: kernels, batch norms and running statistics", async () => {
  await openBackend({ backend: "wasm" });
  using segmenter = createSegmenter({ arch: "unet", width: 1 / 64, seed: 3 });
  const statistics = ["gamma", "beta", "moving_mean", "moving_variance"].map((of) => `encoder2_1_bn/${of}`);
  const before = tf.memory().numTensors;
  for (const name of ["encoder2_1_conv/kernel", ...statistics]) {
    const own = await predictOnHost(segmenter, IMAGES[3]);
    const variable = segmenter.parameters.get(name)!;
    tf.tidy(() => variable.assign(variable.add(0.25)));
    const moved = await predictOnHost(segmenter, IMAGES[3]);
    assert.notDeepEqual(moved, own, name);
    // A segmenter that has folded nothing yet, with the same values.
    using other = createSegmenter({ arch: "unet", width: 1 / 64, seed: 5 });
    for (const [name, variable] of segmenter.parameters) other.parameters.get(name)!.assign(variable);
    assert.deepEqual(await predictOnHost(other, IMAGES[3]), moved, name);
  }
  const between = tf.memory().numTensors;
  await predictOnHost(segmenter, IMAGES[3]);
  assert.equal(tf.memory().numTensors, between, "nothing is folded twice");
  segmenter.dispose();
  assert.equal(tf.memory().numTensors, before, "what was folded is freed");
});

Deno.test("Segmenter.predict() works in one thread, with equal results and a reason, where it may not start others; scripts end", async () => {
  const [together, alone, forgotten] = await runWithThreads("tests/models/segmenter/fixture_predictions.ts");
  for (const other of [alone, forgotten]) assert.deepEqual(other.confidences, together.confidences);
});
