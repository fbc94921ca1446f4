import assert from "node:assert/strict";
import { localFit } from "../../../core/label/local_fit.ts";
import { localFitOracle } from "../../oracles/local_fit.ts";
import { assertClose, CONTENTS, seeded, testImage } from "../testing.ts";

const SETTINGS = { sigma: 16, iterations: 1, prior: 0.5, evidence: 0.25, leastVariance: 4, leastContrast: 1 };

/** Confidences and labels of patches at random: all three kinds of pixels. */
function randomCase(width: number, height: number, seed: number) {
  const random = seeded(seed);
  const confidence = Float32Array.from({ length: width * height }, () => random() ** 2);
  const possible = Uint8Array.from(confidence, () => [1, 1, 1, 0, 2][Math.floor(5 * random())]);
  return { width, height, confidence, possible };
}

Deno.test("localFit() equals the oracle, at any size and content, whatever is possible", () => {
  for (const [i, [width, height]] of [[1, 1], [1, 7], [7, 1], [3, 5], [33, 17]].entries()) {
    for (const content of CONTENTS) {
      for (const [sigma, side] of [[16, 4], [1, 1], [22, 6]]) {
        const settings = { ...SETTINGS, sigma, iterations: 1 + i % 2 };
        const given = randomCase(width, height, i + 1);
        const grey = Float32Array.from(testImage(width, height, 1, content, i + 1).data);
        const expected = localFitOracle({ ...given, grey, settings, side });
        const message = `${width} × ${height} ${content}, σ ${sigma}`;
        assertClose(localFit(grey, { ...given, settings }), expected, 1e-5, message);
      }
    }
  }
});

Deno.test("localFit() by cells of a quarter of σ hardly differs from windows around each pixel", () => {
  const [width, height] = [64, 40];
  const given = randomCase(width, height, 9);
  // The network finds the crack; else its mean grey value may come as near to the ground's as it likes.
  given.confidence.forEach((p, i) =>
    given.confidence[i] = Math.abs(i % width - 32) < 6 ? 0.9 - p / 4 : p / 4
  );
  const grey = Float32Array.from(
    testImage(width, height, 1, "crack").data,
    (value, i) => value + i % width / 4,
  );
  const settings = { ...SETTINGS, sigma: 12 };
  const expected = localFitOracle({ ...given, grey, settings, side: 0 });
  assertClose(localFit(grey, { ...given, settings }), expected, 0.02, "windows");
});

Deno.test("localFit() puts the edge of a crack where the photo has it, on a ground that grows brighter, not where the network has", () => {
  const [width, height] = [80, 40];
  const isCrack = (x: number) => Math.abs(x - 40) <= 1;
  const grey = Float32Array.from({ length: width * height }, (_, i) => {
    const x = i % width;
    return 60 + x / 4 - (isCrack(x) ? 30 : 0) + (i * 7 % 5);
  });
  // The network finds it three times as wide.
  const confidence = grey.map((_, i) => Math.abs(i % width - 40) <= 4 ? 0.7 : 0.05);
  const possible = new Uint8Array(grey.length).fill(1);
  const fitted = localFit(grey, { width, height, confidence, possible, settings: SETTINGS });
  for (const [i, value] of fitted.entries()) {
    const x = i % width;
    if (isCrack(x)) assert.ok(value > 0.7, `${value} at ${x}`);
    // By its word alone it would be 0.604: half the logit.
    else assert.ok(value < 0.6, `${value} at ${x}`);
  }
});

Deno.test("localFit() finds nothing where crack is brighter than the ground, nor on a photo without contrast", () => {
  const [width, height] = [20, 12];
  const confidence = new Float32Array(width * height).map((_, i) => i % width === 9 ? 0.9 : 0.1);
  const possible = new Uint8Array(width * height).fill(1);
  for (const level of [100, 200]) {
    const grey = confidence.map((p) => p > 0.5 ? level : 100);
    const fitted = localFit(grey, { width, height, confidence, possible, settings: SETTINGS });
    assert.deepEqual([...new Set(fitted)], [0]);
  }
});
