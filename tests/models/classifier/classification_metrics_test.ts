import assert from "node:assert/strict";
import {
  addCounts,
  classificationMetrics,
  countClassified,
  NO_COUNTS,
} from "../../../models/classifier/evaluate_classifier.ts";

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
