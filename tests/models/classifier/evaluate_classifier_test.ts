import assert from "node:assert/strict";
import type { Classifier } from "../../../core/label/classifier.ts";
import { crackPixels, type DecodedPhoto, type PatchTruth } from "../../../core/sampling/decoded_photo.ts";
import {
  addCounts,
  classificationMetrics,
  countClassified,
  evaluateClassifier,
  NO_COUNTS,
} from "../../../models/classifier/evaluate_classifier.ts";
import { sharedCompute } from "../../core/testing.ts";

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

Deno.test("evaluateClassifier() refuses scores that are no numbers, which would count as no crack", async () => {
  const compute = await opened();
  const classifier: Classifier = {
    ...darkPixel,
    scorePatches: ({ height }, size) => {
      const data = new Float32Array(height / size).fill(0.5, 1).fill(NaN, 0, 1);
      return Promise.resolve(compute.upload({ width: 1, height: data.length, channels: 1, data }));
    },
  };
  const source = { count: 1, photo: () => photo(8, 8, []) };
  await assert.rejects(evaluateClassifier(classifier, source, { compute, size: 8, stride: 8 }), {
    name: "RangeError",
    message: /^Cannot use what dark pixel gives: NaN is among its outputs/,
  });
});

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

Deno.test("countClassified() counts a score at the threshold as crack", () => {
  const scores = [0.9, 0.5, 0.49, 0.1, 0.7, 0];
  const truth = [1, 0, 1, 0, 1, 0];
  assert.deepEqual(countClassified(scores, truth), {
    truePositives: 2,
    falsePositives: 1,
    falseNegatives: 1,
    trueNegatives: 2,
  });
  assert.deepEqual(countClassified(scores, truth, { threshold: 0.8 }), {
    truePositives: 1,
    falsePositives: 0,
    falseNegatives: 2,
    trueNegatives: 3,
  });
  assert.throws(() => countClassified([1], [1, 0]), RangeError);
});

Deno.test("classificationMetrics() equals figures worked out by hand", () => {
  const counts = { truePositives: 6, falsePositives: 2, falseNegatives: 4, trueNegatives: 28 };
  const metrics = classificationMetrics(counts);
  assert.equal(metrics.precision, 0.75);
  assert.equal(metrics.recall, 0.6);
  assert.ok(Math.abs(metrics.f1 - 2 * 0.75 * 0.6 / 1.35) < 1e-12);
  assert.equal(metrics.accuracy, 0.85);
  assert.ok(Math.abs(metrics.balancedAccuracy - (0.6 + 28 / 30) / 2) < 1e-12);
});

Deno.test("classificationMetrics() of nothing is 0, never NaN", () => {
  for (const value of Object.values(classificationMetrics(NO_COUNTS))) assert.equal(value, 0);
});

Deno.test("addCounts() of two halves equals the counts of the whole", () => {
  const scores = [0.2, 0.8, 0.6, 0.4, 0.9, 0.1, 0.5], truth = [0, 1, 0, 1, 1, 0, 1];
  const half = (from: number, to?: number) => countClassified(scores.slice(from, to), truth.slice(from, to));
  assert.deepEqual(addCounts(half(0, 3), half(3)), countClassified(scores, truth));
});
