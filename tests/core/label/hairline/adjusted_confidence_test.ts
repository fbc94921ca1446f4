import assert from "node:assert/strict";
import { adjustedConfidence } from "../../../../core/label/hairline/adjusted_confidence.ts";
import { confidenceBytes } from "../../../../tasks/batch/map_bytes.ts";
import { CONTENTS, seeded, SIZES, testImage } from "../../testing.ts";

/** The formula, a pixel. */
function oracle(
  c: number,
  { mask, threshold, lower }: { mask: number; threshold: number; lower: number },
): number {
  const scaled = lower === threshold
    ? c
    : c <= lower
    ? lower === 0 ? 0 : threshold * c / lower
    : threshold + (1 - threshold) * (c - lower) / (1 - lower);
  if (Number(Math.fround(scaled) > threshold) === mask) return scaled;
  return mask === 1 ? Math.min(1, threshold + 1 / 255) : Math.max(0, threshold - 1 / 255);
}

Deno.test("adjustedConfidence() equals its formula at all sizes and contents, and exactly the mask exceeds the threshold", () => {
  const random = seeded(3);
  for (const [width, height] of SIZES) {
    for (const content of CONTENTS) {
      const { data } = testImage(width, height, 1, content);
      const confidence = Float32Array.from(data, (value) => value / 255);
      const mask = Uint8Array.from(data, () => Number(random() > 0.5));
      for (const [threshold, lower] of [[0.5, 0.5], [0.5, 0.25], [0.5, 0.4371], [0.4, 0.4], [0.3, 0]]) {
        const found = adjustedConfidence({ confidence, mask, threshold, lower });
        for (const [i, c] of confidence.entries()) {
          const expected = oracle(c, { mask: mask[i], threshold, lower });
          assert.ok(Math.abs(found[i] - expected) < 1e-6, `${found[i]} for ${c}, ${expected} expected`);
          assert.equal(Number(found[i] > threshold), mask[i]);
        }
      }
    }
  }
});

Deno.test("adjustedConfidence() survives 8 bits where it decided against the network", () => {
  const confidence = Float32Array.of(0.9, 0.1), mask = Uint8Array.of(0, 1);
  for (const threshold of [0.1, 0.37, 0.5, 0.502, 0.75]) {
    const bytes = confidenceBytes(adjustedConfidence({ confidence, mask, threshold, lower: threshold }));
    assert.deepEqual([...bytes].map((byte) => Number(byte / 255 > threshold)), [0, 1], String(threshold));
  }
});

Deno.test("adjustedConfidence() keeps the order of what it does not decide against, and what fits already", () => {
  const confidence = Float32Array.from({ length: 101 }, (_, i) => i / 100);
  const lower = 0.31, threshold = 0.5;
  const mask = Uint8Array.from(confidence, (c) => Number(c > lower));
  const found = adjustedConfidence({ confidence, mask, threshold, lower });
  assert.ok(found.every((value, i) => i === 0 || value > found[i - 1]));
  assert.deepEqual([found[0], found[100]], [0, 1]);
  const fitting = Uint8Array.from(confidence, (c) => Number(c > threshold));
  assert.deepEqual(
    adjustedConfidence({ confidence, mask: fitting, threshold, lower: threshold }),
    confidence,
  );
});
