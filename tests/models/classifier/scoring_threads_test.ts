import assert from "node:assert/strict";
import { openBackend } from "../../../models/backend.ts";
import { activateOnHost, scoreOnHost } from "../../../models/classifier/bare_classifier.ts";
import { ScoringThreads } from "../../../models/classifier/scoring_threads.ts";
import { tf } from "../../../models/tfjs.ts";
import { seeded } from "../../core/testing.ts";
import { runWithThreads, threadsReady } from "../threads/testing.ts";
import { scrambledClassifier } from "./networks.ts";

const random = seeded(5);
const pixels = Float32Array.from({ length: 150 * 16 * 16 * 3 }, () => Math.floor(256 * random()));
const IMAGES = [{ width: 40, height: 31 }, { width: 300, height: 260 }].map(({ width, height }) => ({
  width,
  height,
  pixels: Float32Array.from({ length: width * height * 3 }, () => Math.floor(256 * random())),
}));

/** A tiny network whose stride is where no default puts it, in its own thread and in others that are ready. */
async function withThreads(
  test: (
    classifier: ReturnType<typeof scrambledClassifier>,
    threads: ScoringThreads,
  ) => Promise<void>,
): Promise<void> {
  await openBackend({ backend: "wasm" });
  using classifier = scrambledClassifier({
    arch: "resnet50",
    width: 0.125,
    strideAt: "middle",
  });
  const kernel = classifier.parameters.get("predictions/kernel")!;
  // Probabilities of 1 throughout would be equal for no good reason.
  tf.tidy(() => kernel.assign(kernel.mul(0.01)));
  using threads = new ScoringThreads(classifier);
  threads.start();
  await threadsReady(threads, threads.plan);
  await test(classifier, threads);
}

/** The scores of all patches from this thread, 64 at a time. */
async function ownScores(classifier: Parameters<typeof scoreOnHost>[0]): Promise<number[]> {
  const scores = [];
  for (let first = 0; first < 150; first += 64) {
    const part = pixels.subarray(first * 16 * 16 * 3, (first + 64) * 16 * 16 * 3);
    scores.push(...await scoreOnHost(classifier, { pixels: part, size: 16 }));
  }
  return scores;
}

Deno.test("ScoringThreads finds what one thread finds, to the last bit, also when asked for several things at once", async () => {
  await withThreads(async (classifier, threads) => {
    assert.equal(threads.ready, navigator.hardwareConcurrency === 1 ? 0 : threads.plan.count);
    const [scores, again, ...activations] = await Promise.all([
      threads.scores({ pixels, size: 16 }, { batch: 64 }),
      threads.scores({ pixels, size: 16 }, { batch: 64 }),
      ...IMAGES.map((image) => threads.activations(image)),
    ]);
    const own = await ownScores(classifier);
    assert.ok(new Set(own).size > 100, `${own}`);
    assert.deepEqual([...scores], own);
    assert.deepEqual([...again], own);
    for (const [i, image] of IMAGES.entries()) {
      assert.deepEqual(activations[i], await activateOnHost(classifier, image));
    }
  });
});

Deno.test("ScoringThreads follows values that changed", async () => {
  await withThreads(async (classifier, threads) => {
    const before = await threads.scores({ pixels, size: 16 }, { batch: 64 });
    const kernel = classifier.parameters.get("predictions/kernel")!;
    tf.tidy(() => kernel.assign(kernel.mul(-2)));
    const after = await threads.scores({ pixels, size: 16 }, { batch: 64 });
    assert.notDeepEqual(after, before);
    assert.deepEqual([...after], await ownScores(classifier));
  });
});

Deno.test("ScoringThreads lets no caller wait for ever when it is disposed of", async () => {
  await withThreads(async (_, threads) => {
    const scores = threads.scores({ pixels, size: 16 }, { batch: 1 });
    const failed = assert.rejects(
      scores,
      /^TypeError: Cannot go on with .*: it was disposed of meanwhile\.$/,
    );
    threads[Symbol.dispose]();
    await failed;
  });
});

Deno.test("NetworkClassifier works in one thread, with equal results and a reason, where it may not start others; scripts end", async () => {
  const [together, alone, forgotten] = await runWithThreads("tests/models/classifier/fixture_scoring.ts");
  for (const other of [alone, forgotten]) {
    assert.deepEqual([other.scores, other.features], [together.scores, together.features]);
  }
});
